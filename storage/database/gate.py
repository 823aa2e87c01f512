"""Turns that all processes of a bot take together, one after the other: to identify at Discord, for one.

A turn is an advisory lock on a connection of its own, so a process that dies gives it back.
"""

import asyncio

import structlog

from core.ports.waiting import until_back
from core.vocabulary.errors import StorageError
from storage.database.engine import Database
from storage.database.postgresql import key_of, lock_of

_LOOKS_EVERY_S = 0.25

log = structlog.get_logger(__name__)


class Gate:
    """Turns by name."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: set[asyncio.Task[None]] = set()

    async def turn(self, name: str, seconds: float) -> None:
        """Wait for the turn of that name, which is kept for so long from now on; returns when it has come.

        Waits while the database is away.
        """
        come: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self._keep(name, seconds, come))
        self._kept.add(task)
        task.add_done_callback(self._kept.discard)
        try:
            await come
        except asyncio.CancelledError:
            task.cancel()
            raise

    async def close(self) -> None:
        """Give back what is kept."""
        for task in self._kept:
            task.cancel()
        await asyncio.gather(*self._kept, return_exceptions=True)

    async def _keep(self, name: str, seconds: float, come: asyncio.Future[None]) -> None:
        await until_back(lambda: self._taken(name, seconds, come))

    async def _taken(self, name: str, seconds: float, come: asyncio.Future[None]) -> None:
        try:
            async with self._database.holding(lock_of(key_of(name))) as got:
                while not await got():  # noqa: ASYNC110 - another process has it
                    await asyncio.sleep(_LOOKS_EVERY_S)
                if not come.done():
                    come.set_result(None)
                await asyncio.sleep(seconds)
        except StorageError as error:
            if not come.done():
                raise
            log.warning("gate.lost", problem=str(error))
