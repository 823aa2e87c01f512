"""Tells a member by direct message that their feelprint has changed, or was taken back.

A courtesy: who does not let the bot write to them finds the same under `/feelprint show` and `/progress`.
"""

from collections.abc import Callable

import discord
import structlog

from bot.words import texts
from bot.words.cards import safe, yours
from core.ports import RunReport, VersionStore
from core.vocabulary.reasons import RunReason, RunResult

log = structlog.get_logger(__name__)

TAKEN_BACK = frozenset({RunReason.ROLLED_BACK, RunReason.ROLLED_BACK_TO_GENERIC})


class Announcer:
    """Takes the reports of finished runs."""

    def __init__(self, client: Callable[[], discord.Client], versions: VersionStore) -> None:
        self._client, self._versions = client, versions

    async def tell(self, report: RunReport) -> None:
        """Write to the member if a version is new or was taken back; whatever Discord refuses is let go."""
        log.info("tuning.finished", result=report.result, labels=report.n_labels)
        text = await self._news(report)
        if text is None or not self._client().is_ready():
            return
        try:
            user = await self._client().fetch_user(report.member_id)
            await user.send(text)
        except discord.HTTPException as refused:
            log.info("announcing.refused", status=refused.status, code=refused.code)

    async def _news(self, report: RunReport) -> str | None:
        """What there is to tell of a run, if anything."""
        if report.reason in TAKEN_BACK:
            return texts.taken_back(report.reason)
        active = await self._versions.active(report.key) if report.result == RunResult.DEPLOYED else None
        if active is None:
            return None
        rules = [yours(rule.text) for rule in active.rules] or [safe(active.text, 1000)]
        return texts.new_version(active.version, rules, active.n_labels)
