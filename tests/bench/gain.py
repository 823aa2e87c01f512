"""Gain and harm of a method over generated people: the accuracy that it adds on pictures it never saw.

Run by hand: `python -m tests.bench.gain --n 16 32 --people 16 --methods generic rules paper`.
"""

import argparse
import asyncio
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.demo.people import PEOPLE, reactions
from core.asking.questions import Example, Judgement
from core.emotions import MIKELS
from core.labels import hit
from core.model.calls import Answer, Purpose
from core.tuning.items import item_of
from core.tuning.presets import PRESETS, Preset
from core.tuning.prior import corrected, helps
from core.tuning.run import Tuner
from tests.bench.people import labelled, person
from tests.bench.world import InProcess, Sight, asker, pictures
from tests.fakes import ManualClock
from tests.fakes_tuning import MemoryLabels, MemoryTuning

TEST = 40
POOL = 240
DEV, HELD_OUT = 1, 1001
NORMAL = PRESETS["normal"]
ABLATIONS: dict[str, Preset] = {
    "rules": NORMAL,
    "eco": PRESETS["eco"],
    "strict": PRESETS["strict"],
    "thorough": PRESETS["thorough"],
    "no match": replace(NORMAL, match=False),
    "no alone": replace(NORMAL, alone=False),
    "no verify": replace(NORMAL, verify=False),
    "cap 1": replace(NORMAL, max_rules=1),
    "cap 2": replace(NORMAL, max_rules=2),
    "cap 6": replace(NORMAL, max_rules=6),
    "net 1": replace(NORMAL, net=1),
    "net 2": replace(NORMAL, net=2),
    "net 3": replace(NORMAL, net=3),
    "net 4": replace(NORMAL, net=4),
    "gate .80": replace(NORMAL, gate=0.80),
    "gate .95": replace(NORMAL, gate=0.95),
    "no contrast": replace(NORMAL, contrast=False),
    "shown 10": replace(NORMAL, shown=10),
    "shown 20": replace(NORMAL, shown=20),
    "writers 1": replace(NORMAL, writer_calls=1),
    "writers 6": replace(NORMAL, writer_calls=6),
}


@dataclass(frozen=True)
class Score:
    """One person under one method: accuracies on unseen labels in [0, 1], image calls beside the generic ones."""

    name: str
    method: str
    n: int
    generic: float
    accuracy: float
    image_calls: int
    told: str

    @property
    def gain(self) -> float:
        """Points over the generic prompt."""
        return 100.0 * (self.accuracy - self.generic)


async def score(
    method: str, n: int, gateway: InProcess, rows: Sequence[tuple[Sight, str]], subject: "Subject"
) -> Score:
    """Train on the first n rows, test on the last 40."""
    ask = asker(gateway)
    train, test = rows[:n], rows[-TEST:]
    member = subject.number + 1
    labels = MemoryLabels()
    for at, (sight, felt) in enumerate(train):
        labels.felt(member, sight.image, felt, at=1000 + at)
    block, told, calls = "", "", 0
    if method in ABLATIONS or method == "paper":
        tuning = MemoryTuning(labels)
        mode, preset = ("paper", NORMAL) if method == "paper" else ("rules", ABLATIONS[method])
        tuner = Tuner(labels, tuning, ask, ManualClock(), preset=preset, mode=mode, concurrency=8)
        report = await tuner.tune(member, MIKELS.id)
        active = await tuning.active(member, MIKELS.id)
        block, told = (active.block, active.block) if active else ("", report.result)
        calls = sum(report.detail.get("asked", {}).get(k, 0) for k in ("alone", "verify", "score"))
    items = []
    for sight, _ in train:
        answer = await ask.generic(sight.image, MIKELS)
        label = await labels.label(member, MIKELS.id, sight.image.hash)
        assert isinstance(answer, Answer)
        assert label is not None
        items.append(item_of(MIKELS, sight.image, label, answer.value))
    leans = method == "prior" and helps(MIKELS, items)
    examples = [Example(i.image, i.felt, i.generic.distribution) for i in items][-12:]
    base = right = 0.0
    for sight, felt in test:
        generic = await ask.generic(sight.image, MIKELS)
        assert isinstance(generic, Answer)
        said = generic.value.distribution
        base += hit(MIKELS, said, {felt: 1.0})
        if leans:
            said = corrected(MIKELS, said, [(i.generic.distribution, i.felt, 1.0) for i in items])
        elif method == "fewshot":
            said = judged(await ask.fewshot(sight.image, MIKELS, examples, owner=member))
        elif block:
            said = judged(await ask.judge(sight.image, MIKELS, block, owner=member, purpose=Purpose.PREDICT))
        right += hit(MIKELS, said, {felt: 1.0})
    return Score(subject.name, method, n, base / TEST, right / TEST, calls, told)


def judged(outcome: object) -> tuple[float, ...]:
    assert isinstance(outcome, Answer)
    assert isinstance(outcome.value, Judgement)
    return outcome.value.distribution


@dataclass(frozen=True)
class Subject:
    """One person to measure: their labelled pictures, of which the last 40 are the test."""

    name: str
    number: int
    rows: Sequence[tuple[Sight, str]]


