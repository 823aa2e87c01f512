"""One way to write and one way to read, on both databases.

A transaction is a plain function of a connection, run by SQLAlchemy's asynchronous engine (`run_sync`): its
statements run in the driver, its Python on the event loop, so a function that meets thousands of rows takes
them by handfuls (`queries.many`). There is one writer at a time everywhere: on SQLite a single connection
that begins IMMEDIATE, on PostgreSQL an advisory lock held for the transaction. So a batch never misses what
another is about to commit, and both databases behave the same.
"""

import asyncio
import contextlib
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

import structlog
from sqlalchemy import Connection, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util import greenlet_spawn

from core.vocabulary.errors import StorageError, StorageProblem
from storage.database.address import Address
from storage.database.driver import opener
from storage.database.failures import in_words
from storage.database.lane import Lane
from storage.database.postgresql import Server, lock_statement
from storage.database.times import Times
from storage.database.together import Together

log = structlog.get_logger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

BUSY_MS = 10_000
READERS = 4
CLOSE_S = 1.5
"""How long closing waits for a server; the program has ten seconds to end, and closes other things before."""

_ROOM_S, _NARROW_S = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6), 10.0
"""Waits for a connection where the server has none left; and how long we try to do with fewer."""

WRITER_LOCK = 0x6665656C  # "feel": the advisory lock of whoever writes

_ROW = r"\([?, ]*\)"
_ROW_LIST = re.compile(rf"(?<=IN )\((VALUES {_ROW}(?:, {_ROW})*)\)")

_PRAGMAS = ("foreign_keys=ON", f"busy_timeout={BUSY_MS}", "temp_store=MEMORY", "trusted_schema=OFF")
_WRITER_PRAGMAS = (
    "secure_delete=ON",
    "synchronous=FULL",
    "auto_vacuum=INCREMENTAL",
)  # the last holds for new files
_READER_PRAGMAS = ("query_only=ON",)


