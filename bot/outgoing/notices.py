"""Tells a member what became of a look at their labels: a first feelprint, a new version, one taken back, and
that the first look found nothing.

By direct message, in the language of their last press; whoever does not let the bot write to them is told with
their next one. That is remembered in memory alone: after a restart the same stands under `/feelprint show` and
`/progress`.
"""

from collections import OrderedDict
from collections.abc import Callable

import discord
import structlog

from bot.outgoing.voices import Voices
from bot.words import editing, news, texts
from bot.words.cards import safe, yours
from bot.words.outcomes import rule_reason, run_reason
from core.ports import RunReport, RunStore, VersionStore
from core.vocabulary.feelprint import Feelprint
from core.vocabulary.reasons import Mode, RuleStatus, RunReason, RunResult, VersionStatus

log = structlog.get_logger(__name__)

FOUND_NOTHING = frozenset({RunResult.KEPT, RunResult.NOTHING})
TAKEN_BACK = frozenset({RunReason.ROLLED_BACK, RunReason.ROLLED_BACK_TO_GENERIC})


_LOOKS = 12
"""How far back it is looked whether a rule was judged before."""

_REMEMBERED = 1000
"""Members who are still to be told something."""


class Announcer:
    """Takes the reports of finished runs."""

    def __init__(
        self, client: Callable[[], discord.Client], versions: VersionStore, runs: RunStore, voices: Voices
    ) -> None:
        self._client, self._versions, self._runs, self._voices = client, versions, runs, voices
        self._untold: OrderedDict[int, RunReport] = OrderedDict()
        self._asked: set[int] = set()

    async def tell(self, report: RunReport) -> None:
        """Write to the member if there is news; where Discord refuses that, keep it for their next press."""
        log.info("tuning.finished", result=report.result, labels=report.n_labels)
        with self._voices.telling(report.member_id):
            text = await self._news(report)
        if text is None:
            return
        if self._client().is_ready():
            try:
                user = await self._client().fetch_user(report.member_id)
                await user.send(text)
            except discord.HTTPException as refused:
                log.info("announcing.refused", status=refused.status, code=refused.code)
            else:
                self._untold.pop(report.member_id, None)
                return
        self._untold[report.member_id] = report
        if len(self._untold) > _REMEMBERED:
            self._untold.popitem(last=False)

    def expect(self, member_id: int) -> None:
        """Somebody asked for a look: they are told what came of it, whatever that is."""
        self._asked.add(member_id)

    async def untold(self, member_id: int) -> str | None:
        """What a member has not been told yet; it is told now. Raises StorageError."""
        report = self._untold.pop(member_id, None)
        return None if report is None else await self._news(report)

    def forget(self, member_id: int) -> None:
        """Keep nothing for somebody who was forgotten."""
        self._untold.pop(member_id, None)
        self._asked.discard(member_id)

    async def _news(self, report: RunReport) -> str | None:
        """What there is to tell of a run, if anything: also what it found of rules that the member wrote."""
        own = await self._own_judged(report)
        told = await self._found(report)
        if told is None and (own or report.member_id in self._asked) and report.reason is not None:
            told = run_reason(report.reason, report.explanation.stop)
        if report.result != RunResult.STOPPED:
            self._asked.discard(report.member_id)
        return None if told is None else "\n".join([told, *own])

    async def _own_judged(self, report: RunReport) -> list[str]:
        """What became of rules of the member's own that this run was the first to judge."""
        tried = set(report.explanation.candidates)
        own = [r for r in await self._runs.rules(report.key) if r.written_at is not None and r.rule.id in tried]
        if not own:
            return []
        earlier = [r for r in await self._runs.latest(report.key, limit=_LOOKS) if r.run_id != report.run_id]
        lines = []
        for record in own:
            since = [r for r in earlier if r.started_at >= (record.written_at or 0)]
            if any(record.rule.id in r.explanation.candidates for r in since):
                continue
            used = record.status is RuleStatus.DEPLOYED
            result = editing.own_in_use() if used else rule_reason(record.reason) if record.reason else ""
            lines.append(editing.own_judged(yours(record.rule.text), result))
        return lines

    async def _found(self, report: RunReport) -> str | None:
        if report.reason in TAKEN_BACK:
            return texts.taken_back(report.reason)
        active = await self._versions.active(report.key)
        if report.result == RunResult.DEPLOYED and active is not None:
            return await self._deployed(active)
        first = len(await self._runs.latest(report.key, limit=2)) < 2
        if active is None and first and report.result in FOUND_NOTHING and report.reason is not None:
            return news.nothing_found(run_reason(report.reason), report.n_labels)
        return None

    async def _deployed(self, active: Feelprint) -> str:
        earlier = [v for v in await self._versions.all(active.key) if v.version < active.version]
        before = next((v for v in reversed(earlier) if v.status is VersionStatus.SUPERSEDED), None)
        if active.mode is Mode.PAPER:
            return news.new_version(
                active.version, active.n_labels, new=[safe(active.text, 1000)], first=before is None
            )
        known, kept = before.rules if before else (), {rule.id for rule in active.rules}
        had = {rule.id for rule in known}
        return news.new_version(
            active.version,
            active.n_labels,
            new=[yours(rule.text) for rule in active.rules if rule.id not in had],
            stays=[yours(rule.text) for rule in active.rules if rule.id in had],
            gone=[yours(rule.text) for rule in known if rule.id not in kept],
            first=before is None,
        )
