"""Engines over PostgreSQL. Every step on a connection has a deadline, and nothing of ours outlives a transaction.

A pooler in transaction mode hands a connection on after each transaction, so there are no settings of a session
and, once a pooler is seen, no prepared statements. Writer and readers have connections of their own: what one is
told about reading and writing never reaches the other, nor overrides what the server says.
"""

import asyncio
import contextlib
import hashlib
import os
import socket
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from enum import StrEnum
from typing import Any

import psycopg
from psycopg.abc import PQGen
from sqlalchemy import Connection as SyncConnection
from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

DEADLINE_S, GRACE_S = 15.0, 2.0
"""Seconds until a statement is cancelled, and then until its connection is cut, where the server hangs."""

PING_S = 3.0
"""The same where a connection is only asked whether it still lives, as it is before each transaction."""

NAME = "feelprint"
_GIVEN = {"connect_timeout": 5, "client_encoding": "utf8", "application_name": NAME}
"""What stands in the address wins over these."""

_GATE = "alembic_version"
"""The table whose lock says who may write beside whom: each database of ours has it, and nobody else locks it."""

_STAYS_OPEN = """
    SELECT set_config(name, '0', true) FROM pg_settings
    WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')
"""


class Beside(StrEnum):
    """Whom a transaction that writes stands beside: a mode of the gate's lock, in the words of PostgreSQL.

    `LOCK TABLE` is the one statement that waits before a transaction's snapshot is taken, so whoever has waited
    sees all that was committed meanwhile.
    """

    OTHERS = "ROW SHARE"
    """All but one who writes alone."""
    OTHER_KINDS = "SHARE UPDATE EXCLUSIVE"
    """As before, but for those who say the same of themselves."""
    NOBODY = "EXCLUSIVE"
    """Nobody who writes; everybody reads."""


class Connection(psycopg.AsyncConnection[Any]):
    """A connection on which no step takes longer than the deadline, whatever the server does.

    A statement that is too slow is cancelled (57014); a server that hangs does not answer that, so the socket is
    shut down, and whoever waits for it learns that the connection is lost. `deadline_s` None: as long as it takes.
    """

    deadline_s: float | None = None
    _giving_up: asyncio.Task[None] | None = None

    async def wait(
        self,
        gen: PQGen[Any],
        interval: float = 0.1,
        timeout: float | None = None,  # noqa: ASYNC109 - psycopg's own
    ) -> Any:
        """One step: what is sent, and all of its answer."""
        if self.deadline_s is None:
            return await super().wait(gen, interval, timeout)
        seconds = PING_S if self.autocommit else self.deadline_s  # only whether it still lives is asked so
        late = asyncio.get_running_loop().call_later(seconds, self._give_up)
        try:
            return await super().wait(gen, interval, timeout)
        finally:
            late.cancel()
            if self._giving_up is not None:
                self._giving_up.cancel()
                self._giving_up = None

    def _give_up(self) -> None:
        self._giving_up = asyncio.create_task(self._cancel_or_cut())

    async def _cancel_or_cut(self) -> None:
        with contextlib.suppress(Exception):  # it is cut all the same
            await self.cancel_safe(timeout=GRACE_S)
            await asyncio.sleep(GRACE_S)
        self.cut()

    def cut(self) -> None:
        """Shut the socket down: whatever waits on it fails at once."""
        with contextlib.suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(self.pgconn.socket)) as one:
            one.shutdown(socket.SHUT_RDWR)


