"""From one database to another, of either kind: every row of every table, compared in both afterwards.

A page of rows and how far it came are one transaction of the target's, so whoever was killed goes on where that
stood. Until all is equal the target has a table more, by which nothing else opens it (`storage.schema.upgrade`).
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    Row,
    Table,
    Text,
    delete,
    func,
    select,
)

from core.vocabulary.clock import Clock
from core.vocabulary.errors import StorageError, StorageProblem
from storage.database.address import Address, parse
from storage.database.engine import Database
from storage.database.files import exclusive_lock, make_private
from storage.schema.pages import Key, Sum, as_long_as_it_takes, count, key_of, pages, put_page
from storage.schema.queries import put
from storage.schema.tables import metadata
from storage.schema.upgrade import HALF_MOVED, check, tables_in, upgrade

_came = Table(  # how far each table came: the key of the last row that is there
    HALF_MOVED, MetaData(), Column("name", Text, primary_key=True), Column("key", Text, nullable=False)
)
_TRIES, _TRIES_EVERY_S = 12, 0.25

_OTHERS = """
    SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE locktype = 'advisory' AND granted AND datname = current_database() AND pid <> pg_backend_pid()
"""
"""Whoever runs on a server's database holds a place there, or is writing."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far it is: rows of a table that were carried over, or compared with it in both databases."""

    table: str
    done: int
    of: int
    compares: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """What is equal in both: each table's sum. `where` is the target's address without its password."""

    where: str
    sums: dict[str, Sum]


Told: TypeAlias = Callable[[Step], None]


async def move(source: str, target: str, clock: Clock, told: Told) -> Moved:
    """Fill an empty database with all that another holds, or go on with that; `told` hears of each page.

    Raises StorageError where a bot runs on either, the target holds something else, or they differ at the end.
    """
    where, to = parse(source), parse(target)
    if where == to:
        raise StorageError(StorageProblem.NOT_EMPTY, where=to.shown)
    async with _source(where) as one, _target(to, clock) as other:
        begun, held = await other.read(_begun), await other.read(_held)
        if held and not begun:  # it may be that all was moved before
            if (sums := await _compared(one, other, told)) is None:
                raise StorageError(StorageProblem.NOT_EMPTY, where=to.shown, kind=", ".join(held))
            return Moved(to.shown, sums)
        if not begun:
            await other.write(_came.create)
        sums = await _compared(one, other, told, carrying=True)
        if sums is None and begun:  # it had begun with another source, or this one has changed since
            await other.maintain(_emptied)
            sums = await _compared(one, other, told, carrying=True)
        if sums is None:
            raise StorageError(StorageProblem.DIFFERS, where=to.shown)
        await other.write(_end)
    return Moved(to.shown, sums)


@contextlib.asynccontextmanager
async def _source(address: Address) -> AsyncIterator[Database]:
    """A database that is only read, and that nobody else writes to meanwhile."""
    async with contextlib.AsyncExitStack() as held:
        if address.path is not None:
            if not await asyncio.to_thread(address.path.exists):
                raise StorageError(StorageProblem.NOT_OPENED, where=address.shown)
            held.enter_context(exclusive_lock(address.path))
        database = Database(address, read_only=True)
        held.push_async_callback(database.close)
        await check(database)
        await _must_be_idle(database)
        await held.enter_async_context(database.closed([*metadata.tables, "alembic_version"]))
        yield database


@contextlib.asynccontextmanager
async def _target(address: Address, clock: Clock) -> AsyncIterator[Database]:
    """A database with this program's schema, on which no bot runs."""
    async with contextlib.AsyncExitStack() as held:
        if address.path is not None:
            make_private(address.path)
            held.enter_context(exclusive_lock(address.path))
        database = Database(address)
        held.push_async_callback(database.close)
        await upgrade(database, clock, half_moved=True)
        await _must_be_idle(database)
        yield database


async def _must_be_idle(database: Database) -> None:
    """Raises StorageError, IN_USE where another works there; who has just ended is seen for a moment."""
    if database.is_sqlite:
        return
    for _ in range(_TRIES):
        if not await database.read(_others):
            return
        await asyncio.sleep(_TRIES_EVERY_S)
    raise StorageError(StorageProblem.IN_USE, where=database.address.shown)


def _others(connection: Connection) -> bool:
    return bool(connection.exec_driver_sql(_OTHERS).scalar_one())


def _begun(connection: Connection) -> bool:
    return HALF_MOVED in tables_in(connection)


def _held(connection: Connection) -> list[str]:
    return [one.name for one in metadata.sorted_tables if connection.execute(select(1).select_from(one)).first()]


async def _compared(
    source: Database, target: Database, told: Told, *, carrying: bool = False
) -> dict[str, Sum] | None:
    """Compare table by table, in the order of their foreign keys; None at the first that differs.

    `carrying`: carry over what of each is missing before.
    """
    sums = {}
    for table in metadata.sorted_tables:
        if carrying:
            await _carry(source, target, table, told)
        here, there = Sum(await source.read(count, table)), Sum(await target.read(count, table))
        if here != there:
            return None
        of = here.rows + there.rows
        here = there = Sum()
        async for rows in pages(source, table):
            here = here.plus(rows)
            told(Step(table.name, here.rows, of, compares=True))
        async for rows in pages(target, table):
            there = there.plus(rows)
            told(Step(table.name, here.rows + there.rows, of, compares=True))
        if here != there:
            return None
        sums[table.name] = here
    return sums


async def _carry(source: Database, target: Database, table: Table, told: Told) -> None:
    done, of = await target.read(count, table), await source.read(count, table)
    told(Step(table.name, done, of))
    async for rows in pages(source, table, await target.read(_came_to, table)):
        await target.write(_put, table, rows)
        done += len(rows)
        told(Step(table.name, done, of))


def _put(connection: Connection, table: Table, rows: Sequence[Row[Any]]) -> None:
    """A page, and that it is there."""
    put_page(connection, table, rows)
    put(connection, _came, [{"name": table.name, "key": json.dumps(key_of(table, rows[-1]))}])


def _came_to(connection: Connection, table: Table) -> Key | None:
    found = connection.execute(select(_came.c.key).where(_came.c.name == table.name)).scalar()
    return None if found is None else list(json.loads(found))


def _emptied(connection: Connection) -> None:
    with as_long_as_it_takes(connection):
        for table in (_came, *reversed(metadata.sorted_tables)):
            connection.execute(delete(table))
        connection.commit()


def _end(connection: Connection) -> None:
    """Let new rows have the numbers after those that are there, and anybody open it."""
    if connection.dialect.name != "sqlite":
        for table in metadata.sorted_tables:
            if (numbered := table.autoincrement_column) is not None:
                sequence = func.pg_get_serial_sequence(table.name, numbered.name)
                last = select(func.max(numbered)).scalar_subquery()
                connection.execute(select(func.setval(sequence, func.coalesce(last, 1), last.is_not(None))))
    _came.drop(connection)
