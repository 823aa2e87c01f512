"""Try small mistakes, and list those that no test sees.

python -m tests.bench.mutation                                     every room, 40 mistakes each
python -m tests.bench.mutation --only erasing --n 60 --write       keeps its row in docs/mutation.md
python -m tests.bench.mutation --only storage/erasing/erase.py:97  every mistake on one line, by the room's tests
"""

import argparse
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.mutation.mutants import Mutant
from tests.bench.mutation.rooms import ROOMS, Room
from tests.bench.mutation.trying import ROOT, Tree
from tests.bench.reliability.__main__ import commit

PAGE = ROOT / "docs" / "mutation.md"


def chosen(only: str) -> Iterator[tuple[str, Room, int]]:
    """The rooms that are asked for, and the line, or 0 for all."""
    path, _, line = only.partition(":")
    for name, room in ROOMS.items():
        if only in ("", name):
            yield name, room, 0
        elif modules := tuple(m for m in room.modules if path == m or path.startswith(f"{m}/")):
            yield name, Room((path,) if modules else (), room.tests), int(line or 0)


def main() -> int:
    """The command line; 1 where a mistake was not seen."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.mutation", description=__doc__)
    parser.add_argument("--only", default="", help=f"one of {', '.join(ROOMS)}; or a module, or a line of it")
    parser.add_argument("--n", type=int, default=40, help="how many mistakes of each room")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--seconds", type=float, default=60, help="how long the tests for one mistake take at most"
    )
    parser.add_argument("--minutes", type=float, default=30, help="after so long a room is left")
    parser.add_argument("--write", action="store_true", help=f"keep the row in {PAGE.name}")
    asked = parser.parse_args()
    unseen = 0
    for name, room, line in chosen(asked.only):
        with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
            Path(folder).chmod(0o755)
            tree = Tree(Path(folder))
            every = [mutant for module in room.modules for mutant in tree.mutants(module)]
            sample = random.Random(asked.seed).sample(every, min(asked.n, len(every)))
            if line:
                sample = [mutant for mutant in every if line in mutant.lines]
            print(f"{name}: {len(every)} mistakes, of which {len(sample)} are tried", flush=True)
            tree.look(room.tests)
            tried, lived = _tried(tree, sample, asked.seconds, time.monotonic() + 60 * asked.minutes)
        unseen += len(lived)
        cells = (name, len(every), tried, tried - len(lived), len(lived), f"{commit()}, seed {asked.seed}")
        row = f"| {' | '.join(map(str, cells))} |"
        print(row, flush=True)
        if asked.write:
            PAGE.write_text(re.sub(rf"^\| {name} \|.*$", row, PAGE.read_text(), flags=re.MULTILINE))
    return 1 if unseen else 0


def _tried(tree: Tree, sample: list[Mutant], seconds: float, until: float) -> tuple[int, list[Mutant]]:
    """How many were tried in time, and those that no test saw."""
    tried, lived = 0, []
    for mutant in sample:
        if time.monotonic() > until:
            break
        tests = tree.tests_of(mutant, seconds)
        tried += 1
        if not tests or not tree.kills(mutant, tests):
            lived.append(mutant)
            print(f"  not seen by {len(tests)} tests: {mutant}", flush=True)
    return tried, lived


if __name__ == "__main__":
    sys.exit(main())
