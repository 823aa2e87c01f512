"""Forgetting a member: first every row about them in one transaction, then, in small ones, their images.

Erasing overwrites (`secure_delete`), so a large image costs as much log as storing it did; swept a few at
a time and checkpointed in between, erasing fits even into the space that was set aside for a full disk.
On SQLite no byte is left in file or log afterwards. On PostgreSQL dead rows are the server's to reuse,
and its log and backups its operator's.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy import Connection, delete, func, select, update

from core.errors import StorageError
from storage.engine import Database, outside
from storage.failures import DiskFull
from storage.files import give_back, prune_backups, set_aside
from storage.sweep import sweep_answers, sweep_sightings, sweep_some
from storage.tables import answers, labels, ledger, members, reactions

T = TypeVar("T")
IMAGES_AT_ONCE = 16
CHECKPOINT_TRIES = 20


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
            prune_backups(path, keep=0)
            await self._insist(self.truncate_log)
            set_aside(path)
        return labels_gone

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
    return int(count or 0)
