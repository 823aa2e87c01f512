"""Tells a member by direct message that their feelprint has changed.

A courtesy: who does not let the bot write to them finds the same under `/feelprint show` and `/progress`.
"""

from collections.abc import Callable

import discord
import structlog

from bot.words import texts
from bot.words.cards import safe, yours
from core.ports import RunReport, VersionStore
from core.vocabulary.reasons import RunResult

log = structlog.get_logger(__name__)


class Announcer:
    """Takes the reports of finished runs."""

    def __init__(self, client: Callable[[], discord.Client], versions: VersionStore) -> None:
        self._client, self._versions = client, versions

    async def tell(self, report: RunReport) -> None:
        """Write to the member if there is a new version; whatever Discord refuses is let go."""
        log.info("tuning.finished", result=report.result, labels=report.n_labels)
        if report.result != RunResult.DEPLOYED or not self._client().is_ready():
            return
        active = await self._versions.active(report.key)
        if active is None:
            return
        rules = [yours(rule.text) for rule in active.rules] or [safe(active.text, 1000)]
        text = texts.new_version(active.version, rules, active.n_labels)
        try:
            user = await self._client().fetch_user(report.member_id)
            await user.send(text)
        except discord.HTTPException as refused:
            log.info("announcing.refused", status=refused.status, code=refused.code)
