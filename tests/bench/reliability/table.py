"""What the figures came to: a table for people, JSON for machines, and the page in docs."""

import platform
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

"""


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


def as_markdown(lines: Sequence[Line], *, seed: int, commit: str, full: bool) -> str:
    """The page that is kept in docs."""
    how = "--full" if full else "--quick"
    rows = [
        f"Measured on commit {commit}, seed {seed}, Python {platform.python_version()}, 2 cores, by "
        f"`python -m tests.bench.reliability {how} --write`.\n",
        "| # | check | n | failures | 95 % bound | seconds | beside it |",
        "|---|---|---|---|---|---|---|",
    ]
    rows += [
        f"| {line.figure.number} | {line.figure.claim} | {line.trials.tried} | {len(line.trials.failures)} | "
        f"{line.trials.bound:.2%} | {line.seconds:.0f} | {'; '.join(line.trials.notes)} |"
        for line in lines
    ]
    return HEAD + "\n".join(rows) + "\n"


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
