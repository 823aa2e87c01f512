"""`Tuner`: one tuning run, from a member's stored labels to a stored outcome.

It keeps no state of its own: a run that was killed is simply run again, with the same seed and the same
questions, and finds every paid answer in the cache.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace

import structlog

from core.asking.questions import Asker
from core.ports import RunReport, TuningStores
from core.tending.forecast import forecast
from core.tending.retrying import next_try
from core.tuning.constants import constants_of
from core.tuning.items import collect, payer_of
from core.tuning.limits import MAX_LABELS, MIN_LABELS, estimate
from core.tuning.method import by_rules
from core.tuning.paper import by_paper
from core.tuning.pool import Decision, Job
from core.tuning.session import Progress, Session, Stopped
from core.tuning.watch import Watch, lasting, watch
from core.vocabulary.calls import Call, Usage
from core.vocabulary.clock import Clock
from core.vocabulary.emotions import LabelSet
from core.vocabulary.errors import LabelSetError, LabelSetProblem
from core.vocabulary.explanation import Explanation, Stop
from core.vocabulary.feelprint import Feelprint
from core.vocabulary.label import Label
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import Caution, Mode, RunReason, RunResult, VersionStatus


class Tuner:
    """Runs the method for one member at a time or for several together; all share `concurrency` calls."""

    def __init__(
        self,
        stores: TuningStores,
        asker: Asker,
        clock: Clock,
        *,
        caution: Caution = Caution.NORMAL,
        mode: Mode = Mode.RULES,
        watch: Watch = watch,
        concurrency: int = 4,
        price: Callable[[Call], Usage] | None = None,
    ) -> None:
        self.caution = caution
        self.constants = constants_of(caution)
        self.mode = mode
        self._stores = stores
        self._asker = asker
        self._clock = clock
        self._watch = watch
        self._price = price
        self._slots = asyncio.Semaphore(concurrency)

    async def tune(self, key: ProfileKey, progress: Callable[[Progress], None] | None = None) -> RunReport:
        """Run once over all the labels that a member has now, store what came of it, and report it.

        `result` is `stopped` where the model was not available, or answered no question of a step: nothing but
        the time of the next try is changed. Raises StorageError, and LabelSetError for a label set that nobody
        knows.
        """
        label_set = await self._stores.labels.label_set(key.label_set_id)
        if label_set is None:
            raise LabelSetError(LabelSetProblem.UNKNOWN)
        given = await self._stores.labels.labels(key)
        labels = await self.lasting(key)
        last = await self._stores.runs.last(key)
        report = self._opened(key, labels, len(given))
        structlog.contextvars.bind_contextvars(run=report.run_id)
        known = await self._known(label_set, len(labels), await self._stores.versions.active(key))
        report = replace(report, explanation=known)
        await self._stores.runs.start(report)
        session = Session(self._slots, progress)
        try:
            decision = await self._learn(session, label_set, report, labels)
        except Stopped as stopped:
            at = self._clock.now_ms()
            tries, retry_at = next_try(last, stopped.failure, at)
            stop = Stop(stopped.failure, tries, retry_at)
            report = _ended(report, at, RunResult.STOPPED, RunReason.UNAVAILABLE)
            report = replace(report, explanation=replace(report.explanation, cost=session.cost(), stop=stop))
            await self._stores.runs.finish(report, retry_at=retry_at)
            return report
        explanation = replace(decision.explanation, cost=session.cost())
        return await self._store(report, replace(decision, explanation=explanation), len(labels))

    async def _known(self, label_set: LabelSet, labels: int, active: Feelprint | None) -> Explanation:
        """What is known of a run before it begins; what it can cost only where questions have a price."""
        known = Explanation(caution=self.caution, before=active.version if active else None)
        if self._price is None:
            return known
        calls = estimate(labels, self.constants, self.mode, deployed=active is not None)
        return replace(known, forecast=await forecast(calls, label_set, self.mode, self._price))

    async def lasting(self, key: ProfileKey) -> Sequence[Label]:
        """The newest labels that a run learns from: none from before the member's taste changed. StorageError."""
        labels = (await self._stores.labels.labels(key))[-MAX_LABELS:]
        return lasting(labels, self._watch(None, await self._stores.shadows.all(key)).since)

    async def _learn(
        self, session: Session, label_set: LabelSet, report: RunReport, labels: Sequence[Label]
    ) -> Decision:
        changed = len(labels) < min(report.n_labels, MAX_LABELS)
        known = replace(report.explanation, taste_changed=changed)
        too_few = RunReason.TOO_FEW_SINCE_CHANGE if changed else RunReason.TOO_FEW_LABELS
        if len(labels) < MIN_LABELS:
            return Decision(RunResult.NOTHING, too_few, known)
        if len({emotion for label in labels for emotion in label.felt}) < 2:
            return Decision(RunResult.NOTHING, RunReason.ONE_EMOTION, known)
        asker = self._asker.on_account_of(await payer_of(self._stores.labels, report.key))
        items = await collect(session, asker, self._stores.labels, label_set, labels)
        right = sum(item.generic_hit for item in items)
        known = replace(known, pictures=len(items), generic_right=right)
        session.must_have_looked()
        if len(items) < MIN_LABELS:
            return Decision(RunResult.NOTHING, too_few, known)
        versions = await self._stores.versions.all(report.key)
        active = await self._stores.versions.active(report.key)
        job = Job(
            session,
            asker,
            label_set,
            items,
            self.constants,
            report.member_id,
            report.seed,
            active=active if active is not None and active.mode == self.mode else None,
            records=await self._stores.runs.rules(report.key),
            quarantined=frozenset(v.block for v in versions if v.status == VersionStatus.ROLLED_BACK),
            known=known,
        )
        decision = await (by_rules(job) if self.mode == Mode.RULES else by_paper(job))
        if decision.result != RunResult.DEPLOYED:
            session.must_have_looked()
        return decision

    def _opened(self, key: ProfileKey, labels: Sequence[Label], n_labels: int) -> RunReport:
        """The report of a run over `labels`; it counts all there are, or the member would be due again at once."""
        seed = _seed(key, labels)
        at = self._clock.now_ms()
        run_id = hashlib.sha256(f"{seed}\n{self.mode}\n{self.caution}\n{at}".encode()).hexdigest()[:16]
        return RunReport(run_id, key.member_id, key.label_set_id, self.mode, seed, n_labels, at)

    async def _store(self, report: RunReport, decision: Decision, lasting: int) -> RunReport:
        at = self._clock.now_ms()
        feelprint: Feelprint | None = None
        if decision.result == RunResult.DEPLOYED:
            feelprint = Feelprint(
                report.member_id,
                report.label_set_id,
                version=0,  # the transaction that stores it gives the number
                mode=self.mode,
                rules=decision.rules,
                text=decision.text,
                created_at=at,
                n_labels=report.n_labels,
                run_id=report.run_id,
                verify=decision.verify,
            )
        explanation = replace(
            decision.explanation,
            candidates=tuple(record.rule.id for record in decision.records),
        )
        report = replace(_ended(report, at, decision.result, decision.reason), explanation=explanation)
        back_to = 0 if decision.explanation.withdrawal else None
        await self._stores.runs.finish(
            report, rules=decision.records, deploy=feelprint, back_to=back_to, lasting=lasting
        )
        stored = await self._stores.runs.last(report.key)
        return stored if stored is not None and stored.run_id == report.run_id else report


def _seed(key: ProfileKey, labels: Sequence[Label]) -> int:
    """63 bits over member, label set and what was felt about which image, in order."""
    rows = [[label.image_hash, sorted(label.felt.items())] for label in labels]
    digest = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    text = f"{key.member_id}\n{key.label_set_id}\n{digest}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def _ended(report: RunReport, at: int, result: RunResult, reason: RunReason) -> RunReport:
    return replace(report, finished_at=at, result=result, reason=reason)
