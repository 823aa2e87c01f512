"""Figure 26: copies that are made under load restore, are whole, and hold all that was acknowledged before.

One task stores batches as fast as it can while copies are made one after another. A trial is one copy, opened as
any database is.
"""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from core.vocabulary.clock import SystemClock
from storage import Storage, open_storage
from storage.database import backup
from tests.bench.reliability.asking import until
from tests.bench.reliability.figure import Figure, Trials
from tests.bench.reliability.kinds import SQLITE, fresh
from tests.storage.killed import BATCH, MEMBER
from tests.storage.made import T0, key, reacted

SECONDS_A_GIGABYTE = 60.0


async def body(trials: Trials) -> None:
    """Store and copy at once, and open each copy."""
    slowest = 0.0
    async with open_storage(await fresh(SQLITE, trials.folder), clock=SystemClock()) as storage:
        await storage.members.join(MEMBER, 1, T0)
        stored = [0]
        writing = asyncio.create_task(_write(storage, stored))
        await until(lambda: stored[0] > 0, 20.0)
        for number in range(trials.n):
            before, target = stored[0], trials.folder / f"copy{number}.db"
            await storage.backup(target)
            began = time.perf_counter()
            wrong = await _wrong(target, before)
            seconds = time.perf_counter() - began
            slowest = max(slowest, seconds)
            size = target.stat().st_size / 2**30
            trials.check(not wrong and seconds < 1.0 + SECONDS_A_GIGABYTE * size, wrong or f"{seconds:.1f} s")
            target.unlink()
        writing.cancel()
    trials.note(f"{BATCH * stored[0]} labels at the end, the slowest opened in {slowest:.2f} s")


async def _write(storage: Storage, stored: list[int]) -> None:
    while True:
        first = BATCH * stored[0]
        await storage.labels.apply([reacted(MEMBER, first + i, "awe", at=first) for i in range(BATCH)])
        stored[0] += 1


async def _wrong(copy: Path, before: int) -> str:
    if copy.stat().st_mode & 0o077:  # noqa: ASYNC240
        return "others may read it"
    with contextlib.closing(sqlite3.connect(copy)) as raw:
        if (found := raw.execute("PRAGMA integrity_check").fetchall()) != [("ok",)]:
            return str(found)
    async with open_storage(copy, clock=SystemClock()) as storage:
        held = len(await storage.labels.labels(key(MEMBER)))
    return "" if held % BATCH == 0 and held >= BATCH * before else f"{held} labels of {BATCH * before}"


@contextlib.contextmanager
def without() -> Iterator[None]:
    """The file alone is copied, without what is in its log."""
    was = backup.outside

    def copied(connection: object, statement: str, *values: str) -> list[object]:
        if not values:
            return was(connection, statement)  # type: ignore[arg-type,return-value]
        (row,) = [row for row in was(connection, "PRAGMA database_list") if row[1] == "main"]  # type: ignore[arg-type]
        Path(values[0]).write_bytes(Path(row[2]).read_bytes())
        return []

    backup.outside = copied  # type: ignore[assignment]
    try:
        yield
    finally:
        backup.outside = was


FIGURE = Figure(26, "Copies made under load are whole and restore", body, without, 20, 100, 6)
