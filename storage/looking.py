"""Looking at a database and changing nothing: whether it is there, up to date, and lets Feelprint do what it must.

That it can write is found out by writing, in a transaction that is rolled back. A schema that is missing or older
is told and left as it is: to make one is for the program that runs.
"""

import asyncio
import contextlib
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Never

from sqlalchemy import Connection, Table, delete, insert

from core.vocabulary.clock import Clock
from core.vocabulary.errors import StorageError, StorageProblem
from storage.database.address import Address, parse
from storage.database.backup import is_sound
from storage.database.damage import copy_against
from storage.database.engine import Database
from storage.database.files import nobody_holds
from storage.database.postgresql import NAME
from storage.schema.preconditions import CONNECTIONS, fits, lacks_nothing, room
from storage.schema.tables import metadata, tombstones
from storage.schema.upgrade import check
from storage.stores.walks import SqlWalkStore


class Schema(StrEnum):
    """What tables there are."""

    NONE = "none"
    """None; they are made by the first run."""
    OLDER = "older"
    """Those of an older program; the next run brings them up to date."""
    CURRENT = "current"
    """This program's."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was found. `writes` is why nothing can be written now, None where it can; `left` of `channels` are
    still to be compared with Discord; `room` is for how many connections there is room, None for a file.
    """

    where: str
    schema: Schema
    writes: StorageError | None = None
    left: int = 0
    channels: int = 0
    room: int | None = None

    @property
    def is_crowded(self) -> bool:
        """Whether there are fewer connections than Feelprint uses."""
        return self.room is not None and self.room < CONNECTIONS


class _Undone(Exception):
    """Ends the transaction of a trial, so that it is rolled back."""


async def look(url: str, clock: Clock) -> Look:
    """Look at the database at a path or URL. Raises StorageError for whatever keeps Feelprint from using it."""
    address = parse(url)
    if address.path is not None and not address.path.exists():
        _could_be_made(address.path)
        return Look(address.shown, Schema.NONE)
    try:
        seen = await _read(address, clock)
    except StorageError as error:
        if restorable := await asyncio.to_thread(copy_against, error, address.path):
            raise restorable from error
        raise
    try:
        if address.path is None:
            return await _on_server(address, seen)
        with nobody_holds(address.path):
            await _on_file(address, seen)
    except StorageError as problem:
        if address.path is None:
            raise
        return Look(seen.where, seen.schema, problem, seen.left, seen.channels)
    return seen


async def _read(address: Address, clock: Clock) -> Look:
    """What a reader sees."""
    database = Database(address, read_only=True)
    try:
        if not database.is_sqlite:
            await database.read(fits, address.shown, reads=True)
            await database.read(lacks_nothing, address.shown)
        elif not await database.read(is_sound):
            raise StorageError(StorageProblem.DAMAGED, where=address.shown)
        try:
            await check(database)
        except StorageError as error:
            if error.reason is not StorageProblem.OLDER:
                raise
            empty = await database.read(lambda connection: not _tables(connection))
            return Look(address.shown, Schema.NONE if empty else Schema.OLDER)
        left, channels = await SqlWalkStore(database, clock).behind()
        return Look(address.shown, Schema.CURRENT, left=left, channels=channels)
    finally:
        await database.close()


async def _on_server(address: Address, seen: Look) -> Look:
    database = Database(address)
    try:
        await database.maintain(fits, address.shown)
        await database.maintain(lacks_nothing, address.shown, migrates=seen.schema is not Schema.CURRENT)
        await _try(database, seen.schema)
        free = await database.read(room, NAME)
        return Look(seen.where, seen.schema, None, seen.left, seen.channels, free)
    finally:
        await database.close()


async def _on_file(address: Address, seen: Look) -> None:
    database = Database(address)
    try:
        await _try(database, seen.schema)
    finally:
        await database.close()


async def _try(database: Database, schema: Schema) -> None:
    """Write, and take it back."""
    trial = metadata.tables[tombstones.name] if schema is not Schema.NONE else None
    with contextlib.suppress(_Undone):
        await database.write(_written_for_nothing, trial)


def _written_for_nothing(connection: Connection, table: Table | None) -> Never:
    if table is None:
        connection.exec_driver_sql("CREATE TABLE feelprint_trial (one INTEGER)")
    else:
        connection.execute(insert(table), {"gone_id": 0, "at": 0})
        connection.execute(delete(table).where(table.c.gone_id == 0))
    raise _Undone


def _tables(connection: Connection) -> list[str]:
    return connection.dialect.get_table_names(connection)


def _could_be_made(path: Path) -> None:
    """Raise StorageError where no file could be made there: one without a name is, and is gone at once."""
    folder = next(parent for parent in path.parents if parent.exists())
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise StorageError(StorageProblem.NOT_MADE, where=str(path), why=error.strerror or "") from error
