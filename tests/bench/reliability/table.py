"""What the figures came to: a table for people, JSON for machines, and the page in docs."""

import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich import box
from rich.table import Table

from tests.bench.reliability.figure import Figure, Trials

HEAD = """# How reliable it is

Each line is a claim that was tried with real parts: a real database, real sockets, the real client libraries. No
failure in n trials bounds the rate only at 3 / n, so the bound stands beside it. Each trial can be seen to
fail: with its defence switched off it goes red (`python -m tests.bench.reliability --proofs`, run by the tests).

Two cores in an afternoon do not reach all that is aimed at: n says what was tried. Figure 3 in full is every
moment of a run over twelve labels and takes an hour, 15 a thousand runs of ten thousand aimed at; 28 aims at a
day, in which a slope of 1 MB an hour shows. Containers and the audit of packages, of figure 30, are tried in the
workflow.

"""


QUICK, FULL = "Quick: what CI tries", "Full: what was tried beside it"
_TABLE = (
    "| # | check | n | failures | 95 % bound | seconds | commit and seed | beside it |",
    "|---|---|---|---|---|---|---|---|",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One figure with what came of it, and how long it took in seconds."""

    figure: Figure
    trials: Trials
    seconds: float

    def words(self, *, proof: bool = False) -> str:
        """The line as it is printed while the figures run, with the first failures in full."""
        failed = len(self.trials.failures)
        good = bool(failed) == proof
        mark = "[green]✓[/]" if good else "[red]✗[/]"
        shown = "".join(f"\n      {what[:300]}" for what in ([] if good else self.trials.failures[:5]))
        said = f"{failed} of {self.trials.tried} failed, {self.seconds:.1f} s"
        return f"{mark} {self.figure.number:>2} {self.figure.claim}: {said}{shown}"


def as_table(lines: Sequence[Line], *, proofs: bool = False) -> Table:
    """The table of the terminal."""
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("#", "check", "n", "failures", "bound" if not proofs else "goes red", "seconds"):
        table.add_column(name, justify="left" if name == "check" else "right")
    for line in lines:
        last = ("yes" if line.trials.failures else "NO") if proofs else f"{line.trials.bound:.2%}"
        table.add_row(
            str(line.figure.number),
            line.figure.claim,
            str(line.trials.tried),
            str(len(line.trials.failures)),
            last,
            f"{line.seconds:.1f}",
        )
    return table


def as_markdown(lines: Sequence[Line], before: str, *, seed: int, commit: str, full: bool) -> str:
    """The page that is kept in docs: `before` is what stood there, of which rows that were not measured stay."""
    tables = {title: _rows(before, title) for title in (QUICK, FULL)}
    run = f"{commit}, seed {seed}"
    for line in lines:
        tables[FULL if full else QUICK][line.figure.number] = (
            f"| {line.figure.number} | {line.figure.claim} | {line.trials.tried} | {len(line.trials.failures)} | "
            f"{line.trials.bound:.2%} | {line.seconds:.0f} | {run} | {'; '.join(line.trials.notes)} |"
        )
    page = [HEAD + f"Python {platform.python_version()}, 2 cores, by `python -m tests.bench.reliability --write`."]
    for title, rows in tables.items():
        page += [f"\n## {title}\n", *_TABLE, *(rows[number] for number in sorted(rows))]
    return "\n".join(page) + "\n"


def _rows(page: str, title: str) -> dict[int, str]:
    """The rows under a title, by number."""
    part = page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    return {int(row[1]): row[0] for row in re.finditer(r"^\| (\d+) \|.*$", part, re.MULTILINE)}


def as_json(lines: Sequence[Line], *, seed: int, commit: str) -> dict[str, Any]:
    """The same for machines."""
    return {
        "commit": commit,
        "seed": seed,
        "python": platform.python_version(),
        "figures": [
            {
                "number": line.figure.number,
                "claim": line.figure.claim,
                "tried": line.trials.tried,
                "failures": line.trials.failures,
                "bound": line.trials.bound,
                "seconds": round(line.seconds, 2),
                "notes": line.trials.notes,
            }
            for line in lines
        ],
    }
