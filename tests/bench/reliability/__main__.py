"""Run the figures and write the table.

python -m tests.bench.reliability --quick            in CI, under three minutes
python -m tests.bench.reliability --full --write     as listed; keeps its rows in docs/reliability.md
python -m tests.bench.reliability --proofs           each defence switched off: each trial must fail
"""

import argparse
import asyncio
import json
import logging
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import structlog
from rich.console import Console

from tests.bench.reliability.figure import Figure, Trials, figures
from tests.bench.reliability.table import Line, as_json, as_markdown, as_table

PAGE = Path(__file__).parents[3] / "docs" / "reliability.md"


def measured(figure: Figure, n: int, seed: int) -> Line:
    """One figure, tried in a folder of its own; an error in it is a failure like any other."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix=f"figure-{figure.number}-") as folder:
        trials = Trials(n, seed, Path(folder))
        try:
            asyncio.run(_body(figure, trials))
        except Exception as error:
            trials.check(holds=False, what=f"{type(error).__name__}: {error}")
    return Line(figure, trials, time.perf_counter() - began)


async def _body(figure: Figure, trials: Trials) -> None:
    await figure.body(trials)


def proved(figure: Figure, seed: int) -> Line:
    """The same trial with the defence switched off."""
    with figure.without():
        return measured(figure, figure.proof, seed)


def commit() -> str:
    """The commit that is measured, with a star where the tree differs from it in more than the page itself."""
    runs = (["git", "rev-parse", "--short", "HEAD"], ["git", "status", "-s", "-uno", "--", ".", f":!{PAGE}"])
    head, changed = (subprocess.run(r, capture_output=True, text=True, check=False).stdout.strip() for r in runs)
    return head + "*" * bool(changed)


def main() -> int:
    """The command line; 1 where a figure failed, or a proof did not."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.reliability", description=__doc__)
    much = parser.add_mutually_exclusive_group()
    much.add_argument("--quick", action="store_true", help="fewer trials (the default)")
    much.add_argument("--full", action="store_true", help="as many trials as docs/reliability.md lists")
    much.add_argument("--proofs", action="store_true", help="switch each defence off; each trial must fail")
    parser.add_argument("--only", default="", help="numbers of figures, divided by commas")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the figures here, for machines")
    parser.add_argument("--write", action="store_true", help=f"keep the table in {PAGE.name}")
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)
    chosen = {int(number) for number in asked.only.split(",") if number}
    console, lines, bad = Console(highlight=False), [], 0
    for figure in figures():
        if chosen and figure.number not in chosen:
            continue
        if asked.proofs:
            line = proved(figure, asked.seed)
            ok = bool(line.trials.failures)
        else:
            line = measured(figure, figure.full if asked.full else figure.quick, asked.seed)
            ok = not line.trials.failures
        lines.append(line)
        bad += not ok
        console.print(line.words(proof=asked.proofs))
    console.print(as_table(lines, proofs=asked.proofs))
    if asked.json:
        asked.json.write_text(json.dumps(as_json(lines, seed=asked.seed, commit=commit()), indent=2) + "\n")
    if asked.write:
        before = PAGE.read_text() if PAGE.exists() else ""
        PAGE.write_text(as_markdown(lines, before, seed=asked.seed, commit=commit(), full=asked.full))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
