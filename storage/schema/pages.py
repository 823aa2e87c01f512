"""All rows of any table, a page at a time and value for value: read from one database, put into another, summed.

Two databases need not agree on an order: a page follows the key of the one before in each one's own.
"""

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, TypeAlias

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    LargeBinary,
    Row,
    Table,
    Text,
    bindparam,
    cast,
    func,
    insert,
    select,
    tuple_,
)

from storage.database.engine import Database
from storage.database.postgresql import unhurried

PAGE, PICTURES = 1000, 16
"""Rows in memory at a time; a row with a picture is large."""

Key: TypeAlias = Sequence[Any]


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


async def pages(database: Database, table: Table, after: Key | None = None) -> AsyncIterator[Sequence[Row[Any]]]:
    """All rows of a table after a key, in the order of that database's own index."""
    while rows := await database.read(_page, table, after):
        yield rows
        after = key_of(table, rows[-1])


def _page(connection: Connection, table: Table, after: Key | None) -> Sequence[Row[Any]]:
    """JSON as it is written: a NULL of the column's is not one of JSON's."""
    shown = [cast(one, Text).label(one.name) if isinstance(one.type, JSON) else one for one in table.c]
    key = list(table.primary_key)
    query = select(*shown).order_by(*key).limit(_at_once(table))
    if after is not None:
        query = query.where(tuple_(*key) > tuple_(*after, types=[one.type for one in key]))
    return connection.execute(query).all()


def _at_once(table: Table) -> int:
    return PICTURES if any(isinstance(one.type, LargeBinary) for one in table.c) else PAGE


def key_of(table: Table, row: Row[Any]) -> Key:
    """The key of a row, in the order of the table's."""
    return [row._mapping[one.name] for one in table.primary_key]


def put_page(connection: Connection, table: Table, rows: Sequence[Row[Any]]) -> None:
    """Insert a page."""
    given = [(place, one) for place, one in enumerate(table.c) if one.computed is None]
    values = {one.name: _bound(connection, one) for _, one in given}
    names = [(place, f"the_{one.name}") for place, one in given]
    page = [{name: row[place] for place, name in names} for row in rows]
    connection.execute(insert(table).values(values), page)


def _bound(connection: Connection, column: Column[Any]) -> Any:
    if not isinstance(column.type, JSON):
        return bindparam(f"the_{column.name}", type_=column.type)
    text = bindparam(f"the_{column.name}", type_=Text)
    return text if connection.dialect.name == "sqlite" else cast(text, column.type)


def count(connection: Connection, table: Table) -> int:
    """How many rows there are, however long that takes."""
    with as_long_as_it_takes(connection):
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def as_long_as_it_takes(connection: Connection) -> contextlib.AbstractContextManager[None]:
    """Statements have no deadline meanwhile."""
    return contextlib.nullcontext() if connection.dialect.name == "sqlite" else unhurried(connection)
