"""Hearing what PostgreSQL is told to pass on (NOTIFY), on a connection that is the first to go.

Whoever listens also looks at the database now and then, so it can do without: it listens only while the server has
room for all connections that this process may want, and gives its own up as soon as one of the others gets none. A
pooler in transaction mode lets nothing through.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Never

import psycopg
import structlog

from core.vocabulary.errors import StorageError
from storage.database.engine import Database
from storage.database.postgresql import DEADLINE_S, Connection

_LOOKS_EVERY_S, _AGAIN_S = 20.0, 2.0

log = structlog.get_logger(__name__)

Heard = Callable[[psycopg.Notify], Awaitable[None]]


class Listener:
    """Listens for as long as it is asked to, over all losses of its connection."""

    def __init__(self, database: Database, has_room: Callable[[], Awaitable[bool]]) -> None:
        self._database, self._has_room = database, has_room

    async def listen(self, channels: Iterable[str], heard: Heard, missed: Callable[[], None]) -> Never:
        """Give whatever is told there to `heard`, for ever; `missed` whenever something may have been missed."""
        names = [psycopg.sql.Identifier(channel) for channel in channels]
        crowded = False
        while not self._database.is_sqlite:
            try:
                if await self._has_room():
                    crowded = False
                    await self._listened(names, heard, missed)
                    break
                if not crowded:
                    log.warning("news.spared", note="too few connections: other processes' news are seen later")
                    crowded = True
                await asyncio.sleep(_LOOKS_EVERY_S)
            except (psycopg.Error, OSError, StorageError) as error:
                log.warning("news.lost", why=type(error).__name__)
            await asyncio.sleep(_AGAIN_S)
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")

    async def _listened(
        self, names: Iterable[psycopg.sql.Identifier], heard: Heard, missed: Callable[[], None]
    ) -> None:
        """Listen until the connection is lost, or given up for others; through a pooler nothing is heard."""
        async with self._database.spare() as connection:
            if connection.prepare_threshold is None:
                log.warning("news.none", note="a pooler lets no news through: other processes' are seen later")
                return
            await connection.set_autocommit(True)
            for name in names:
                await connection.execute(psycopg.sql.SQL("LISTEN {}").format(name))
            missed()
            while True:
                await self._hear(connection, heard)
                await connection.execute("SELECT 1")  # or a connection that died would be listened to for ever

    @staticmethod
    async def _hear(connection: Connection, heard: Heard) -> None:
        connection.deadline_s = None  # nobody need tell anything
        try:
            async for notify in connection.notifies(timeout=_LOOKS_EVERY_S):
                await heard(notify)
        finally:
            connection.deadline_s = DEADLINE_S
