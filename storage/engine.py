"""One way to write and one way to read, on both databases.

A transaction is a plain function of a connection, run whole in a thread: one thread writes, a few read.
A caller that is cancelled leaves a transaction either not begun or running to its end, never half done,
and the event loop is never blocked. There is one writer at a time everywhere: on SQLite a single
connection that begins IMMEDIATE, on PostgreSQL an advisory lock held for the transaction. So a batch
never misses what another is about to commit, and both databases behave the same.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from core.vocabulary.errors import StorageError, StorageProblem
from storage.address import Address
from storage.failures import in_words
from storage.together import Together

P = ParamSpec("P")
T = TypeVar("T")

BUSY_MS = 10_000
READERS = 4
WRITER_LOCK = 0x6665656C  # "feel": the advisory lock of whoever writes

_PRAGMAS = ("foreign_keys=ON", f"busy_timeout={BUSY_MS}", "temp_store=MEMORY", "trusted_schema=OFF")
_WRITER_PRAGMAS = ("secure_delete=ON", "synchronous=FULL")
_READER_PRAGMAS = ("query_only=ON",)


class Database:
    """An open database: `write` and `read` run a function in a transaction, on one snapshot.

    Each raises StorageError for whatever the database says.
    """

    def __init__(self, address: Address, *, read_only: bool = False) -> None:
        self.address = address
        self._read_only = read_only
        if address.url is None:
            self._writer = _sqlite(address, "ro" if read_only else "rw")
            self._reader = _sqlite(address, "ro")
        else:
            self._writer = _postgresql(address.url)
            self._reader = self._writer.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        self._write_thread = ThreadPoolExecutor(1, "storage-write")
        self._together = Together(self._writing, self._write_thread)
        self._read_threads = ThreadPoolExecutor(READERS, "storage-read")

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file of ours."""
        return self.address.path is not None

    async def write(
        self, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `work(connection, ...)` as one transaction, alone."""

        def transaction() -> T:
            with self._writing() as connection:
                return work(connection, *args, **kwargs)

        self._must_be_writable()
        return await asyncio.get_running_loop().run_in_executor(self._write_thread, transaction)

    async def write_together(
        self, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As `write`, for small work that many do at once: one commit for all who wait (`storage.together`)."""
        self._must_be_writable()
        waiting = self._together.submit(lambda connection: work(connection, *args, **kwargs))
        return await asyncio.wrap_future(waiting)

    async def read(self, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work(connection, ...)` on one snapshot of what is committed."""

        def transaction() -> T:
            with in_words(self.address.shown), self._reader.begin() as connection:
                return work(connection, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._read_threads, transaction)

    async def alone(
        self, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `work` on the writing connection outside any transaction: migrations, and `outside`."""

        def upkeep() -> T:
            with in_words(self.address.shown), self._writer.connect() as connection:
                return work(connection, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._write_thread, upkeep)

    async def close(self) -> None:
        """Finish what is running and close every connection, whoever is cancelled meanwhile."""
        await asyncio.shield(asyncio.to_thread(self._close))

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        with in_words(self.address.shown), self._writer.begin() as connection:
            if not self.is_sqlite:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")
            yield connection

    def _must_be_writable(self) -> None:
        if self._read_only:
            raise StorageError(StorageProblem.FOR_READING)

    def _close(self) -> None:
        """Readers first, so that the writer makes the last checkpoint."""
        self._read_threads.shutdown()
        self._write_thread.shutdown()
        self._reader.dispose()
        self._writer.dispose()


def outside(connection: Connection, statement: str, *values: str) -> list[tuple[Any, ...]]:
    """Run a statement of SQLite's that cannot stand in a transaction; its rows."""
    driver: Any = connection.connection.driver_connection
    try:
        return [tuple(row) for row in driver.execute(statement, values).fetchall()]
    except sqlite3.Error as error:
        raise DBAPIError(statement, None, error) from error


def _postgresql(url: URL) -> Engine:
    return create_engine(
        url,
        pool_size=READERS + 1,
        max_overflow=0,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 10},
        hide_parameters=True,
    )


def _sqlite(address: Address, mode: str) -> Engine:
    """An engine over one SQLite file: `rw` is the single writer, `ro` the readers."""
    engine = create_engine(
        URL.create("sqlite", database=f"file:{quote(str(address.path))}", query={"mode": mode, "uri": "true"}),
        poolclass=QueuePool,
        pool_size=1 if mode == "rw" else READERS,
        max_overflow=0,
        hide_parameters=True,
    )
    pragmas = (*_PRAGMAS, *(_WRITER_PRAGMAS if mode == "rw" else _READER_PRAGMAS))

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say, not where the driver guesses
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        if mode == "rw" and connection.execute("PRAGMA journal_mode=WAL").fetchone() != ("wal",):
            raise StorageError(StorageProblem.NO_LOG, where=str(address.path))

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if mode == "rw" else "BEGIN")

    return engine
