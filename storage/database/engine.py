"""One way to write and one way to read, on both databases.

A transaction is a plain function of a connection, run by SQLAlchemy's asynchronous engine (`run_sync`): its
statements run in the driver, its Python on the event loop, so a function that meets thousands of rows takes
them by handfuls (`queries.many`). A process writes one transaction at a time. On SQLite it is the only one; on
PostgreSQL others write beside it, all SERIALIZABLE: whatever a function has looked at is still so when it commits,
or it is run again. So no function needs to know what others do, and there is no list of locks to keep right.
"""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import greenlet_spawn

from core.vocabulary.errors import StorageError, StorageProblem
from storage.database.address import Address
from storage.database.failures import in_words
from storage.database.lane import Lane
from storage.database.postgresql import Beside, Server, has_gate, pass_gate
from storage.database.postgresql import Connection as PostgresConnection
from storage.database.sqlite import BUSY_MS, driver_runs, sqlite_engine
from storage.database.times import Times
from storage.database.together import Together

log = structlog.get_logger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

READERS = 4
CLOSE_S = 1.5
"""How long closing waits for a server; the program has ten seconds to end, and closes other things before."""

_ROOM_S, _NARROW_S = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6), 10.0
"""Waits for a connection where the server has none left; and how long we try to do with fewer."""

TRIES = 4
"""Transactions in which others stood in the way, until one is made that nobody writes beside."""

_COLLISIONS = frozenset({"40001", "40P01", "23505", "23503"})
"""What PostgreSQL says where transactions stood in each other's way: the last two where one of them put or took a
key that the other's snapshot did not show; if it was our mistake, it says so again when nobody writes beside us.
"""


