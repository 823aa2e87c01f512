"""aiosqlite with one change of threads a statement.

Its own cursor changes threads to be made, to execute, to fetch and to be closed, and each change costs more
than a small statement, on a busy machine many times more. This one executes and fetches the first handful
of rows at once; most statements give no more, so that fetching and closing are there already. What only
reads begins with its first statement, and nobody waits for its end, so that most reads change threads once.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar
from urllib.parse import quote

import aiosqlite

T = TypeVar("T")

HANDFUL = 100
"""Rows fetched with their statement; making objects of them all takes a few milliseconds at the most."""


class Connection(aiosqlite.Connection):
    """An aiosqlite connection whose cursors are the ones below."""

    def cursor(self) -> "Cursor":  # type: ignore[override] # the adapter of SQLAlchemy enters what it is given
        """A cursor; making one is no work for a thread."""
        return Cursor(self, self._conn.cursor())


class Reader(Connection):
    """A connection that only reads: its transaction begins with the first statement of a cursor."""

    async def commit(self) -> None:
        """End the transaction; nothing that the thread is asked later comes before that."""
        await self.rollback()

    async def rollback(self) -> None:
        """End the transaction; a read ends so as well, and this cannot fail where a commit could."""
        self._tx.put_nowait((None, self._conn.rollback))


class Cursor(aiosqlite.Cursor):
    """Rows that are fetched already, and the rest at the next change of threads."""

    def __init__(self, connection: Connection, cursor: sqlite3.Cursor) -> None:
        super().__init__(connection, cursor)
        self._reads = isinstance(connection, Reader)
        self._rows: deque[Any] = deque()
        self._more = False

    async def _execute(self, fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        done: T = await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call] # it has no types
        return done

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> "Cursor":
        """Run a statement and fetch its first rows."""
        self._more = True
        self._take(await self._execute(self._run, sql, () if parameters is None else parameters))
        return self

    async def fetchone(self) -> Any:
        """The next row, or None."""
        rows = await self.fetchmany(1)
        return rows[0] if rows else None

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next rows; one change of threads where those at hand are used up."""
        if not self._rows and self._more:
            self._take(await self._execute(self._cursor.fetchmany, HANDFUL))
        return [self._rows.popleft() for _ in range(min(size or self.arraysize, len(self._rows)))]

    async def fetchall(self) -> list[Any]:
        """All rows that are left."""
        if self._more:
            self._rows.extend(await self._execute(self._cursor.fetchall))
            self._more = False
        rows = list(self._rows)
        self._rows.clear()
        return rows

    async def close(self) -> None:
        """Let go of the statement; it has let go by itself once its last row is fetched."""
        self._rows.clear()
        if self._more:
            self._more = False
            await super().close()

    def _run(self, sql: str, parameters: Iterable[Any]) -> list[Any]:
        if self._reads and not self._cursor.connection.in_transaction:
            self._cursor.execute("BEGIN")
        self._cursor.execute(sql, parameters)  # type: ignore[arg-type]
        return self._cursor.fetchmany(HANDFUL)

    def _take(self, rows: list[Any]) -> None:
        self._rows.extend(rows)
        self._more = len(rows) == HANDFUL


def opener(path: str, *, reads: bool) -> Callable[..., Awaitable[aiosqlite.Connection]]:
    """What opens a connection to an SQLite file, for `create_async_engine(async_creator=...)`.

    Transactions begin where we say, not where the driver guesses (`isolation_level`). The thread is a daemon:
    a connection that nobody closed does not keep the process from ending.
    """

    async def open_connection() -> aiosqlite.Connection:
        def connect() -> sqlite3.Connection:
            uri = f"file:{quote(path)}?mode={'ro' if reads else 'rw'}"
            return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)

        connection = (Reader if reads else Connection)(connect, HANDFUL)
        connection._thread.daemon = True
        try:
            return await connection
        except sqlite3.Error:
            # Its thread ends by itself, and tells the loop so: wait, or the loop may be closed by then.
            await asyncio.to_thread(connection._thread.join)
            raise

    return open_connection
