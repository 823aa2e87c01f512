"""Gain and harm of methods over people whose taste is known to nobody: `core.evaluate` in worlds of our own.

    python -m tests.bench.gain --world demo --seeds 51 52 --methods generic paper rules --n 8 16 32 60

`--methods ablations` stands for every ablation there is. Constants were chosen on seeds up to 140; 141 to 350 and
1001 to 1008 were looked at on the way, `tests.bench.people.HELD_OUT` and `HELD_OUT_DEMO` only once all was chosen.
"""

import argparse
import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from bot.words.evaluation import left_out
from core.evaluate.meter import Spent
from core.evaluate.methods import METHODS, named
from core.evaluate.run import Evaluated, Evaluation, Plan, Result
from core.evaluate.scoring import interval, share
from core.evaluate.summary import CHANCE, Row, summarise
from core.vocabulary.images import MAX_SIDE
from tests.bench import worlds
from tests.bench.people import DEV
from tests.bench.wayward import Wayward
from tests.bench.world import InProcess
from tests.bench.worlds import TEST, World

MAX_CALLS = 90
"""Of all kinds, for a person and method, while it learns."""

HELD_OUT_DEMO = tuple(range(351, 361))
MANY_HELD_OUT_DEMO = tuple(range(391, 421))
"""More people, where shares of them are compared."""

WORLDS = ("demo", "generated", "table", "majority", "photographs")
MAIN = ("generic", "favourite", "prior", "fewshot", "paper", "whole-gated", "rules")
ABLATIONS = tuple(name for name in METHODS if name.startswith("rules-"))


async def measure(
    world: World, gateway: InProcess, methods: Sequence[str], sizes: Sequence[int], calls: int = MAX_CALLS
) -> Evaluated:
    """Every method for every person of a world at every size, tested on their last 40 labels."""
    plan = Plan(named(methods), list(world.data.people), sizes, TEST, seed=0, max_calls=calls)
    return await Evaluation(world.data, plan, gateway, world.load).run()


def of(evaluated: Evaluated, method: str, *sizes: int) -> list[Result]:
    """The results of a method, at these sizes only where any are given, in order of size and person."""
    return [r for r in evaluated.results if r.method == method and r.n_train in (sizes or (r.n_train,))]


def row(evaluated: Evaluated, method: str, size: int) -> Row:
    return next(r for r in summarise(evaluated, seed=0) if (r.method, r.n_train) == (method, size))


def got_one(results: Sequence[Result]) -> float:
    """The share of people who got a feelprint."""
    return share([bool(r.feelprint) for r in results])


def difference(evaluated: Evaluated, method: str, other: str, size: int) -> tuple[float, float, float]:
    """Points that one method is ahead of another for the same people: mean, and its 95 % interval.

    An interval of the difference is far narrower than those of the two gains, and is what says whether one
    of them pays.
    """
    theirs = {r.user: r.score.accuracy for r in of(evaluated, other, size)}
    ahead = [100 * (r.score.accuracy - theirs[r.user]) for r in of(evaluated, method, size) if r.user in theirs]
    return sum(ahead) / max(1, len(ahead)), *interval(ahead, seed=0)


def _against_rules(evaluated: Evaluated, r: Row) -> str:
    if r.method == "rules" or not of(evaluated, "rules", r.n_train):
        return ""
    mean, low, high = difference(evaluated, r.method, "rules", r.n_train)
    return f" {mean:>+6.1f} [{low:>+5.1f}, {high:>+5.1f}]"