async def generated(
    gateway: InProcess,
    most: int,
    *,
    people: int,
    seed: int,
    tastes: int = 3,
    noise: float = 0.1,
    crowd: bool = True,
) -> list[Subject]:
    """Generated people. `crowd`: where no taste speaks, they feel as the model's majority does, else as a
    table says that the model does not know.
    """
    pool = pictures(POOL, seed)
    shared = {}
    for sight in pool if crowd else ():
        answer = await asker(gateway).generic(sight.image, MIKELS)
        assert isinstance(answer, Answer)
        shared[sight.image.hash] = answer.value.distribution
    whom = [person(number, seed, tastes, noise) for number in range(people)]
    return [Subject(f"person {p.number}", p.number, labelled(p, pool, most + TEST, seed, shared)) for p in whom]


def demo(seed: int, most: int) -> list[Subject]:
    """The demo's members over the demo's pictures."""
    pool = pictures(most + TEST, seed)
    felt = reactions([sight.scene for sight in pool], seed)
    return [Subject(p.name, i, list(zip(pool, felt[p.name], strict=True))) for i, p in enumerate(PEOPLE)]


def shuffled(subject: Subject) -> Subject:
    """The same labels dealt out to other pictures: nothing to learn is left."""
    felt = [f for _, f in subject.rows]
    random.Random(f"shuffle {subject.name}").shuffle(felt)
    return replace(subject, rows=[(sight, f) for (sight, _), f in zip(subject.rows, felt, strict=True)])


async def measure(
    gateway: InProcess, subjects: Sequence[Subject], methods: Sequence[str], sizes: Sequence[int]
) -> list[Score]:
    """Every method for every person and number of training labels."""
    return [
        await score(method, n, gateway, list(subject.rows[:n]) + list(subject.rows[-TEST:]), subject)
        for subject in subjects
        for n in sizes
        for method in methods
    ]


def interval(values: Sequence[float], seed: int = 0) -> tuple[float, float]:
    """A 95 % bootstrap interval of the mean over people."""
    rng = random.Random(seed)
    means = sorted(statistics.fmean(rng.choices(values, k=len(values))) for _ in range(2000))
    return means[50], means[1949]


def shipped(score: Score) -> bool:
    return score.told not in ("", "kept", "nothing")


def table(scores: Sequence[Score]) -> str:
    titles = ("method", "n", "people", "generic", "gain", "95 %", "worse", "shipped", "calls")
    lines = ["{:<14} {:>3} {:>6} {:>8} {:>6} {:>15} {:>6} {:>7} {:>6}".format(*titles)]
    for method, n in dict.fromkeys((s.method, s.n) for s in scores):
        own = [s for s in scores if (s.method, s.n) == (method, n)]
        gains = [s.gain for s in own]
        low, high = interval(gains)
        generic = 100 * statistics.fmean(s.generic for s in own)
        worse = 100 * sum(g < 0 for g in gains) / len(own)
        share = 100 * sum(shipped(s) for s in own) / len(own)
        calls = statistics.fmean(s.image_calls for s in own)
        lines.append(
            f"{method:<14} {n:>3} {len(own):>6} {generic:>7.1f}% {statistics.fmean(gains):>+6.1f} "
            f"[{low:>+5.1f}, {high:>+5.1f}] {worse:>5.0f}% {share:>6.0f}% {calls:>6.1f}"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--methods", nargs="+", default=["rules", "paper", "prior"])
    parser.add_argument("--n", nargs="+", type=int, default=[16, 40])
    parser.add_argument("--people", type=int, default=12)
    parser.add_argument("--seed", type=int, default=DEV)
    parser.add_argument("--tastes", type=int, default=3)
    parser.add_argument("--noise", type=float, default=0.1)
    parser.add_argument("--table", action="store_true", help="common feelings from a table, not from the crowd")
    parser.add_argument("--demo", type=int, default=0, help="so many seeds of the demo's members instead")
    parser.add_argument("--shuffled", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    given = parser.parse_args()
    began = time.perf_counter()
    scores = asyncio.run(_measured(given))
    for s in scores if given.verbose else ():
        print(f"{s.name}, {s.method}, n={s.n}: generic {s.generic:.2f}, gain {s.gain:+.1f}\n{s.told}")
    print(table(scores))
    if given.demo:
        print(table([replace(s, method=f"{s.method} {s.name}") for s in scores]))
    print(f"{time.perf_counter() - began:.0f} s")


async def _measured(given: argparse.Namespace) -> list[Score]:
    gateway, most = InProcess(), max(given.n)
    subjects = [s for k in range(given.demo) for s in demo(given.seed + k, most)]
    if not given.demo:
        subjects = await generated(
            gateway,
            most,
            people=given.people,
            seed=given.seed,
            tastes=given.tastes,
            noise=given.noise,
            crowd=not given.table,
        )
    if given.shuffled:
        subjects = [shuffled(subject) for subject in subjects]
    return await measure(gateway, subjects, given.methods, given.n)


if __name__ == "__main__":
    main()
