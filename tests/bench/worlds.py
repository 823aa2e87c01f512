"""Worlds to evaluate methods in: datasets in memory, whose people feel by rules that the method does not know.

Pictures are named by seed and place, so that the same person can be shown them at another size. Labels never
depend on that size.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.demo.people import PEOPLE, reactions
from core.decoding.normalise import normalise
from core.evaluate.dataset import Dataset, Sample, load
from core.vocabulary.calls import Answer
from core.vocabulary.emotions import MIKELS, Distribution
from core.vocabulary.images import MAX_SIDE, Image
from tests.bench.people import POOL, labelled, person
from tests.bench.world import InProcess, Sight, asker, pictures

TEST = 40
MOST = 60
"""Labels kept unseen, and the most that are learned from: a world does not change with the sizes asked for."""


@dataclass(frozen=True)
class World:
    """A dataset with its pictures already normalised, by their name in the dataset."""

    data: Dataset
    images: Mapping[str, Image]

    async def load(self, sample: Sample) -> Image:
        return self.images[sample.image]


def demo(seed: int, side: int = MAX_SIDE, count: int = MOST + TEST) -> World:
    """The demo's members over so many of the demo's pictures."""
    sights = pictures(count, seed, MAX_SIDE)
    felt = reactions([sight.scene for sight in sights], seed)
    names = {sight.image.hash: _name(seed, i) for i, sight in enumerate(sights)}
    people = {f"{p.name}-{seed}": list(zip(sights, felt[p.name], strict=True)) for p in PEOPLE}
    return _world(people, names, _images(len(sights), seed, side))


async def generated(
    gateway: InProcess,
    seed: int,
    people: int,
    *,
    tastes: int = 3,
    noise: float = 0.1,
    crowd: bool = True,
    side: int = MAX_SIDE,
) -> World:
    """Generated people. `crowd`: where no taste speaks, they feel as the model's majority does, else as a
    table says that the model does not know.
    """
    pool = pictures(POOL, seed, MAX_SIDE)
    shared: dict[str, Distribution] = {}
    for sight in pool if crowd else ():
        answer = await asker(gateway).generic(sight.image, MIKELS)
        assert isinstance(answer, Answer)
        shared[sight.image.hash] = answer.value.distribution
    whom = [person(number, seed, tastes, noise) for number in range(people)]
    rows = {f"person{p.number:02}-{seed}": labelled(p, pool, MOST + TEST, seed, shared) for p in whom}
    names = {sight.image.hash: _name(seed, i) for i, sight in enumerate(pool)}
    return _world(rows, names, _images(len(pool), seed, side))


def photographs(folder: Path, side: int = MAX_SIDE) -> World:
    """A folder made by `tests.bench.photographs`: its people's labels stand in an order drawn for each."""
    data = load(folder, strict=True)
    names = {sample.image for samples in data.people.values() for sample in samples}
    return World(data, {name: normalise((data.images / name).read_bytes(), side) for name in sorted(names)})


def shuffled(world: World) -> World:
    """The same labels dealt out to other pictures of the same person: nothing about pictures is left to learn."""
    people = {user: _dealt(user, samples) for user, samples in world.data.people.items()}
    return replace(world, data=replace(world.data, people=people))


def _dealt(user: str, samples: Sequence[Sample]) -> tuple[Sample, ...]:
    felt = [sample.felt for sample in samples]
    random.Random(f"shuffle {user}").shuffle(felt)
    return tuple(replace(sample, felt=other) for sample, other in zip(samples, felt, strict=True))


def _name(seed: int, place: int) -> str:
    return f"{seed}-{place:03}"


def _images(count: int, seed: int, side: int) -> dict[str, Image]:
    return {_name(seed, i): sight.image for i, sight in enumerate(pictures(count, seed, side))}


def _world(
    rows: Mapping[str, Sequence[tuple[Sight, str]]], names: Mapping[str, str], images: Mapping[str, Image]
) -> World:
    people = {
        user: tuple(Sample(names[sight.image.hash], {felt: 1.0}) for sight, felt in felt_by)
        for user, felt_by in rows.items()
    }
    return World(Dataset(Path(), MIKELS, people), images)
