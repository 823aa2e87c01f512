"""Forgetting a member: first every row about them in one transaction, then, in small ones, their images.

Erasing overwrites (`secure_delete`), so a large image costs as much log as storing it did; swept a few at
a time and checkpointed in between, erasing fits even into the space that was set aside for a full disk.
SQLite still leaves copies where it once split a page, so the file is compacted at the end; where that
cannot be done now (no room, or a large file), `user_version` remembers it for the next start. On
PostgreSQL dead rows are the server's to reuse, and its log and backups its operator's.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import structlog
from sqlalchemy import Connection, delete, func, select, update

from core.errors import StorageError
from storage import backup
from storage.engine import Database, outside
from storage.failures import DiskFull
from storage.files import give_back, set_aside
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
        labels_gone = await self._insist(lambda: self._database.write(_forget_rows, member_id))
        while await self._insist(lambda: self._database.write(sweep_some, IMAGES_AT_ONCE)):
            await self._insist(self.truncate_log)
        await self._insist(lambda: self._database.write(sweep_answers))
        if path is not None:
            backup.prune(path, keep=0)
            await self._insist(self.truncate_log)
            if not _is_large(path):
                await self.compact()
            set_aside(path)
        return labels_gone

    async def compact(self) -> None:
        """Write the file anew if something was erased since that was last done; later, if there is no room."""
        path = self._database.address.path
        if path is None:
            return
        try:
            await self._database.alone(_compact, _is_large(path))
        except StorageError as error:
            _log.warning("the database file will be compacted at the next start", because=str(error))
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
        raise StorageError("The data are deleted, but the database is too busy to empty its log; try again soon.")

    async def _insist(self, step: Callable[[], Awaitable[T]]) -> T:
        """Do a step; if the disk is full, give the reserved space back and do it again."""
        try:
            return await step()
        except DiskFull:
            if self._database.address.path is not None:
                give_back(self._database.address.path)
            return await step()


def _forget_rows(connection: Connection, member_id: int) -> int:
    """The member's row takes all that hangs on it along; what is left are facts that nobody else needs."""
    count = connection.scalar(select(func.count()).select_from(labels).where(labels.c.member_id == member_id))
    messages = list(connection.scalars(select(reactions.c.message_id).where(reactions.c.member_id == member_id)))
    connection.execute(delete(answers).where(answers.c.owner == member_id))
    connection.execute(update(ledger).where(ledger.c.owner == member_id).values(owner=None))
    connection.execute(delete(members).where(members.c.member_id == member_id))
    sweep_sightings(connection, messages)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA user_version=1")  # to be compacted; part of the transaction
    return int(count or 0)


def _is_large(path: Path) -> bool:
    return path.stat().st_size > COMPACT_AT_ONCE_BYTES


def _compact(connection: Connection, large: bool) -> None:
    if outside(connection, "PRAGMA user_version") != [(0,)]:
        outside(connection, f"PRAGMA temp_store={'FILE' if large else 'MEMORY'}")  # VACUUM fills a whole copy
        outside(connection, "VACUUM")
        outside(connection, "PRAGMA temp_store=MEMORY")
        outside(connection, "PRAGMA user_version=0")
