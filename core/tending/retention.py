"""What is kept of what was tried and asked, and for how long: so that a member does not grow with every run.

Of rules stay those that any version, the member or the next run needs, and those that were tried; of answers
those that may be asked for again: about the version in use, or of a run that has not ended. So a run that was
killed pays for nothing twice, and the next one remembers the same rules, whatever went meanwhile. What goes is
decided from what is stored alone, step by step: whoever is stopped goes on anywhere.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from core.asking.asker import ModelAsker
from core.asking.unasked import Unasked
from core.model.config import ModelSettings
from core.ports import RetentionStore, RunReport, TuningStores
from core.tuning.limits import MAX_LABELS, REMEMBERED
from core.tuning.memory import remembered
from core.vocabulary.calls import Purpose
from core.vocabulary.clock import Clock
from core.vocabulary.explanation import Explanation
from core.vocabulary.feelprint import Feelprint, RuleRecord
from core.vocabulary.images import Image
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import RuleReason, RuleStatus, RunResult

DAY_MS = 24 * 60 * 60 * 1000
RUNS, RUN_DAYS = 12, 30
"""The newest runs of a profile, and all of so many days, are kept; a card looks back over as many."""

AT_ONCE, MEMBERS = 250, 100
"""Rows in one transaction, and members in one look."""

PAUSE_S = 0.02
"""Between two steps in the background, so that all of it together is never a tenth of the work."""


class Stores(TuningStores, Protocol):
    """What is read, and where it is deleted."""

    @property
    def retention(self) -> RetentionStore:
        """Finds and deletes what is old."""
        ...


@dataclass(slots=True)
class Pruned:
    """How much of each went, or would go. `calls`: lines of the ledger that became sums by day."""

    answers: int = 0
    rules: int = 0
    runs: int = 0
    calls: int = 0


@dataclass(frozen=True, slots=True)
class Outlived:
    """What nothing needs any more of a profile, by ids; and the runs whose explanation names less than before."""

    last: str | None
    rules: tuple[str, ...]
    runs: tuple[str, ...]
    explained: dict[str, Explanation]


class Retention:
    """Prunes a whole database, one small step at a time. `dry`: only counts."""

    def __init__(
        self,
        stores: Stores,
        model: ModelSettings,
        clock: Clock,
        *,
        keep_days: int,
        dry: bool = False,
        pause_s: float = PAUSE_S,
    ) -> None:
        self._stores, self._model, self._clock = stores, model, clock
        self._keep_ms, self._dry, self._pause_s = keep_days * DAY_MS, dry, pause_s

    async def prune(self) -> Pruned:
        """Go once through everything. Raises StorageError."""
        pruned = Pruned()
        before = self._clock.now_ms() - self._keep_ms
        await self._sum_up(before, pruned)
        after = 0
        while members := await self._stores.retention.members(after, limit=MEMBERS):
            for member_id in members:
                await self._of_member(member_id, before, pruned)
                await asyncio.sleep(self._pause_s)
            after = members[-1]
        await self._unlabelled(before, pruned)
        return pruned

    async def _sum_up(self, before: int, pruned: Pruned) -> None:
        store = self._stores.retention
        if self._dry:
            pruned.calls = await store.singles(before)
            return
        while some := await store.sum_up(before, limit=AT_ONCE):
            pruned.calls += some
            await asyncio.sleep(self._pause_s)

    async def _unlabelled(self, before: int, pruned: Pruned) -> None:
        after: str | None = ""
        while after is not None:
            keys, after = await self._stores.retention.unlabelled(after, before, limit=AT_ONCE)
            pruned.answers += await self._drop_answers(keys)
            await asyncio.sleep(self._pause_s)

    async def _of_member(self, member_id: int, before: int, pruned: Pruned) -> None:
        old = await self._stores.retention.old(member_id, before)
        reports = {key: await self._stores.runs.latest(key, limit=10_000) for key in old.profiles}
        for key, found in reports.items():
            await self._of_profile(key, found, before, pruned)
        ended = all(_ended(found) for found in reports.values())
        if old.answers and ended:
            needed = {key for profile in old.profiles for key in await self._needed(profile)}
            pruned.answers += await self._drop_answers([key for key in old.answers if key not in needed])

    async def _drop_answers(self, keys: Sequence[str]) -> int:
        if self._dry:
            return len(keys)
        some = [keys[first : first + AT_ONCE] for first in range(0, len(keys), AT_ONCE)]
        return sum([await self._stores.retention.drop_answers(one) for one in some])

    async def _of_profile(
        self, key: ProfileKey, reports: Sequence[RunReport], before: int, pruned: Pruned
    ) -> None:
        if not _ended(reports):
            return
        records, versions = await self._stores.runs.rules(key), await self._stores.versions.all(key)
        gone = outlived(reports, records, versions, before, self._clock.now_ms() - RUN_DAYS * DAY_MS)
        if not (gone.rules or gone.runs or gone.explained):
            return
        done = self._dry or await self._stores.retention.thin(
            key, gone.last, rules=gone.rules, runs=gone.runs, explained=gone.explained
        )
        if done:
            pruned.rules += len(gone.rules)
            pruned.runs += len(gone.runs)

    async def _needed(self, key: ProfileKey) -> Collection[str]:
        """The keys of what may be asked again: the version in use about each picture that a run learns from."""
        active = await self._stores.versions.active(key)
        label_set = await self._stores.labels.label_set(key.label_set_id)
        if active is None or label_set is None:
            return ()
        unasked = Unasked()
        asker = ModelAsker(unasked)
        for label in (await self._stores.labels.labels(key))[-MAX_LABELS:]:
            image = Image(label.image_hash, b"", 0, 0)  # a question is known by the hash of its picture
            await asker.judge(image, label_set, active.block, owner=key.member_id, purpose=Purpose.PREDICT)
            await asyncio.sleep(0)
        return {call.key(self._model.model_for(call.purpose)) for call in unasked.calls}


def outlived(
    reports: Sequence[RunReport],
    records: Sequence[RuleRecord],
    versions: Sequence[Feelprint],
    ideas_before: int,
    runs_before: int,
) -> Outlived:
    """What of a profile nothing needs any more; `reports` newest first, the newest ended.

    Ideas of the latest look that were not tried are told about until `ideas_before`; runs from before
    `runs_before` go, but the newest, the latest look and those that made a version.
    """
    look = next((report for report in reports if report.explanation.cost is not None), None)
    told = look.explanation.candidates if look is not None and look.finished_at >= ideas_before else ()
    needed = {rule.id for version in versions for rule in version.rules} | set(told)
    needed |= {record.rule.id for record in remembered(records, REMEMBERED)}
    kept = {record.rule.id for record in records if record.rule.id in needed or _stays(record)}
    made = {version.run_id for version in versions}
    runs = [
        report.run_id
        for report in reports[RUNS:]
        if report.started_at < runs_before and report.run_id not in made and report is not look
    ]
    explained = {
        report.run_id: replace(report.explanation, candidates=left)
        for report in reports
        if report is not look and report.run_id not in runs
        if (left := tuple(one for one in report.explanation.candidates if one in kept))
        != report.explanation.candidates
    }
    gone = tuple(record.rule.id for record in records if record.rule.id not in kept)
    return Outlived(reports[0].run_id if reports else None, gone, tuple(runs), explained)


def _stays(record: RuleRecord) -> bool:
    """What was used, tried, or said by the member stays known."""
    said = record.written_at is not None or record.reason == RuleReason.STRUCK
    return said or record.asked.held > 0 or record.status in (RuleStatus.DEPLOYED, RuleStatus.RETIRED)


def _ended(reports: Sequence[RunReport]) -> bool:
    """Whether no run is under way, was killed, or is to be tried again: it would ask for its answers."""
    return not reports or reports[0].result not in (RunResult.RUNNING, RunResult.STOPPED)