class Database:
    """An open database: `write` and `read` run a function in a transaction, on one snapshot.

    Each raises StorageError for whatever the database says. A caller that is cancelled leaves a transaction
    either not begun or running to its end, never half done (`storage.database.lane`). `lost_times` are of those
    that were made again since others stood in their way.
    """

    def __init__(self, address: Address, *, read_only: bool = False) -> None:
        self.address = address
        self._read_only = read_only
        self._server: Server | None = None
        if address.url is None:
            self._writer = sqlite_engine(address, "ro" if read_only else "rw", 1)
            self._reader = sqlite_engine(address, "ro", READERS)
        else:
            self._server = Server(address.url, READERS)
            self._writer, self._reader = self._server.writer, self._server.reader
        self._writes, self._reads = Lane(1), Lane(READERS)
        self._together = Together(partial(self._transact, beside=Beside.OTHER_KINDS), self._writes)
        self._has_gate = False
        self.read_times, self.write_times, self.lost_times = Times(), Times(), Times()

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file of ours."""
        return self.address.path is not None

    async def write(
        self, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `work(connection, ...)` as one transaction, which ends as if there were no other. It may be run more
        than once: what it did before is rolled back then.
        """
        once = partial(self._transact, lambda connection: work(connection, *args, **kwargs))
        self._must_be_writable()
        with self.write_times.measured():
            return await self._with_room(self._writes, lambda: self._writes.run(once))

    async def write_together(
        self, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As `write`, for small work that many do at once: one commit for all who wait (see `together`).

        Other processes do the same before or after it, not beside it: they would all write the same few rows.
        """
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
                    if not self.is_sqlite:  # a migration waits for others, and must see what they did
                        await connection.execution_options(isolation_level="READ COMMITTED")
                    return await connection.run_sync(work, *args, **kwargs)

        return await self._writes.run(upkeep)

    async def write_apart(self, work: Callable[[Connection], T], /) -> T:
        """As `write`, but it sees what others commit meanwhile, and passes no gate: for the queue's own tables."""

        async def once() -> T:
            with in_words(self.address.shown):
                async with self._writer.connect() as connection:
                    await connection.execution_options(isolation_level="READ COMMITTED")
                    async with connection.begin():
                        return await connection.run_sync(work)

        self._must_be_writable()
        with self.write_times.measured():
            return await self._with_room(self._writes, lambda: self._writes.run(once))

    @contextlib.asynccontextmanager
    async def spare(self) -> AsyncIterator[PostgresConnection]:
        """`storage.database.postgresql.Server.spare` of a server's database. Raises StorageError."""
        if self._server is None:
            raise TypeError("a file has nothing to spare")
        async with contextlib.AsyncExitStack() as opened:
            with in_words(self.address.shown):
                connection = await opened.enter_async_context(self._server.spare())
            yield connection

    @contextlib.asynccontextmanager
    async def holding(self, lock: str) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
        """`storage.database.postgresql.Server.holding` of a server's database. Raises StorageError."""
        if self._server is None:
            raise TypeError("a file is held by its lock")
        server = self._server

        async def open_one() -> Callable[[], Awaitable[bool]]:
            with in_words(self.address.shown):
                return await opened.enter_async_context(server.holding(lock))

        async with contextlib.AsyncExitStack() as opened:
            got = await self._with_room(self._writes, open_one)

            async def told() -> bool:
                with in_words(self.address.shown):
                    return await got()

            yield told

    @contextlib.asynccontextmanager
    async def closed(self, tables: Iterable[str]) -> AsyncIterator[None]:
        """`storage.database.postgresql.Server.closed` of a server's database; a file is closed by its lock.

        Raises StorageError where somebody is writing for long.
        """
        async with contextlib.AsyncExitStack() as held:
            if self._server is not None:
                with in_words(self.address.shown):
                    await held.enter_async_context(self._server.closed(tables, BUSY_MS))
            yield

    @property
    def connections(self) -> int:
        """How many of a server's are open."""
        return 0 if self._server is None else self._server.connections

    def owns(self, pid: int) -> bool:
        """Whether a process of the server works for a connection of ours."""
        return self._server is not None and self._server.owns(pid)

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

    async def _transact(self, work: Callable[[Connection], T], beside: Beside = Beside.OTHERS) -> T:
        """Commit some work: beside others as long as that succeeds, and if need be while nobody else writes."""
        for _ in range(TRIES):
            began = time.perf_counter()
            try:
                return await self._commit(work, beside)
            except StorageError as error:
                if error.kind not in _COLLISIONS:
                    raise
                self.lost_times.count(time.perf_counter() - began)
        return await self._commit(work, Beside.NOBODY)

    async def _commit(self, work: Callable[[Connection], T], beside: Beside) -> T:
        with in_words(self.address.shown):
            if not (self._has_gate or self.is_sqlite):
                async with self._reader.begin() as connection:
                    self._has_gate = await connection.run_sync(has_gate)
            async with self._writer.begin() as connection:
                if self._has_gate:
                    await connection.exec_driver_sql(pass_gate(beside, BUSY_MS))
                return await connection.run_sync(work)

    async def _with_room(self, lane: Lane, attempt: Callable[[], Awaitable[T]]) -> T:
        """Make an attempt again where the server had no connection for it, so that nothing of it was done.

        Then what can be spared is cut, fewer read for a while, and one of theirs goes to whoever has none.
        """
        for wait in _ROOM_S:
            try:
                return await attempt()
            except StorageError as error:
                if error.reason is not StorageProblem.CROWDED:
                    raise
            if self._server is not None:
                self._server.cut_spare()
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
        return driver_runs(connection.connection.dbapi_connection, statement, *values)
    except sqlite3.Error as error:
        raise DBAPIError(statement, None, error) from error


def whole(connection: Connection, statement: str) -> None:
    """As `outside`, for a statement that works on as long as it is asked for rows, though it has none."""
    driver: Any = connection.connection.dbapi_connection
    try:
        driver.run_async(lambda one: one.executescript(statement))
    except sqlite3.Error as error:
        raise DBAPIError(statement, None, error) from error
