"""`feelprint move`: a line that tells how far it is, and the table of what both databases hold."""

from rich.box import SIMPLE
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from bot.words import copies
from core.vocabulary.clock import SystemClock
from storage.moving import Moved, Step, move


async def moved(source: str, target: str, console: Console) -> None:
    """Move a database. Raises StorageError."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)

        def told(step: Step) -> None:
            said = copies.moving(step.table, compares=step.compares)
            bar.update(task, description=said, completed=step.done, total=step.of)

        found = await move(source, target, SystemClock(), told)
    console.print(_table(found))
    rows = sum(one.rows for one in found.sums.values())
    console.print(copies.moved(found.where, len(found.sums), rows), soft_wrap=True)


def _table(found: Moved) -> Table:
    table = Table(box=SIMPLE, show_edge=False, pad_edge=False)
    for name, justify in zip(copies.moved_columns(), ("left", "right", "left"), strict=True):
        table.add_column(name, justify=justify)  # type: ignore[arg-type] # it is one of its words
    for name, one in found.sums.items():
        table.add_row(*copies.moved_row(name, one.rows, one.shown))
    return table
