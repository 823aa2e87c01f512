"""`feelprint demo --seeds`: every seed and member in a table, the mean gain and its interval."""

from collections import defaultdict
from collections.abc import Iterable
from statistics import fmean

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bot.demo.figures import LEARNT, UNSEEN
from bot.demo.people import PEOPLE
from bot.demo.seeds import Line, interval, measure
from core.vocabulary.reasons import AnswerSource


def measured(
    seeds: int, *, first: int = 0, shuffled: bool = False, console: Console | None = None
) -> tuple[float, float, float]:
    """Measure and print; the mean gain in points and its 95 % interval."""
    console = console or Console(highlight=False)
    console.print(
        f"{seeds} seeds × {len(PEOPLE)} members, {LEARNT} labels each, {UNSEEN} unseen pictures, offline model. "
        "Without Discord, for speed; the same storage, tuner, predictor and model."
        + (
            " Labels are shuffled between pictures: what is gained by telling pictures apart must vanish."
            if shuffled
            else ""
        )
    )
    found: dict[int, list[Line]] = {}
    columns = (TextColumn("seeds"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=seeds)
        for lines in measure(seeds, first=first, shuffled=shuffled):
            found[lines[0].seed] = lines
            progress.advance(task)
    found = dict(sorted(found.items()))
    console.print(_table(found))
    lines = [line for lines in found.values() for line in lines]
    mean, low, high = interval([line.gain for line in lines])
    console.print(f"Mean gain {mean:+.1f} points, 95 % interval {low:+.1f} to {high:+.1f} (bootstrap).")
    part = interval([line.by_picture for line in lines])
    console.print(
        f"Of it, from telling pictures apart: {part[0]:+.1f} points, {part[1]:+.1f} to {part[2]:+.1f}; the rest "
        "comes from knowing how often somebody feels what, which shuffled labels still tell."
    )
    tuned = sum(line.source == AnswerSource.FEELPRINT for line in lines)
    console.print(f"{tuned} of {len(lines)} got a feelprint; the others (°) are answered without one.")
    return mean, low, high


def _table(found: dict[int, list[Line]]) -> Table:
    """One row a seed: for each member most people's accuracy → the bot's, and the seed's mean gain."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("seed", justify="right")
    for person in PEOPLE:
        table.add_column(person.name, justify="right", style=person.colour, no_wrap=True)
    table.add_column("gain", justify="right")
    sums: dict[str, list[Line]] = defaultdict(list)
    for seed, lines in found.items():
        for line in lines:
            sums[line.name].append(line)
        table.add_row(str(seed), *(_cell([line]) for line in lines), _gain(lines))
    table.add_section()
    every = [line for lines in found.values() for line in lines]
    table.add_row("mean", *(_cell(sums[p.name]) for p in PEOPLE), _gain(every))
    table.add_row("gain", *(_gain(sums[p.name]) for p in PEOPLE), "")
    return table


def _gain(lines: Iterable[Line]) -> str:
    """The mean, in points; 0.0 is added as a loss too small to show must not leave its minus."""
    return f"{round(fmean(line.gain for line in lines), 1) + 0.0:+.1f}"


def _cell(lines: list[Line]) -> str:
    count = max(len(lines), 1)
    generic, answer = (sum(values) / count for values in zip(*((x.generic, x.answer) for x in lines), strict=True))
    mark = "" if len(lines) != 1 or lines[0].source == AnswerSource.FEELPRINT else "°"
    return f"{generic:.0%} → {answer:.0%}{mark}".replace("%", "")
