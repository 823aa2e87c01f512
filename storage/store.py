"""An open storage: one database behind the stores that `core` asks for."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from sqlalchemy import Connection

from core.vocabulary.clock import Clock
from storage.address import Address, parse
from storage.answers import SqlAnswerStore
from storage.backup import copy_to
from storage.due import SqlDueStore
from storage.engine import Database
from storage.erase import Eraser
from storage.excluded import SqlExclusionStore
from storage.files import exclusive_lock, make_private, reserve_space
from storage.labels import SqlLabelStore
from storage.members import SqlMemberStore
from storage.runs import SqlRunStore
from storage.servers import SqlServerStore
from storage.shadows import SqlShadowStore
from storage.upgrade import SCRIPTS, check, upgrade
from storage.versions import SqlVersionStore
from storage.walks import SqlWalkStore


class Storage:
    """The stores over one database: those of tuning, `members`, `servers`, `exclusions`, `walks` and `answers`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self.labels = SqlLabelStore(database, clock)
        self.eraser = Eraser(database)
        self.members = SqlMemberStore(database, clock, self.eraser)
        self.exclusions = SqlExclusionStore(database, clock)
        self.servers = SqlServerStore(database, clock)
        self.versions = SqlVersionStore(database, clock)
        self.runs = SqlRunStore(database, clock)
        self.shadows = SqlShadowStore(database, clock)
        self.due = SqlDueStore(database, clock)
        self.answers = SqlAnswerStore(database, clock)
        self.walks = SqlWalkStore(database, clock)
        self.answers_of_anybody = SqlAnswerStore(database, clock, members_only=False)

    async def backup(self, target: Path) -> None:
        """Write a private copy of an SQLite database to a new file, while it is in use."""
        await copy_to(self._database, target)

    @property
    def address(self) -> Address:
        """Where the database is."""
        return self._database.address


@contextlib.asynccontextmanager
async def open_storage(
    url: str | Path, *, clock: Clock, read_only: bool = False, scripts: str = SCRIPTS
) -> AsyncIterator[Storage]:
    """Open the database at a path or URL, made and migrated as needed; closed on leaving.

    One process at a time holds an SQLite file; `read_only` looks into one that is in use, and neither
    migrates nor writes. Raises StorageError with a sentence for whatever stands in the way.
    """
    address = parse(str(url))
    with contextlib.ExitStack() as held:
        if address.path is not None and not read_only:
            make_private(address.path)
            held.enter_context(exclusive_lock(address.path))
        database = Database(address, read_only=read_only)
        storage = Storage(database, clock)
        try:
            if read_only:
                await check(database, scripts)
            else:
                await upgrade(database, clock, scripts)
                await database.write(_is_writable)
                await storage.eraser.finish()
                if address.path is not None:
                    reserve_space(address.path)
            yield storage
        finally:
            await storage.eraser.close()
            await database.close()
            storage.eraser.let_go()


def _is_writable(_connection: Connection) -> None:
    """Beginning to write is the question; there is nothing to do."""
