"""Small pieces that several stores share: insert-or-replace, many rows, whose rows, who may be collected from.

What is made of rows, and rows of what, is made on the event loop; thousands of them are read and written by
handfuls, with the loop free to do other things after each.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, and_, literal_column, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from core.vocabulary.consent import CONSENT_VERSION
from core.vocabulary.profile import ProfileKey
from storage.database.driver import HANDFUL
from storage.schema.tables import members

T = TypeVar("T")
CHUNK = 400
"""Values in one list of a statement; both databases allow many thousands."""


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Values in lists of at most `size`."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk


def many(connection: Connection, query: Select[Any]) -> Iterator[Row[Any]]:
    """Rows of a query that may give thousands."""
    return iter(connection.execute(query.execution_options(yield_per=HANDFUL)))


def insert(connection: Connection, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT in the connection's dialect."""
    return inserting(connection.dialect.name, table)


def inserting(dialect: str, table: Table) -> Any:
    """The same by the name of a dialect, for statements that are kept."""
    return (sqlite_insert if dialect == "sqlite" else postgresql_insert)(table)


def add(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows; one whose key is there already is left as it is."""
    for some in chunks(rows, HANDFUL):
        connection.execute(_adding(connection.dialect.name, table), some)


@cache
def _adding(dialect: str, table: Table) -> Any:
    """Built once: that takes longer than running it."""
    return inserting(dialect, table).on_conflict_do_nothing()


def put(connection: Connection, table: Table, rows: Iterable[dict[str, Any]], *, keep: Sequence[str] = ()) -> None:
    """Insert rows, or replace those with the same key except in the columns to `keep`."""
    for some in chunks(rows, HANDFUL):
        connection.execute(_putting(connection.dialect.name, table, tuple(some[0]), tuple(keep)), some)


@cache
def _putting(dialect: str, table: Table, names: tuple[str, ...], keep: tuple[str, ...]) -> Any:
    """Built once, too: so few tables and columns there are."""
    keys = [column.name for column in table.primary_key]
    statement = inserting(dialect, table)
    changed = {name: statement.excluded[name] for name in names if name not in (*keys, *keep)}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


def address(connection: Connection) -> ColumnElement[Any]:
    """A row's own place in its table."""
    return literal_column("rowid" if connection.dialect.name == "sqlite" else "ctid")


def some(connection: Connection, table: Table, where: ColumnElement[bool], limit: int) -> ColumnElement[bool]:
    """A few of the rows for which something holds, for a statement that changes them."""
    places = select(address(connection)).select_from(table).where(where).limit(limit)
    return address(connection).in_(places)


def of(table: Table, key: ProfileKey) -> ColumnElement[bool]:
    """A table's rows that belong to a profile."""
    return (table.c.member_id == key.member_id) & (table.c.label_set_id == key.label_set_id)


def columns_of(key: ProfileKey) -> dict[str, Any]:
    """The columns that say whose a row is."""
    return {"member_id": key.member_id, "label_set_id": key.label_set_id}


@cache
def may_collect() -> ColumnElement[bool]:
    """Members of whom new data may be kept: `core.vocabulary.consent.may_collect` in SQL."""
    return and_(members.c.paused.is_(False), members.c.consent_version >= CONSENT_VERSION)
