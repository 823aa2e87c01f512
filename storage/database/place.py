"""The place of a bot on a server's database: one process has it, and a second one of the same bot is refused.

A process that has some of the bot's shards holds a place for each of them: others may stand beside it, but neither
one with a shard of its, nor one with all. It is a lock on a connection of its own, gone with the process. Where
that is lost the place is taken again once the database is back; who finds it taken then must end, or two would
answer.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from itertools import count
from typing import Never

import structlog

from core.ports.waiting import until_back
from core.vocabulary.errors import StorageError, StorageProblem
from storage.database.engine import Database
from storage.database.postgresql import key_of, lock_of

LOOKS_EVERY_S = 10.0
"""How often the connection is used, so that it is kept open and its loss is noticed."""

_TRIES, _TRIES_EVERY_S = 20, 0.25
"""A process that has just ended, or was killed, may hold it for a moment."""

log = structlog.get_logger(__name__)


class Place:
    """The place of the bot of that `name`, or of the part of it that has these `shards` of `count`."""

    def __init__(self, database: Database, name: str, shards: range | None = None, count: int = 1) -> None:
        self._database = database
        whole = self.key = key_of(f"feelprint {name}")
        self._lock = lock_of(whole) if shards is None else _locks(whole, name, shards, count)
        self._held = AsyncExitStack()
        self._holds: Callable[[], Awaitable[bool]] | None = None

    async def take(self) -> None:
        """Take it. Raises StorageError, TWIN where another process has it."""
        await self._taken(range(_TRIES))

    async def wait(self) -> None:
        """Take it once nobody has it, also where the database is away meanwhile."""
        await until_back(lambda: self._retaken(count()))

    async def keep(self) -> Never:
        """Hold it for ever. Raises StorageError, TWIN where another took it while the database was away."""
        while True:
            await asyncio.sleep(LOOKS_EVERY_S)
            try:
                if self._holds is not None and await self._holds():
                    continue
            except StorageError as error:
                log.warning("database.place_lost", problem=str(error))
            await until_back(lambda: self._retaken(range(_TRIES)))

    async def leave(self) -> None:
        """Let go of it."""
        self._holds = None
        await self._held.aclose()

    async def _retaken(self, tries: Iterable[int]) -> None:
        await self.leave()
        await self._taken(tries)

    async def _taken(self, tries: Iterable[int]) -> None:
        got = await self._held.enter_async_context(self._database.holding(self._lock))
        for _ in tries:
            if await got():
                self._holds = got
                return
            await asyncio.sleep(_TRIES_EVERY_S)
        raise StorageError(StorageProblem.TWIN, where=self._database.address.shown)


def _locks(whole: int, name: str, shards: range, count: int) -> str:
    """The whole is shared with other parts; each shard is this process's alone, and none overlaps with one of a
    process that counts them otherwise: the same servers are of shard 1 of 8, and of 1 or 9 of 16.
    """
    base = key_of(f"feelprint {name} shards") & 0x7FFFFFFF
    mine = [lock_of(base << 32 | count << 16 | shard) for shard in shards]
    return " AND ".join([lock_of(whole, shared=True), *mine, _APART.format(base, count, shards[0], shards[-1])])


_APART = """
    NOT EXISTS (
        SELECT 1 FROM pg_locks AS held,
            LATERAL (SELECT (objid::bigint >> 16)::int AS count, (objid::bigint & 65535)::int AS shard) AS other,
            generate_series({2}, {3}) AS mine
        WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND pid <> pg_backend_pid()
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND classid::bigint = {0}
            AND mod(mine - shard, gcd({1}, other.count)) = 0
    )
"""
"""Whoever takes theirs first and looks then is seen by all who do so: of two at once one at least is refused."""
