"""`Tuner`: one tuning run, from a member's stored labels to a stored outcome.

It keeps no state of its own: a run that was killed is simply run again, with the same seed and the same
questions, and finds every paid answer in the cache.
"""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from core.asking.questions import Asker
from core.ports import RunReport, TuningStores
from core.tuning import drift, notes
from core.tuning.forecast import forecast
from core.tuning.items import collect, digest_of, seed_of
from core.tuning.job import Job, Outcome
from core.tuning.paper import by_paper
from core.tuning.presets import MAX_LABELS, MIN_LABELS, Preset, preset_of
from core.tuning.retry import next_try
from core.tuning.rules import by_rules
from core.tuning.session import Progress, Session, Stopped
from core.vocabulary.calls import Call, Usage
from core.vocabulary.clock import Clock
from core.vocabulary.emotions import LabelSet
from core.vocabulary.errors import LabelSetError, LabelSetProblem
from core.vocabulary.feelprint import Feelprint, Mode, RuleRecord
from core.vocabulary.label import Label
from core.vocabulary.profile import ProfileKey


class Tuner:
    """Runs the method for one member at a time or for several together; all share `concurrency` calls."""

    def __init__(
        self,
        stores: TuningStores,
        asker: Asker,
        clock: Clock,
        *,
        preset: Preset | str = "normal",
        mode: Mode = "rules",
        care: drift.Aftercare = drift.CARE,
        concurrency: int = 4,
        price: Callable[[Call], Usage] | None = None,
    ) -> None:
        self.preset = preset_of(preset)
        self.mode = mode
        self._stores = stores
        self._asker = asker
        self._clock = clock
        self._care = care
        self._price = price
        self._slots = asyncio.Semaphore(concurrency)

    async def tune(self, key: ProfileKey, progress: Callable[[Progress], None] | None = None) -> RunReport:
        """Run once over all the labels that a member has now, store what came of it, and report it.

        `result` is `stopped` where the model was not available: nothing but the time of the next try is
        changed. Raises StorageError, and LabelSetError for a label set that nobody knows.
        """
        label_set = await self._stores.labels.label_set(key.label_set_id)
        if label_set is None:
            raise LabelSetError(LabelSetProblem.UNKNOWN)
        given = await self._stores.labels.labels(key)
        labels = await self.lasting(key)
        last = await self._stores.runs.last(key)
        report = self._opened(key, labels, len(given))
        report = replace(report, detail=await self._planned(label_set, len(labels)))
        await self._stores.runs.start(report)
        session = Session(self._slots, progress)
        try:
            outcome, why = await self._learn(session, label_set, report, labels)
        except Stopped as stopped:
            at = self._clock.now_ms()
            tries, retry_at = next_try(last, stopped.failure, at)
            detail = {
                "failure": stopped.failure.value,
                "tries": tries,
                "retry_at": retry_at,
                "told": notes.STOPPED,
            }
            report = replace(
                report, finished_at=at, result="stopped", detail={**report.detail, **detail, **_cost(session)}
            )
            await self._stores.runs.finish(report, retry_at=retry_at)
            return report
        return await self._store(report, outcome, why | _cost(session), len(labels))

    async def _planned(self, label_set: LabelSet, labels: int) -> dict[str, Any]:
        """The run's forecast, where the prices of questions are known."""
        if self._price is None:
            return {}
        planned = await forecast(labels, label_set, self.preset, self.mode, self._price)
        return {"planned": planned.detail()}

    async def lasting(self, key: ProfileKey) -> Sequence[Label]:
        """The newest labels that a run learns from: none from before the member's taste changed. StorageError."""
        labels = (await self._stores.labels.labels(key))[-MAX_LABELS:]
        if not self._care.forget:
            return labels
        return drift.lasting(labels, await self._stores.shadows.all(key))

    async def _learn(
        self, session: Session, label_set: LabelSet, report: RunReport, labels: Sequence[Label]
    ) -> tuple[Outcome, dict[str, Any]]:
        drifted = len(labels) < min(report.n_labels, MAX_LABELS)
        why: dict[str, Any] = {"drift": drifted, "preset": self.preset.name}
        too_few = notes.TOO_FEW_SINCE if drifted else notes.TOO_FEW
        if len(labels) < MIN_LABELS:
            return Outcome("nothing", too_few, {}), why
        if len({emotion for label in labels for emotion in label.felt}) < 2:
            return Outcome("nothing", notes.ONE_EMOTION, {}), why
        items = await collect(
            session, self._asker, self._stores.labels, label_set, [(label, 1.0) for label in labels]
        )
        why["pictures"] = len(items)
        if len(items) < MIN_LABELS:
            return Outcome("nothing", too_few, {}), why
        versions = await self._stores.versions.all(report.key)
        active = await self._stores.versions.active(report.key)
        job = Job(
            session,
            self._asker,
            label_set,
            items,
            self.preset,
            report.member_id,
            report.seed,
            active=active if active is not None and active.mode == self.mode else None,
            records=await self._stores.runs.rules(report.key),
            quarantined=frozenset(v.block for v in versions if v.status == "rolled_back"),
        )
        return await (by_rules(job) if self.mode == "rules" else by_paper(job)), why

    def _opened(self, key: ProfileKey, labels: Sequence[Label], n_labels: int) -> RunReport:
        """The report of a run over `labels`; it counts all there are, or the member would be due again at once."""
        seed = seed_of(key, digest_of(labels))
        at = self._clock.now_ms()
        run_id = hashlib.sha256(f"{seed}\n{self.mode}\n{self.preset}\n{at}".encode()).hexdigest()[:16]
        return RunReport(run_id, key.member_id, key.label_set_id, self.mode, seed, n_labels, at)

    async def _store(self, report: RunReport, outcome: Outcome, why: dict[str, Any], lasting: int) -> RunReport:
        at = self._clock.now_ms()
        feelprint: Feelprint | None = None
        if outcome.result == "deployed":
            versions = await self._stores.versions.all(report.key)
            feelprint = Feelprint(
                report.member_id,
                report.label_set_id,
                version=max((v.version for v in versions), default=0) + 1,
                mode=self.mode,
                rules=outcome.rules,
                text=outcome.text,
                created_at=at,
                n_labels=report.n_labels,
                run_id=report.run_id,
                verify=outcome.verify,
            )
        told = {"told": outcome.told, "rules": [_told(record) for record in outcome.records]}
        detail = {**report.detail, **why, **outcome.detail, **told}
        if feelprint is not None:
            detail["version"] = feelprint.version
        report = replace(report, finished_at=at, result=outcome.result, detail=detail)
        await self._stores.runs.finish(report, rules=outcome.records, deploy=feelprint, lasting=lasting)
        return report


def _cost(session: Session) -> dict[str, Any]:
    """What the run asked and what of it was paid (the rest came from the cache)."""
    return {
        "asked": dict(sorted(session.asked.items())),
        "sent": dict(sorted(session.sent.items())),
        "failures": dict(sorted(session.failures.items())),
        "tokens": {"prompt": session.usage.prompt_tokens, "completion": session.usage.completion_tokens},
        "usd": session.usage.usd,
    }


def _told(record: RuleRecord) -> dict[str, Any]:
    """One rule as the run's explanation shows it."""
    return {
        "id": record.rule.id,
        "when": record.rule.when,
        "feel": record.rule.feel,
        "text": record.rule.text,
        "source": record.source,
        "held_on": list(record.held_on),
        "screened": {"right": record.screened.right, "wrong": record.screened.wrong},
        "alone": {"held": record.alone.held, "right": record.alone.right, "wrong": record.alone.wrong},
        "fresh": {"held": record.fresh.held, "right": record.fresh.right, "wrong": record.fresh.wrong},
        "status": record.status,
        "note": record.note,
    }