class Database:
    """An open database: `write` and `read` run a function in a transaction, on one snapshot.

    Each raises StorageError for whatever the database says. A caller that is cancelled leaves a transaction
    either not begun or running to its end, never half done (`storage.database.lane`).
    """

    def __init__(self, address: Address, *, read_only: bool = False) -> None:
        self.address = address
        self._read_only = read_only
        self._server: Server | None = None
        if address.url is None:
            self._writer = _sqlite(address, "ro" if read_only else "rw")
            self._reader = _sqlite(address, "ro")
        else:
            self._server = Server(address.url, READERS)
            self._writer, self._reader = self._server.writer, self._server.reader
        self._writes, self._reads = Lane(1), Lane(READERS)
        self._together = Together(self._writing, self._writes)
        self.read_times, self.write_times = Times(), Times()

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file of ours."""
        return self.address.path is not None

    async def write(
        self, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `work(connection, ...)` as one transaction, alone."""

        async def transaction() -> T:
            async with self._writing() as connection:
                return await connection.run_sync(work, *args, **kwargs)

        self._must_be_writable()
        with self.write_times.measured():
            return await self._with_room(self._writes, lambda: self._writes.run(transaction))

    async def write_together(
        self, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As `write`, for small work that many do at once: one commit for all who wait (see `together`)."""
        self._must_be_writable()
        with self.write_times.measured():
            return await self._with_room(
                self._writes, lambda: self._together.submit(lambda connection: work(connection, *args, **kwargs))
            )

    async def read(self, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work(connection, ...)` on one snapshot of what is committed.

        What `run_sync` does for a function, done for the whole transaction: reads are so many and so small
        that connecting and closing as steps of their own would cost a third of them.
        """

        def whole() -> T:
            with self._reader.sync_engine.begin() as connection:
                return work(connection, *args, **kwargs)

        async def transaction() -> T:
            with in_words(self.address.shown):
                return await greenlet_spawn(whole)

        with self.read_times.measured():
            return await self._with_room(self._reads, lambda: self._reads.run(transaction))

    async def maintain(
        self, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `work` on the writing connection outside any transaction: migrations, and `outside`."""

        async def upkeep() -> T:
            with in_words(self.address.shown):
                async with self._writer.connect() as connection:
                    return await connection.run_sync(work, *args, **kwargs)

        return await self._writes.run(upkeep)

    @contextlib.asynccontextmanager
    async def holding(self, key: int) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
        """`storage.database.postgresql.Server.holding` of a server's database. Raises StorageError."""
        if self._server is None:
            raise TypeError("a file is held by its lock")
        server = self._server

        async def open_one() -> Callable[[], Awaitable[bool]]:
            with in_words(self.address.shown):
                return await opened.enter_async_context(server.holding(key))

        async with contextlib.AsyncExitStack() as opened:
            got = await self._with_room(self._writes, open_one)

            async def told() -> bool:
                with in_words(self.address.shown):
                    return await got()

            yield told

    async def close(self) -> None:
        """Finish what is running and close every connection, whoever is cancelled meanwhile.

        A connection that outlives the event loop can no longer be closed, so this returns, or raises
        CancelledError, only when all are.
        """
        closing, cancelled = asyncio.ensure_future(self._close()), False
        while not closing.done():
            try:
                await asyncio.shield(closing)
            except asyncio.CancelledError:
                cancelled = True
        if cancelled:
            raise asyncio.CancelledError
        closing.result()

    async def _close(self) -> None:
        """Readers first, so that the writer makes the last checkpoint.

        A server that hangs is not waited for: what is under way there is given up.
        """
        for lane in (self._reads, self._writes):
            if not await lane.close(None if self._server is None else CLOSE_S):
                log.warning("database.given_up", because="it did not answer while the program was ending")
                if self._server is not None:
                    self._server.cut()
                await lane.give_up()
        for engine in (self._reader, self._writer):
            await engine.dispose()

    @contextlib.asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncConnection]:
        with in_words(self.address.shown):
            async with self._writer.begin() as connection:
                if not self.is_sqlite:
                    await connection.exec_driver_sql(lock_statement(WRITER_LOCK, BUSY_MS))
                yield connection

    async def _with_room(self, lane: Lane, attempt: Callable[[], Awaitable[T]]) -> T:
        """Make an attempt again where the server had no connection for it, so that nothing of it was done.

        Then fewer read at a time for a while, and one of their connections goes to whoever has none.
        """
        for wait in _ROOM_S:
            try:
                return await attempt()
            except StorageError as error:
                if error.reason is not StorageProblem.CROWDED:
                    raise
            self._reads.narrow(_NARROW_S)
            if lane is not self._reads:
                with contextlib.suppress(StorageError):
                    await self._reads.run(self._spare_one)
            await asyncio.sleep(wait)
        return await attempt()

    async def _spare_one(self) -> None:
        with in_words(self.address.shown):
            async with self._reader.connect() as connection:
                await connection.invalidate()

    def _must_be_writable(self) -> None:
        if self._read_only:
            raise StorageError(StorageProblem.FOR_READING)


def outside(connection: Connection, statement: str, *values: str) -> list[tuple[Any, ...]]:
    """Run a statement of SQLite's that cannot stand in a transaction; its rows."""
    try:
        return _driver_runs(connection.connection.dbapi_connection, statement, *values)
    except sqlite3.Error as error:
        raise DBAPIError(statement, None, error) from error


def _driver_runs(connection: Any, statement: str, *values: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.run_async(lambda driver: driver.execute_fetchall(statement, values))]


def whole(connection: Connection, statement: str) -> None:
    """As `outside`, for a statement that works on as long as it is asked for rows, though it has none."""
    driver: Any = connection.connection.dbapi_connection
    try:
        driver.run_async(lambda one: one.executescript(statement))
    except sqlite3.Error as error:
        raise DBAPIError(statement, None, error) from error


def _sqlite(address: Address, mode: str) -> AsyncEngine:
    """An engine over one SQLite file: `rw` is the single writer, `ro` the readers."""
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(address.path)),
        async_creator=opener(str(address.path), reads=mode == "ro"),
        pool_size=1 if mode == "rw" else READERS,
        max_overflow=0,
        pool_reset_on_return=None,  # every way back to the pool has committed or rolled back
        hide_parameters=True,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        for pragma in pragmas(mode):
            _driver_runs(connection, pragma)
        if mode == "rw" and _driver_runs(connection, "PRAGMA journal_mode=WAL") != [("wal",)]:
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
