"""Who holds a reservation: one process, told alive from dead by every other process of its database.

It holds a lock for as long as it lives, as a bot's place is held (`place`); its number is the lock's key, so the
server's list of locks says who lives. A lock is away for a moment where only its connection was lost, so who is
missing is dead once it has been missing for a while. A file has one process, so all others are dead.
"""

import asyncio
import secrets
import time
from collections.abc import Collection
from contextlib import suppress

import structlog
from sqlalchemy import Connection, text

from core.vocabulary.errors import StorageError
from storage.database.engine import Database
from storage.database.place import LOOKS_EVERY_S, Place

GRACE_S = LOOKS_EVERY_S + 5.0
"""A living process that lost its connection holds the lock again by then, if there is a server."""

_LIVING = text("""
    SELECT classid::bigint << 32 | objid::bigint FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
""")

log = structlog.get_logger(__name__)


class Holder:
    """The holder that a process is; `id` tells it from all others."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._place = Place(database, f"holder {secrets.token_hex(16)}")
        self.id = self._place.key
        self._one_at_a_time = asyncio.Lock()
        self._keeping: asyncio.Task[None] | None = None
        self._missing_since: dict[int | None, float] = {}

    async def hold(self) -> None:
        """Be known to live from now on; done before anything is held. Raises StorageError."""
        if self._keeping is not None or self._database.is_sqlite:
            return
        async with self._one_at_a_time:
            if self._keeping is None:
                try:
                    await self._place.take()
                except StorageError:
                    await self._place.leave()
                    raise
                self._keeping = asyncio.create_task(self._keep())

    async def leave(self) -> None:
        """Let go: what is still held is nobody's."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
            await self._place.leave()

    def missing(self, connection: Connection, holders: Collection[int | None]) -> set[int | None]:
        """Those who do not show that they live. Who held something in the days before that was noted is None."""
        if self._database.is_sqlite:
            return set(holders) - {self.id}
        return set(holders) - set(connection.scalars(_LIVING)) if holders else set()

    def dead(self, missing: Collection[int | None], *, others_live: bool = False) -> set[int | None]:
        """Those who have been missing for so long that they are dead; `others_live`: nobody else is missing."""
        if self._database.is_sqlite:
            return set(missing)
        now = time.monotonic()
        before = self._missing_since if not others_live else {}
        self._missing_since = {**before, **{one: self._missing_since.get(one, now) for one in missing}}
        return {one for one in missing if now - self._missing_since[one] >= GRACE_S}

    async def _keep(self) -> None:
        """Nobody else has this lock, so what ends this is a database that can no longer be used at all."""
        while True:
            with suppress(StorageError):
                await self._place.keep()
            log.warning("holder.lost")
            await asyncio.sleep(LOOKS_EVERY_S)
