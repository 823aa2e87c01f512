"""A method as it lives: labels come in order, runs happen when the bot would run, care goes on after deployment.

Each label is predicted before it is learned from (prequential: Dawid 1984, J. Royal Statistical Society A 147;
Blum, Kalai & Langford 1999, COLT), so every label tests once and teaches afterwards. All is done by the bot's own
worker over a storage of its own: what is measured is what members get.
"""

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from core.asking.asker import Gateway, ModelAsker
from core.ports import DueStore, MemberStore, TuningStores
from core.tuning.run import Tuner
from core.tuning.shadowing import Shadows
from core.tuning.watch import CARE, Aftercare
from core.tuning.worker import TuningWorker
from core.vocabulary.calls import Answer, Call, Outcome, Purpose
from core.vocabulary.changes import RecordRating
from core.vocabulary.consent import CONSENT_VERSION
from core.vocabulary.emotions import LabelSet
from core.vocabulary.images import Image
from core.vocabulary.label import hit
from core.vocabulary.profile import ProfileKey

T = TypeVar("T")

HOUR_MS = 3_600_000
"""Between two labels: long enough that every run that is due has its quiet minute."""


class LivingStores(TuningStores, Protocol):
    """What a life needs of storage beside what tuning needs."""

    @property
    def members(self) -> MemberStore:
        """Consent."""
        ...

    @property
    def due(self) -> DueStore:
        """Who is due."""
        ...


@dataclass(slots=True)
class SteppedClock:
    """Stands still until the next label."""

    at: int = 1_700_000_000_000

    def now_ms(self) -> int:
        """Milliseconds since the epoch, UTC."""
        return self.at


class Counting:
    """A gateway that counts distinct questions by purpose."""

    def __init__(self, gateway: Gateway) -> None:
        self.calls: Counter[Purpose] = Counter()
        self._gateway = gateway
        self._seen: set[str] = set()

    async def ask(self, call: Call, parse: Callable[[str], T]) -> Outcome[T]:
        """As the gateway behind it; the same question asked again costs nothing more."""
        key = call.key("")
        if key not in self._seen:
            self._seen.add(key)
            self.calls[call.purpose] += 1
        return await self._gateway.ask(call, parse)


@dataclass(frozen=True, slots=True)
class Seen:
    """A labelled picture, in the order in which labels come."""

    image: Image
    felt: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where somebody stands after `labels`: the version in use, its accuracy on held-out pictures and that of the
    generic prompt (both in [0, 1]), versions and withdrawals so far, and distinct questions so far by purpose.
    """

    labels: int
    version: int | None
    accuracy: float
    generic: float
    versions: int
    withdrawals: int
    calls: Mapping[Purpose, int]
    feelprint: str = ""

    @property
    def gain(self) -> float:
        """Points over the generic prompt."""
        return 100.0 * (self.accuracy - self.generic)


@dataclass(frozen=True, slots=True)
class Course:
    """One person's replay. `hits` and `generic_hits`: of each label, predicted before it was learned from."""

    hits: Sequence[float]
    generic_hits: Sequence[float]
    checkpoints: Sequence[Checkpoint]


@dataclass(frozen=True, slots=True)
class Replay:
    """Replays people over one storage; each is forgotten again, and all begin at the same moment."""

    stores: LivingStores
    clock: SteppedClock
    gateway: Gateway
    label_set: LabelSet
    at: Sequence[int] = (8, 16, 32, 48)
    care: Aftercare = CARE

    async def live(self, member: int, labels: Sequence[Seen], unseen: Sequence[Seen]) -> Course:
        """Give the labels one by one; the worker does after each what it would do."""
        self.clock.at = SteppedClock().at
        learning = Counting(self.gateway)
        worker = self._worker(learning)
        key = ProfileKey(member, self.label_set.id)
        await self.stores.members.join(member, CONSENT_VERSION, 0)
        hits, generic_hits, checkpoints = [], [], []
        for n, label in enumerate(labels, 1):
            said, general = await self._said(key, label)
            hits.append(said)
            generic_hits.append(general)
            await self._give(key, label)
            while await worker.step():
                pass
            if n in self.at:
                checkpoints.append(await self._checkpoint(key, n, unseen, learning))
        await self.stores.members.forget(member)
        return Course(hits, generic_hits, checkpoints)

    def _worker(self, gateway: Gateway) -> TuningWorker:
        asker = ModelAsker(gateway)
        tuner = Tuner(self.stores, asker, self.clock, care=self.care)
        shadows = Shadows(self.stores, asker, self.clock, care=self.care)
        return TuningWorker(tuner, shadows, self.stores.runs, self.stores.due, self.clock)

    async def _give(self, key: ProfileKey, label: Seen) -> None:
        self.clock.at += 1000
        felt = frozenset(label.felt)
        rating = RecordRating(
            key.member_id, label.image.hash, felt, self.label_set.id, None, self.clock.at, label.image
        )
        await self.stores.labels.apply([rating])
        self.clock.at += HOUR_MS

    async def _said(self, key: ProfileKey, label: Seen) -> tuple[float, float]:
        """The hits of whatever is in use now and of the generic prompt."""
        asker = ModelAsker(self.gateway)
        active = await self.stores.versions.active(key)
        block, owner = active.block if active else "", key.member_id
        judged = await asker.judge(label.image, self.label_set, block, owner=owner, purpose=Purpose.PREDICT)
        general = await asker.generic(label.image, self.label_set)
        base = hit(self.label_set, general.value.distribution, label.felt) if isinstance(general, Answer) else 0.0
        own = hit(self.label_set, judged.value.distribution, label.felt) if isinstance(judged, Answer) else base
        return own, base

    async def _checkpoint(self, key: ProfileKey, n: int, unseen: Sequence[Seen], spent: Counting) -> Checkpoint:
        pairs = [await self._said(key, label) for label in unseen]
        active = await self.stores.versions.active(key)
        versions = await self.stores.versions.all(key)
        reports = await self.stores.runs.latest(key, limit=10 * n)
        return Checkpoint(
            n,
            active.version if active else None,
            sum(own for own, _ in pairs) / max(1, len(pairs)),
            sum(base for _, base in pairs) / max(1, len(pairs)),
            len(versions),
            sum(report.explanation.withdrawal is not None for report in reports),
            dict(spent.calls),
            active.block if active else "",
        )


def plain(course: Course) -> dict[str, object]:
    """A course as JSON-ready data."""
    return dataclasses.asdict(course)
