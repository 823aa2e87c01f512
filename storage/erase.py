"""Forgetting a member: first every row about them in one transaction, then, in small ones, their images.

Erasing overwrites (`secure_delete`), so a large image costs as much log as storing it did; swept a few at
a time and checkpointed in between, erasing fits even into the space that was set aside for a full disk.
SQLite still leaves copies where it once split a page, so the file is compacted at the end; where that
cannot be done now (no room, or a large file), `user_version` remembers it for the next start. On
PostgreSQL dead rows are the server's to reuse, and its log and backups its operator's.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from sqlalchemy import Connection, delete, func, select, update

from core.vocabulary.errors import StorageError, StorageProblem
from storage import backup
from storage.engine import Database, outside
from storage.failures import DiskFull
from storage.files import give_back, set_aside
from storage.queries import many
from storage.sweep import sweep_answers, sweep_sightings, sweep_some
from storage.tables import answers, labels, ledger, members, reactions

T = TypeVar("T")
_log = structlog.get_logger()
IMAGES_AT_ONCE = 16
COMPACT_AT_ONCE_BYTES = 256 * 1024 * 1024
CHECKPOINT_TRIES = 3


class Eraser:
    """Erases members from a database and its files."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def forget(self, member_id: int) -> int:
        """Erase everything about a member, on a full disk too; how many labels that was."""
        path = self._database.address.path
        if path is not None:
            backup.prune(path, keep=0)
        labels_gone = await self._insist(lambda: self._database.write(forget_rows, member_id))
        await self.finish(even_large=False)
        if path is not None:
            set_aside(path)
        return labels_gone

    async def finish(self, *, even_large: bool = True) -> None:
        """Do what is left once the rows are gone; at start-up too, for a process that was killed before."""
        while await self._insist(lambda: self._database.write(sweep_some, IMAGES_AT_ONCE)):
            await self._insist(self.truncate_log)
        if not self._database.is_sqlite:
            return
        await self._insist(self.truncate_log)
        try:
            await self._database.alone(_compact, even_large)
        except StorageError as error:
            _log.warning("storage.compacted_later", because=str(error))
        await self._insist(self.truncate_log)

    async def truncate_log(self) -> None:
        """Move SQLite's log into the file and empty it. Raises StorageError if a reader never lets go."""
        if not self._database.is_sqlite:
            return
        for _ in range(CHECKPOINT_TRIES):
            ((busy, *_pages),) = await self._database.alone(outside, "PRAGMA wal_checkpoint(TRUNCATE)")
            if not busy:
                return
            await asyncio.sleep(0.05)
        raise StorageError(StorageProblem.BUSY)

    async def _insist(self, step: Callable[[], Awaitable[T]]) -> T:
        """Do a step; if the disk is full, give the reserved space back and do it again."""
        try:
            return await step()
        except DiskFull:
            if self._database.address.path is not None:
                give_back(self._database.address.path)
            return await step()


def forget_rows(connection: Connection, member_id: int) -> int:
    """The member's row takes all that hangs on it along; what is left are facts that nobody else needs."""
    count = connection.scalar(select(func.count()).select_from(labels).where(labels.c.member_id == member_id))
    reacted_to = select(reactions.c.message_id).where(reactions.c.member_id == member_id)
    messages = [row.message_id for row in many(connection, reacted_to)]
    connection.execute(delete(answers).where(answers.c.owner == member_id))
    sweep_answers(connection)
    connection.execute(update(ledger).where(ledger.c.owner == member_id).values(owner=None))
    connection.execute(delete(members).where(members.c.member_id == member_id))
    sweep_sightings(connection, messages)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA user_version=1")  # to be compacted; part of the transaction
    return int(count or 0)


def _compact(connection: Connection, even_large: bool) -> None:
    """What is kept decides how long it takes, and where the copy that VACUUM makes on the way finds room."""
    marked, pages, free, size = (
        outside(connection, f"PRAGMA {name}")[0][0]
        for name in ("user_version", "page_count", "freelist_count", "page_size")
    )
    large = (pages - free) * size > COMPACT_AT_ONCE_BYTES
    if marked and (even_large or not large):
        outside(connection, f"PRAGMA temp_store={'FILE' if large else 'MEMORY'}")
        outside(connection, "VACUUM")
        outside(connection, "PRAGMA temp_store=MEMORY")
        outside(connection, "PRAGMA user_version=0")
