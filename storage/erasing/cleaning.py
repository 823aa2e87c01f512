"""After an erasure: empty SQLite's log and overwrite what its pages still hold, without holding anybody up.

The log is emptied only when no reader needs it, which is tried and never waited for, and pages are cleaned only
while it is empty: else an older copy of a page would come back from it. Each step holds the writer for a tenth of
a second; in between others write.
"""

import asyncio
import os
import time
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.util import await_only

from storage.database.engine import Database, outside, whole
from storage.database.sqlite import BUSY_MS
from storage.erasing.scrub import Scrub

STEP_S = 0.1
PAGES_AT_ONCE = 1000
TRIES_EVERY_S = 0.05


@dataclass(slots=True)
class _Cleaning:
    """One cleaning: `begun` is how many erasures had begun before it. `done` where all is clean."""

    begun: int = 0
    walk: Scrub | None = None
    done: bool = False


class Cleaner:
    """Cleans one SQLite file. Its descriptor stays open: closing it would take SQLite's own locks away."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._file: int | None = None
        self._one_at_a_time = asyncio.Lock()

    async def clean(self, patience_s: float) -> bool:
        """Leave no byte of what was deleted; False where a reader kept the log for so long."""
        async with self._one_at_a_time:
            await self.give_back()
            cleaning, moved_at = _Cleaning(), time.monotonic()
            while not cleaning.done:
                if await self._database.maintain(self._step, cleaning):
                    moved_at = time.monotonic()
                elif time.monotonic() > moved_at + patience_s:
                    return False
                else:
                    await asyncio.sleep(TRIES_EVERY_S)
            await self._database.write(_finished, cleaning.begun)
        return await self.emptied(patience_s)

    async def give_back(self) -> None:
        """Give free pages at the file's end back to the disk, some at a time."""
        while await self._database.maintain(_free_pages):
            pass

    async def emptied(self, patience_s: float = 1.0) -> bool:
        """Move the log into the file and empty it; False where a reader kept it for so long."""
        until = time.monotonic() + patience_s
        while not await self._database.maintain(_emptied):
            if time.monotonic() > until:
                return False
            await asyncio.sleep(TRIES_EVERY_S)
        return True

    def close(self) -> None:
        """Let go of the file, after every connection to it is closed."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _step(self, connection: Connection, cleaning: _Cleaning) -> bool:
        """Clean some pages; False where the log could not be emptied first."""
        if not _emptied(connection):
            return False
        if self._file is None:
            self._file = os.open(str(self._database.address.path), os.O_RDWR)
        outside(connection, "BEGIN IMMEDIATE")  # another program may write, too
        try:
            if cleaning.walk is None:
                ((cleaning.begun,),) = outside(connection, "PRAGMA user_version")
                trees = outside(connection, "SELECT rootpage FROM sqlite_schema WHERE rootpage > 0")
                cleaning.walk = Scrub([1, *(root for (root,) in trees)])
            cleaning.done = await_only(asyncio.to_thread(_walk, cleaning.walk, self._file))
        finally:
            outside(connection, "ROLLBACK")
            outside(connection, "PRAGMA shrink_memory")  # a page kept from before would be written as it was
        return True


def _walk(walk: Scrub, file: int) -> bool:
    """Clean for one step, away from the event loop; whether all is clean, and on the disk."""
    done = walk.step(file, STEP_S)
    if done:
        os.fsync(file)  # macOS has no fdatasync
    return done


def _free_pages(connection: Connection) -> bool:
    """Give some free pages at the file's end back to the disk; whether there are more."""
    for setting, wanted in (("auto_vacuum", 2), ("freelist_count", 1)):
        if outside(connection, f"PRAGMA {setting}")[0][0] < wanted:
            return False
    whole(connection, f"PRAGMA incremental_vacuum({PAGES_AT_ONCE})")
    return True


def _emptied(connection: Connection) -> bool:
    outside(connection, "PRAGMA busy_timeout=0")
    try:
        ((busy, *_pages),) = outside(connection, "PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        outside(connection, f"PRAGMA busy_timeout={BUSY_MS}")
    return not busy


def _finished(connection: Connection, begun: int) -> None:
    """Note that all is clean, unless another erasure has begun since."""
    if connection.exec_driver_sql("PRAGMA user_version").scalar_one() == begun:
        connection.exec_driver_sql("PRAGMA user_version=0")
