"""Replay of the worlds (`tests.bench.replay`): a JSON line for each person, so that methods can be paired.

python -m tests.bench.living --world demo --seeds 51 52 53 54 --out demo.jsonl
python -m tests.bench.living --world drift --seeds 1 --people 12 --out drift.jsonl
"""

import argparse
import asyncio
import json
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from core.vocabulary.emotions import MIKELS
from storage import open_storage
from tests.bench import drift, worlds
from tests.bench.people import DEV
from tests.bench.replay import Replay, Seen, SteppedClock, plain
from tests.bench.wayward import Wayward
from tests.bench.world import InProcess
from tests.bench.worlds import World

WORLDS = ("demo", "generated", "majority", "drift", "noisy", "wayward")
AT = (8, 12, 16, 24, 32, 40, 48, 60, 72)

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
        found.append((name, seen[: -worlds.TEST][:48], seen[-worlds.TEST :]))
    return found


def _drifting(life: drift.Life) -> Person:
    labels = [Seen(sight.image, {life.felt(k): 1.0}) for k, sight in enumerate(life.shown)]
    # Held-out pictures by the taste that they end with: each label stands for the chance of the feeling.
    unseen = []
    for sight in life.unseen:
        chances = {e: life.chance(drift.LABELS, sight, e) for e in MIKELS.names}
        unseen.append(Seen(sight.image, {e: c for e, c in chances.items() if c > 0}))
    return life.name, labels, unseen


async def measure(world: str, seeds: Sequence[int], count: int, out: Path) -> None:
    gateway = InProcess(Wayward()) if world == "wayward" else InProcess()
    with TemporaryDirectory() as folder, out.open("a") as file:
        clock = SteppedClock()
        async with open_storage(Path(folder) / "lives.db", clock=clock) as storage:
            replay = Replay(storage, clock, gateway, MIKELS, AT)
            for seed in seeds:
                for place, (name, labels, unseen) in enumerate(await people(world, gateway, seed, count)):
                    began = time.perf_counter()
                    course = await replay.live(place + 1, labels, unseen)
                    row = {"world": world, "person": name, "seconds": round(time.perf_counter() - began, 1)}
                    file.write(json.dumps(row | plain(course)) + "\n")
                    file.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world", choices=WORLDS, default="demo")
    parser.add_argument("--seeds", nargs="+", type=int, default=[DEV])
    parser.add_argument("--people", type=int, default=12)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    asyncio.run(measure(given.world, given.seeds, given.people, given.out))


if __name__ == "__main__":
    main()
