"""People whose taste changes halfway: what the care after deployment saves them, and costs the others.

Labels come one by one through the real worker, which shadows, rolls back and tunes as in the bot. What
counts is the chance to be right by the taste of the moment, which is known here: no luck of the test labels.
Run by hand: `python -m tests.bench.drift --people 24 --seed 1 --kinds new same`.
"""

import argparse
import asyncio
import random
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from core.evaluate.scoring import interval
from core.tending.run import Tuner
from core.tending.shadowing import Shadows
from core.tending.worker import TuningWorker
from core.tuning.constants import ALARM
from core.tuning.watch import Verdict, Watch, watch
from core.vocabulary.calls import Answer, Purpose
from core.vocabulary.emotions import MIKELS, Distribution
from core.vocabulary.profile import ProfileKey
from storage import Storage, open_storage
from tests.bench.people import DEV, POOL, SHARPNESS, Person, person
from tests.bench.world import InProcess, Sight, asker, pictures
from tests.fakes import ManualClock
from tests.labelling import felt

LABELS, CHANGE, TEST = 72, 36, 40
AFTER = (0, 6, 12, 24, 36)
"""Checkpoints: labels since the change."""

SLOW = (CHANGE - 12, CHANGE + 24)
KINDS = ("new", "turned", "one new", "slow", "same", "noisy")
"""How tastes change: to others; the same sights felt otherwise; one of three; to others bit by bit; not at all;
not at all, of somebody whose feelings are half chance.
"""

STEADY = ("same", "noisy")
NOISE = {"noisy": 0.5}

CARES: dict[str, Watch] = {
    "nothing": lambda active, shadows: Verdict(),
    "roll back": lambda active, shadows: replace(watch(active, shadows), since=None),
    "forget": lambda active, shadows: replace(watch(active, shadows), fails=False),
    "roll back+forget": watch,
}
"""What is asked for after deployment: the step as it is in use, and others in its place."""

NUMBERS: dict[str, tuple[float, float]] = {
    "failed": (1.875, 3.75),
    "changed": (10.0, 40.0),
}
STEPS = CARES | {
    f"{name} {value:g}": partial(watch, alarm=replace(ALARM, **{name: value}))
    for name, values in NUMBERS.items()
    for value in values
}
"""The same, and the step in use with one number changed."""


@dataclass(frozen=True)
class Life:
    """Somebody who felt as `before` and comes to feel as `after`."""

    name: str
    number: int
    kind: str
    before: Person
    after: Person
    shown: Sequence[Sight]
    unseen: Sequence[Sight]
    crowd: Mapping[str, Distribution]

    def changed(self, label: int) -> float:
        """The share of the new taste when this label (from 0) is given."""
        if self.kind in STEADY:
            return 0.0
        if self.kind == "slow":
            return min(1.0, max(0.0, (label - SLOW[0]) / (SLOW[1] - SLOW[0])))
        return float(label >= CHANGE)

    def felt(self, label: int) -> str:
        """What they feel about the picture that is shown at this label."""
        rng = random.Random(f"felt {self.name} {label}")
        sight = self.shown[label]
        who = self.after if rng.random() < self.changed(label) else self.before
        return who.feels(sight.scene, self.crowd[sight.image.hash], rng)

    def chance(self, label: int, sight: Sight, emotion: str) -> float:
        """How likely they feel this about a picture at the time of this label."""
        share = self.changed(label)
        crowd = self.crowd[sight.image.hash]
        return share * chance(self.after, sight, crowd, emotion) + (1 - share) * chance(
            self.before, sight, crowd, emotion
        )


def chance(someone: Person, sight: Sight, crowd: Distribution, emotion: str) -> float:
    """The probability that `Person.feels` says this emotion."""
    feel = next((feel for _, sees, feel in someone.tastes if sees(sight.scene)), None)
    if feel is not None:
        certain = float(feel == emotion)
    else:
        sharp = [p**SHARPNESS for p in crowd]
        certain = sharp[MIKELS.names.index(emotion)] / sum(sharp)
    return someone.noise / len(MIKELS.names) + (1 - someone.noise) * certain


async def lives(gateway: InProcess, kind: str, *, people: int, seed: int) -> list[Life]:
    """Generated people with 72 labels to give and 40 pictures that they never label."""
    pool = pictures(POOL, seed)
    crowd = {}
    for sight in pool:
        answer = await asker(gateway).generic(sight.image, MIKELS)
        assert isinstance(answer, Answer)
        crowd[sight.image.hash] = answer.value.distribution
    return [_life(kind, number, seed, pool, crowd) for number in range(people)]


def _life(kind: str, number: int, seed: int, pool: Sequence[Sight], crowd: Mapping[str, Distribution]) -> Life:
    before = person(number, seed, noise=NOISE.get(kind, 0.1))
    other = person(number, seed + 500_000)
    rng = random.Random(f"life {seed} {number}")
    after = {
        "turned": tuple(
            (name, sees, rng.choice([e for e in MIKELS.names if e != feel])) for name, sees, feel in before.tastes
        ),
        "one new": (other.tastes[0], *before.tastes[1:]),
        **dict.fromkeys(STEADY, before.tastes),
    }.get(kind, other.tastes)
    chosen = rng.sample(list(pool), LABELS + TEST)
    return Life(
        f"{kind} {seed} {number}",
        number,
        kind,
        before,
        replace(before, tastes=after),
        chosen[:LABELS],
        chosen[LABELS:],
        crowd,
    )


@dataclass(frozen=True)
class Course:
    """One life under one care: points gained over the generic prompt at every checkpoint, and image calls."""

    life: Life
    care: str
    gains: Sequence[float]
    runs: int
    calls: int
    suspicions: int

    @property
    def since(self) -> float:
        """The mean gain at the checkpoints after the change."""
        return statistics.fmean(self.gains[1:])