def table(evaluated: Evaluated) -> str:
    titles = ("n", "method", "people", "accuracy", "gain", "95 %", "worse", ">1 point", "got one")
    heads = "{:>2} {:<19} {:>6} {:>8} {:>6} {:>15} {:>5} {:>8} {:>7}".format(*titles)
    lines = [f"{heads}  calls: image text writer    against rules"]
    for r in summarise(evaluated, seed=0):
        got = got_one(of(evaluated, r.method, r.n_train))
        lines.append(
            f"{r.n_train:>2} {r.method:<19} {r.users:>6} {r.accuracy:>8.1%} {r.gain:>+6.1f} "
            f"[{r.gain_low:>+5.1f}, {r.gain_high:>+5.1f}] {r.worse:>5.0%} {r.worse_by_a_point:>8.0%} {got:>7.0%} "
            f"{r.image_calls:>13.1f} {r.text_calls:>4.1f} {r.writer_calls:>6.1f}{_against_rules(evaluated, r)}"
        )
    chance = [r.gain < 0 for r in of(evaluated, CHANCE)]
    if chance:
        lines.append(f"worse by chance alone, with the generic prompt in other words: {share(chance):.0%}")
    return "\n".join(lines + [left_out(why) for why in evaluated.left_out])


def joined(parts: Sequence[Evaluated]) -> Evaluated:
    """The results of several seeds as one, in the order that a single run gives."""
    results = sorted((r for part in parts for r in part.results), key=lambda r: r.n_train)
    spent = Spent()
    for part in parts:
        spent.add(part.shared)
    return Evaluated(tuple(results), spent, tuple(why for part in parts for why in part.left_out))


async def world_of(given: argparse.Namespace, seed: int, gateway: InProcess) -> World:
    """The world that the command line names."""
    if given.world == "demo":
        world = worlds.demo(seed, given.side)
    elif given.world == "photographs":
        world = worlds.photographs(given.photographs, given.side)
    else:
        world = await worlds.generated(
            gateway,
            seed,
            given.people,
            tastes=0 if given.world == "majority" else given.tastes,
            noise=given.noise,
            crowd=given.world != "table",
            side=given.side,
        )
    return worlds.shuffled(world) if given.shuffled else world


def of_seed(given: argparse.Namespace, seed: int) -> Evaluated:
    """All of one seed; a function of its own so that another process can do it."""

    async def run() -> Evaluated:
        gateway = InProcess(Wayward()) if given.wayward else InProcess()
        world = await world_of(given, seed, gateway)
        return await measure(world, gateway, given.methods, given.n, given.max_calls)

    return asyncio.run(run())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world", choices=WORLDS, default="demo")
    parser.add_argument("--photographs", type=Path, help="a folder made by tests.bench.photographs")
    parser.add_argument("--seeds", nargs="+", type=int, default=[DEV])
    parser.add_argument("--people", type=int, default=16, help="of each generated world")
    parser.add_argument("--tastes", type=int, default=3)
    parser.add_argument("--noise", type=float, default=0.1)
    parser.add_argument("--shuffled", action="store_true", help="labels dealt out to other pictures of the person")
    parser.add_argument("--wayward", action="store_true", help="a model that does not always follow its notes")
    parser.add_argument("--side", type=int, default=MAX_SIDE, help="longest side of a picture as sent, in pixels")
    parser.add_argument("--methods", nargs="+", default=list(MAIN))
    parser.add_argument("--n", nargs="+", type=int, default=[16, 32])
    parser.add_argument("--max-calls", type=int, default=MAX_CALLS)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--verbose", action="store_true", help="every person, and what the words became")
    given = parser.parse_args()
    if given.photographs:
        given.world, given.seeds = "photographs", [0]
    if given.world == "photographs" and not given.photographs:
        parser.error("--world photographs needs --photographs DIR")
    given.methods = [m for name in given.methods for m in (ABLATIONS if name == "ablations" else (name,))]
    began = time.perf_counter()
    with ProcessPoolExecutor(given.jobs) as pool:
        over = pool.map if given.jobs > 1 else map
        evaluated = joined(list(over(partial(of_seed, given), given.seeds)))
    for r in evaluated.results if given.verbose else ():
        print(f"{r.user}, {r.method}, n={r.n_train}: {100 * r.score.accuracy:.0f}%, {r.gain:+.1f}\n{r.feelprint}")
    print(table(evaluated))
    print(f"{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
