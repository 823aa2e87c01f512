"""Engines over an SQLite file: one connection writes, and begins IMMEDIATE; the others only read.

What is set on a connection, and how a statement is put so that SQLite looks it up in an index, is said here alone.
"""

import re
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from core.vocabulary.errors import StorageError, StorageProblem
from storage.database.address import Address
from storage.database.driver import opener

BUSY_MS = 10_000
"""How long anybody waits for a lock that another has."""

_ROW = r"\([?, ]*\)"
_ROW_LIST = re.compile(rf"(?<=IN )\((VALUES {_ROW}(?:, {_ROW})*)\)")

_PRAGMAS = ("foreign_keys=ON", f"busy_timeout={BUSY_MS}", "temp_store=MEMORY", "trusted_schema=OFF")
_WRITER_PRAGMAS = (
    "secure_delete=ON",
    "synchronous=FULL",
    "auto_vacuum=INCREMENTAL",
)  # the last holds for new files
_READER_PRAGMAS = ("query_only=ON",)


def sqlite_engine(address: Address, mode: str, connections: int) -> AsyncEngine:
    """An engine over one SQLite file: `rw` is the single writer, `ro` the readers."""
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(address.path)),
        async_creator=opener(str(address.path), reads=mode == "ro"),
        pool_size=connections,
        max_overflow=0,
        pool_reset_on_return=None,  # every way back to the pool has committed or rolled back
        hide_parameters=True,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        for pragma in pragmas(mode):
            driver_runs(connection, pragma)
        if mode == "rw" and driver_runs(connection, "PRAGMA journal_mode=WAL") != [("wal",)]:
            raise StorageError(StorageProblem.NO_LOG, where=str(address.path))

    @event.listens_for(engine.sync_engine, "before_cursor_execute", retval=True)
    def _by_index(_c: Any, _k: Any, statement: str, parameters: Any, _x: Any, _many: bool) -> tuple[str, Any]:
        return from_index(statement), parameters

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        if mode == "rw":  # a reader begins by itself
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def from_index(statement: str) -> str:
    """A statement whose lists of row values SQLite looks up in an index.

    `(a, b) IN (VALUES ...)`, as SQLAlchemy writes it, makes it go through the whole table (seen with 3.40); the
    same list as a subquery is looked up. The lists hold placeholders only.
    """
    return _ROW_LIST.sub(r"(SELECT * FROM (\1))", statement) if "IN (VALUES" in statement else statement


def pragmas(mode: str) -> list[str]:
    """What is set on every connection: of the writer (`rw`), of a reader (`ro`)."""
    return [f"PRAGMA {one}" for one in (*_PRAGMAS, *(_WRITER_PRAGMAS if mode == "rw" else _READER_PRAGMAS))]


def driver_runs(connection: Any, statement: str, *values: str) -> list[tuple[Any, ...]]:
    """Run a statement on a connection of the driver; its rows."""
    return [tuple(row) for row in connection.run_async(lambda driver: driver.execute_fetchall(statement, values))]