class Server:
    """The engines over one server's database, and every connection that they have open."""

    def __init__(self, url: URL, readers: int) -> None:
        self._open: weakref.WeakSet[Connection] = weakref.WeakSet()
        self._spare: weakref.WeakSet[Connection] = weakref.WeakSet()
        self._given = {name: value for name, value in _GIVEN.items() if name not in url.query}
        self.writer = self._engine(
            url, isolation_level="SERIALIZABLE", pool_size=1, max_overflow=0, pool_pre_ping=True
        )
        self.reader = self._engine(url, reads=True, pool_size=readers, max_overflow=0, pool_pre_ping=True)
        self.single = self._engine(url, poolclass=NullPool)

    def cut(self) -> None:
        """Give up every connection, whatever is under way on it."""
        for connection in list(self._open):
            connection.cut()

    def cut_spare(self) -> None:
        """Give up every connection that its user can do without."""
        for connection in list(self._spare):
            connection.cut()

    @property
    def connections(self) -> int:
        """How many are open."""
        return sum(not one.closed for one in list(self._open))

    def owns(self, pid: int) -> bool:
        """Whether a process of the server works for one of them."""
        return any(not one.closed and one.info.backend_pid == pid for one in list(self._open))

    def _engine(self, url: URL, *, reads: bool = False, **pooled: Any) -> AsyncEngine:
        given = {"async_creator_fn": self._connect, **self._given}
        # No table of ours has an hstore, and each engine would ask the server for it.
        engine = create_async_engine(
            url, connect_args=given, hide_parameters=True, use_native_hstore=False, **pooled
        )

        if reads:

            @event.listens_for(engine.sync_engine, "connect")
            def _reads_only(connection: Any, _record: Any) -> None:
                connection.set_read_only(True)
                connection.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)

        return engine

    @contextlib.asynccontextmanager
    async def holding(self, lock: str) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
        """A connection of its own that may hold a lock (`lock_of`, or several together). What is given tries to
        take it and tells whether it holds.

        The lock is that of a transaction, which stays open: it holds behind a pooler in transaction mode, too, and
        is gone with the process. It looks at no row, so that nothing is kept from being cleaned up for it.
        """
        async with self.single.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            await connection.exec_driver_sql(_STAYS_OPEN)

            async def got() -> bool:
                return bool((await connection.exec_driver_sql(f"SELECT {lock}")).scalar_one())

            try:
                yield got
            finally:
                driver.cut()  # no farewell: a server that hangs would not hear it
                await connection.invalidate()

    @contextlib.asynccontextmanager
    async def spare(self) -> AsyncIterator[Connection]:
        """A connection of its own for what can do without: it is cut as soon as somebody else gets none."""
        async with self.single.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            self._spare.add(driver)
            try:
                yield driver
            finally:
                self._spare.discard(driver)
                driver.cut()  # no farewell, as above
                await connection.invalidate()

    @contextlib.asynccontextmanager
    async def closed(self, tables: Iterable[str], patience_ms: int) -> AsyncIterator[None]:
        """Nobody writes to these tables meanwhile, whoever it is, and everybody reads; gone with the process."""
        async with self.single.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            await connection.exec_driver_sql(_STAYS_OPEN)
            await connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{patience_ms}ms'")
            await connection.exec_driver_sql(f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE")
            try:
                yield
            finally:
                driver.cut()
                await connection.invalidate()

    async def _connect(self, conninfo: str = "", **given: Any) -> Connection:
        connection = await Connection.connect(conninfo, **given)
        connection.deadline_s = DEADLINE_S
        self._open.add(connection)
        await _unprepared_behind_a_pooler(connection)
        return connection


async def _unprepared_behind_a_pooler(connection: Connection) -> None:
    """Prepare no statements where a pooler stands in between.

    It makes up the number of the server's process in its greeting, which the server knows better.
    """
    await connection.set_autocommit(True)
    try:
        row = await (await connection.execute("SELECT pg_backend_pid()")).fetchone()
    finally:
        await connection.set_autocommit(False)
    if row is None or row[0] != connection.info.backend_pid:
        connection.prepare_threshold = None


@contextlib.contextmanager
def unhurried(connection: SyncConnection) -> Iterator[None]:
    """Statements of this connection take as long as they take meanwhile: a migration of many rows."""
    driver: Any = connection.connection.driver_connection
    deadline_s, driver.deadline_s = driver.deadline_s, None
    try:
        yield
    finally:
        driver.deadline_s = deadline_s


def key_of(name: str) -> int:
    """The number of a lock that is known by a name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)


def lock_of(key: int, *, shared: bool = False) -> str:
    """Trying to take a lock until the transaction ends, as an expression that tells whether it is held."""
    return f"pg_try_advisory_xact_lock{'_shared' if shared else ''}({key})"


def pass_gate(beside: Beside, patience_ms: int) -> str:
    """Begin to write beside others, for the transaction, and wait no longer than that for any of their locks.

    Sent as one, as it is part of every transaction that writes; the setting ends with the transaction.
    """
    return f"SET LOCAL lock_timeout = '{patience_ms}ms'; LOCK TABLE {_GATE} IN {beside.value} MODE"


def has_gate(connection: SyncConnection) -> bool:
    """Whether there are tables already, and so others who may write."""
    return connection.exec_driver_sql(f"SELECT to_regclass('{_GATE}')").scalar_one() is not None
