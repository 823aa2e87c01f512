"""The place of a bot on a server's database: one process has it, and a second one of the same bot is refused.

It is a lock on a connection of its own, gone with the process. Where that connection is lost the place is taken
again once the database is back; who finds it taken then must end, or two would answer everything.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Never

import structlog

from core.ports.waiting import until_back
from core.vocabulary.errors import StorageError, StorageProblem
from storage.database.engine import Database

LOOKS_EVERY_S = 10.0
"""How often the connection is used, so that it is kept open and its loss is noticed."""

_TRIES, _TRIES_EVERY_S = 20, 0.25
"""A process that has just ended, or was killed, may hold it for a moment."""

log = structlog.get_logger(__name__)


class Place:
    """The place of the bot of that `name`."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self.key = int.from_bytes(hashlib.sha256(f"feelprint {name}".encode()).digest()[:8], signed=True)
        self._held = AsyncExitStack()
        self._holds: Callable[[], Awaitable[bool]] | None = None

    async def take(self) -> None:
        """Take it. Raises StorageError, TWIN where another process has it."""
        got = await self._held.enter_async_context(self._database.holding(self.key))
        for _ in range(_TRIES):
            if await got():
                self._holds = got
                return
            await asyncio.sleep(_TRIES_EVERY_S)
        raise StorageError(StorageProblem.TWIN, where=self._database.address.shown)

    async def keep(self) -> Never:
        """Hold it for ever. Raises StorageError, TWIN where another took it while the database was away."""
        while True:
            await asyncio.sleep(LOOKS_EVERY_S)
            try:
                if self._holds is not None and await self._holds():
                    continue
            except StorageError as error:
                log.warning("database.place_lost", problem=str(error))
            await until_back(self._retake)

    async def leave(self) -> None:
        """Let go of it."""
        self._holds = None
        await self._held.aclose()

    async def _retake(self) -> None:
        await self.leave()
        await self.take()
