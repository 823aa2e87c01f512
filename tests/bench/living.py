"""Replay of the worlds (`core.evaluate.replay`): a JSON line for each person and size, so that methods are paired.

python -m tests.bench.living --world demo --seeds 51 52 53 54 --out demo.jsonl
python -m tests.bench.living --world drift --seeds 1 --people 12 --out drift.jsonl
python -m tests.bench.living --world demo --seeds 51 52 --method rules-deck --rates --out deck.jsonl
"""

import argparse
import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from core.evaluate.dataset import Dataset, Sample
from core.evaluate.methods import named
from core.evaluate.rates import Spoke, rates_of
from core.evaluate.replay import LIVING, Replay
from core.evaluate.run import Evaluated, Plan
from core.vocabulary.clock import Clock
from core.vocabulary.emotions import MIKELS
from core.vocabulary.images import Image
from storage import Storage, open_storage
from tests.bench import drift, worlds
from tests.bench.people import DEV
from tests.bench.wayward import Wayward
from tests.bench.world import InProcess
from tests.bench.worlds import World

WORLDS = ("demo", "generated", "majority", "drift", "noisy", "wayward")
AT = (8, 12, 16, 24, 32, 40, 48, 60, 72)
STEADY = 48
"""Who does not change is looked at until so many labels."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A labelled picture, in the order in which labels come."""

    image: Image
    felt: Mapping[str, float]


Person = tuple[str, Sequence[Seen], Sequence[Seen]]


async def people(world: str, gateway: InProcess, seed: int, count: int) -> list[Person]:
    """(name, labels in order, held-out pictures) of everybody in a world."""
    if world == "drift":
        kinds = ("new", "turned")
        return [
            _drifting(life) for kind in kinds for life in await drift.lives(gateway, kind, people=count, seed=seed)
        ]
    if world == "demo":
        return _people(worlds.demo(seed))
    tastes = 0 if world == "majority" else 3
    noise = 0.5 if world == "noisy" else 0.1
    return _people(await worlds.generated(gateway, seed, count, tastes=tastes, noise=noise))


def _people(world: World) -> list[Person]:
    found: list[Person] = []
    for name, samples in world.data.people.items():
        seen = [Seen(world.images[sample.image], sample.felt) for sample in samples]
        found.append((name, seen[: -worlds.TEST], seen[-worlds.TEST :]))
    return found


def _drifting(life: drift.Life) -> Person:
    labels = [Seen(sight.image, {life.felt(k): 1.0}) for k, sight in enumerate(life.shown)]
    # Held-out pictures by the taste that they end with: each label stands for the chance of the feeling.
    unseen = []
    for sight in life.unseen:
        chances = {e: life.chance(drift.LABELS, sight, e) for e in MIKELS.names}
        unseen.append(Seen(sight.image, {e: c for e, c in chances.items() if c > 0}))
    return life.name, labels, unseen


@asynccontextmanager
async def nowhere(clock: Clock) -> AsyncIterator[Storage]:
    """A storage with nothing in it, gone afterwards."""
    with TemporaryDirectory() as folder:
        async with open_storage(Path(folder) / "lives.db", clock=clock) as storage:
            yield storage


async def lived(
    gateway: InProcess, found: Sequence[Person], method: str, at: Sequence[int] = AT, *, rates: bool = False
) -> Evaluated:
    """The lives of these people, side by side."""
    images = {seen.image.hash: seen.image for _, labels, unseen in found for seen in (*labels, *unseen)}

    async def load(sample: Sample) -> Image:
        return images[sample.image]

    samples = {
        name: (
            *(Sample(seen.image.hash, seen.felt, "train") for seen in labels),
            *(Sample(seen.image.hash, seen.felt, "test") for seen in unseen),
        )
        for name, labels, unseen in found
    }
    plan = Plan(named([method], replay=True), list(samples), at, worlds.TEST, seed=0)
    return await Replay(Dataset(Path(), MIKELS, samples), plan, gateway, load, nowhere, rates=rates).run()


async def measure(
    world: str, seeds: Sequence[int], count: int, out: Path, method: str = "rules", *, rates: bool = False
) -> None:
    gateway = InProcess(Wayward()) if world == "wayward" else InProcess()
    at = AT if world == "drift" else [n for n in AT if n <= STEADY]
    spoke: list[Spoke] = []
    with out.open("a") as file:
        for seed in seeds:
            began = time.perf_counter()
            done = await lived(gateway, await people(world, gateway, seed, count), method, at, rates=rates)
            spoke += done.spoke
            for result in done.results:
                file.write(json.dumps({"world": world, "seed": seed} | asdict(result)) + "\n")
            file.flush()
            print(f"{world} {seed}: {time.perf_counter() - began:.0f} s")
    for used in (True, False) if rates else ():
        print("used: " if used else "never used: ", rates_of(one for one in spoke if one.used is used))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world", choices=WORLDS, default="demo")
    parser.add_argument("--seeds", nargs="+", type=int, default=[DEV])
    parser.add_argument("--people", type=int, default=12)
    parser.add_argument("--method", choices=tuple(LIVING), default="rules")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rates", action="store_true", help="and say how often rules were right where they spoke")
    given = parser.parse_args()
    work = measure(given.world, given.seeds, given.people, given.out, given.method, rates=given.rates)
    asyncio.run(work)


if __name__ == "__main__":
    main()