async def live(storage: Storage, clock: ManualClock, gateway: InProcess, life: Life, care: str) -> Course:
    """Give the labels one by one, an hour apart; the worker does what is due after each."""
    member = life.number + 1
    key = ProfileKey(member, MIKELS.id)
    parts = (storage, asker(gateway), clock)
    tuner = Tuner(*parts, watch=STEPS[care], concurrency=1)
    shadows = Shadows(*parts, watch=STEPS[care], concurrency=1)
    worker = TuningWorker(tuner, shadows, storage.runs, storage.due, clock)
    gains = []
    for k in range(LABELS):
        await felt(storage, member, [(life.shown[k].image, life.felt(k), clock.now_ms())])
        clock.advance(seconds=3600)
        await worker.step()
        if k + 1 - CHANGE in AFTER:
            active = await storage.versions.active(key)
            # Before the change the taste of the moment is the old one; label k + 1 is the first of the new.
            gains.append(await _gain(gateway, life, active.block if active else "", k))
    runs = [r for r in await storage.runs.latest(key, limit=9 * LABELS) if r.explanation.cost is not None]
    calls = sum(r.explanation.cost.asked.get(k, 0) for r in runs for k in ("verify",))
    return Course(life, care, gains, len(runs), calls, sum(r.explanation.taste_changed for r in runs))


async def _gain(gateway: InProcess, life: Life, block: str, label: int) -> float:
    if not block:
        return 0.0
    gained, ask = 0.0, asker(gateway)
    for sight in life.unseen:
        said = await ask.judge(sight.image, MIKELS, block, owner=life.number + 1, purpose=Purpose.PREDICT)
        assert isinstance(said, Answer)
        new, old = MIKELS.top(said.value.distribution), MIKELS.top(life.crowd[sight.image.hash])
        gained += life.chance(label, sight, new) - life.chance(label, sight, old)
    return 100.0 * gained / len(life.unseen)


async def measure(
    gateway: InProcess, kinds: Sequence[str], cares: Sequence[str], *, people: int, seed: int
) -> list[Course]:
    """Every life under every care, each beginning at the same moment in a storage with nothing in it."""
    courses, clock = [], ManualClock()
    with TemporaryDirectory() as folder:
        async with open_storage(Path(folder) / "lives.db", clock=clock) as storage:
            for kind in kinds:
                for life in await lives(gateway, kind, people=people, seed=seed):
                    for care in cares:
                        clock.at = ManualClock().at
                        courses.append(await live(storage, clock, gateway, life, care))
                        await storage.members.forget(life.number + 1)
    return courses


def worse(courses: Sequence[Course], at: int, by: float = 0.0) -> float:
    """The share of people who are worse off than with the generic prompt at a checkpoint, by more than `by`."""
    return sum(c.gains[at] < -by - 1e-9 for c in courses) / len(courses)


def table(courses: Sequence[Course]) -> str:
    """Per kind of change and care: at every checkpoint the mean gain, and (share worse / by more than a point)."""
    lines = []
    for kind in dict.fromkeys(c.life.kind for c in courses):
        of_kind = [c for c in courses if c.life.kind == kind]
        whom = len({c.life.name for c in of_kind})
        heads = "".join(f"{f'+{after}':>16}" for after in AFTER)
        lines.append(f"\n{kind}: {whom} people\n{'care':<24}{heads}  mean after [95 %]     runs  calls drift")
        for care in dict.fromkeys(c.care for c in of_kind):
            own = [c for c in of_kind if c.care == care]
            cells = ""
            for at in range(len(AFTER)):
                gain = statistics.fmean(c.gains[at] for c in own)
                cells += f"{gain:>+6.1f} ({100 * worse(own, at):>2.0f}/{100 * worse(own, at, 1.0):>2.0f}%)"
            since = [c.since for c in own]
            low, high = interval(since, seed=0)
            lines.append(
                f"{care:<24}{cells} {statistics.fmean(since):>+5.1f} [{low:>+4.1f}, {high:>+4.1f}]"
                f" {statistics.fmean(c.runs for c in own):>7.1f} {statistics.fmean(c.calls for c in own):>6.0f}"
                f" {statistics.fmean(c.suspicions for c in own):>5.2f}"
            )
    return "\n".join(lines)


def difference(courses: Sequence[Course], care: str, against: str) -> tuple[float, float, float]:
    """Mean over people of what one care gains over another after the change, with its 95 % interval."""
    other = {c.life.name: c.since for c in courses if c.care == against}
    values = [c.since - other[c.life.name] for c in courses if c.care == care]
    return statistics.fmean(values), *interval(values, seed=0)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=24)
    parser.add_argument("--seed", type=int, nargs="+", default=[DEV])
    parser.add_argument("--kinds", nargs="+", default=list(KINDS))
    parser.add_argument("--cares", nargs="+", default=list(CARES), choices=list(STEPS), metavar="CARE")
    given = parser.parse_args()
    began = time.perf_counter()
    courses = asyncio.run(_measured(given))
    print(table(courses))
    for care in given.cares[1:]:
        mean, low, high = difference(courses, care, given.cares[0])
        print(f"{care} against {given.cares[0]}: {mean:+.2f} [{low:+.2f}, {high:+.2f}]")
    print(f"{time.perf_counter() - began:.0f} s")


async def _measured(given: argparse.Namespace) -> list[Course]:
    gateway = InProcess()
    return [
        course
        for seed in given.seed
        for course in await measure(gateway, given.kinds, given.cares, people=given.people, seed=seed)
    ]


if __name__ == "__main__":
    main()
