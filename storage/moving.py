"""From one database to another, of either kind: every row of every table, compared in both afterwards.

A page of rows and how far it came are one transaction of the target's, so whoever was killed goes on where that
stood. Until all is equal the target has a table more, by which nothing else opens it (`storage.schema.upgrade`).
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, TypeAlias

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    LargeBinary,
    MetaData,
    Row,
    Table,
    Text,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
    tuple_,
)

from core.vocabulary.clock import Clock
from core.vocabulary.errors import StorageError, StorageProblem
from storage.database.address import Address, parse
from storage.database.engine import WRITER_LOCK, Database
from storage.database.files import exclusive_lock, make_private
from storage.database.postgresql import unhurried
from storage.schema.queries import put
from storage.schema.tables import metadata
from storage.schema.upgrade import HALF_MOVED, check, tables_in, upgrade

PAGE, PICTURES = 1000, 16
"""Rows in memory at a time; a row with a picture is large."""

_Key: TypeAlias = Sequence[Any]

_came = Table(  # how far each table came: the key of the last row that is there
    HALF_MOVED, MetaData(), Column("name", Text, primary_key=True), Column("key", Text, nullable=False)
)
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
class Sum:
    """What a table holds, in whatever order: its rows, and the sum of their hashes."""

    rows: int = 0
    total: int = 0

    def plus(self, rows: Sequence[Row[Any]]) -> "Sum":
        """With more rows."""
        hashes = (blake2b(repr(tuple(row)).encode(), digest_size=16).digest() for row in rows)
        total = sum(int.from_bytes(one) for one in hashes)
        return Sum(self.rows + len(rows), (self.total + total) % 2**128)

    @property
    def shown(self) -> str:
        """The checksum for people."""
        return f"{self.total:032x}"


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
        if not database.is_sqlite and not await (await held.enter_async_context(database.holding(WRITER_LOCK)))():
            raise StorageError(StorageProblem.IN_USE, where=address.shown)
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
    if not database.is_sqlite and await database.read(_others):
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
        here, there = Sum(await source.read(_count, table)), Sum(await target.read(_count, table))
        if here != there:
            return None
        of = here.rows + there.rows
        here = there = Sum()
        async for rows in _pages(source, table):
            here = here.plus(rows)
            told(Step(table.name, here.rows, of, compares=True))
        async for rows in _pages(target, table):
            there = there.plus(rows)
            told(Step(table.name, here.rows + there.rows, of, compares=True))
        if here != there:
            return None
        sums[table.name] = here
    return sums


async def _carry(source: Database, target: Database, table: Table, told: Told) -> None:
    done, of = await target.read(_count, table), await source.read(_count, table)
    told(Step(table.name, done, of))
    async for rows in _pages(source, table, await target.read(_came_to, table)):
        await target.write(_put, table, rows)
        done += len(rows)
        told(Step(table.name, done, of))


async def _pages(database: Database, table: Table, after: _Key | None = None) -> AsyncIterator[Sequence[Row[Any]]]:
    """All rows of a table after a key, in the order of that database's own index."""
    while rows := await database.read(_page, table, after):
        yield rows
        after = _key_of(table, rows[-1])


def _page(connection: Connection, table: Table, after: _Key | None) -> Sequence[Row[Any]]:
    """JSON as it is written: a NULL of the column's is not one of JSON's."""
    shown = [cast(one, Text).label(one.name) if isinstance(one.type, JSON) else one for one in table.c]
    key = list(table.primary_key)
    query = select(*shown).order_by(*key).limit(_at_once(table))
    if after is not None:
        query = query.where(tuple_(*key) > tuple_(*after, types=[one.type for one in key]))
    return connection.execute(query).all()


def _at_once(table: Table) -> int:
    return PICTURES if any(isinstance(one.type, LargeBinary) for one in table.c) else PAGE


def _key_of(table: Table, row: Row[Any]) -> _Key:
    return [row._mapping[one.name] for one in table.primary_key]


def _put(connection: Connection, table: Table, rows: Sequence[Row[Any]]) -> None:
    """A page, and that it is there."""
    given = [one for one in table.c if one.computed is None]
    values = {one.name: _bound(connection, one) for one in given}
    page = [{f"the_{one.name}": row._mapping[one.name] for one in given} for row in rows]
    connection.execute(insert(table).values(values), page)
    put(connection, _came, [{"name": table.name, "key": json.dumps(_key_of(table, rows[-1]))}])


def _bound(connection: Connection, column: Column[Any]) -> Any:
    if not isinstance(column.type, JSON):
        return bindparam(f"the_{column.name}", type_=column.type)
    text = bindparam(f"the_{column.name}", type_=Text)
    return text if connection.dialect.name == "sqlite" else cast(text, column.type)


def _came_to(connection: Connection, table: Table) -> _Key | None:
    found = connection.execute(select(_came.c.key).where(_came.c.name == table.name)).scalar()
    return None if found is None else list(json.loads(found))


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _emptied(connection: Connection) -> None:
    with contextlib.nullcontext() if connection.dialect.name == "sqlite" else unhurried(connection):
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
