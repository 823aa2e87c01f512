"""`feelprint stats`: what is in the database, as tables for people and as JSON for machines."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from bot.host.settings import Settings
from bot.words import statistics as words
from core.vocabulary.clock import SystemClock
from storage import open_storage
from storage.stores.statistics import DAYS, Statistics


async def counted(settings: Settings) -> Statistics:
    """Count everything, also while the bot runs. Raises StorageError."""
    async with open_storage(settings.database, clock=SystemClock(), read_only=True) as storage:
        return await storage.statistics.all()


def as_data(found: Statistics) -> Mapping[str, Any]:
    """The same, ready for JSON."""
    return asdict(found)


def show(found: Statistics, console: Console) -> None:
    """Print tables; what there is none of is left out."""
    there = words.counted(
        size=found.bytes,
        picture_size=found.picture_bytes,
        members=found.members,
        paused=found.paused,
        servers=found.servers,
        labels=found.labels,
        pictures=found.pictures,
        new=found.new,
    )
    all_of_it, versions, runs, stopped, calls = words.headings(DAYS)
    console.print(all_of_it, _pairs(there), sep="\n")
    for title, rows in (
        (versions, words.versions(found.versions)),
        (runs, words.runs(found.runs)),
        (stopped, words.stopped(found.stopped)),
    ):
        if rows:
            console.print(f"\n{title}", _pairs(rows), sep="\n")
    if found.calls:
        console.print(f"\n{calls}", _calls(found), sep="\n")


def _pairs(rows: Sequence[tuple[str, str]]) -> Table:
    table = _table(heads=False)
    table.add_column(justify="left", overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    return table


def _calls(found: Statistics) -> Table:
    table = _table()
    for place, name in enumerate(words.call_columns()):
        table.add_column(name, justify="left" if place < 2 else "right", overflow="fold")
    for one in found.calls:
        tokens = one.prompt_tokens + one.completion_tokens
        table.add_row(*words.calls(one.purpose, one.model, one.calls, tokens, one.usd))
    return table


def _table(*, heads: bool = True) -> Table:
    """Headings stand above it, not in it: a table's own are broken where it is narrow."""
    return Table(box=SIMPLE, show_header=heads, show_edge=False, pad_edge=False)
