"""Small transactions that wait for the writer at the same time are committed as one.

A flush to the disk costs far more than a row, so a run that asks its questions together pays for one flush,
not for one a question. Nobody is answered before the commit; one that fails costs the others nothing.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Connection

from storage.database.lane import Lane

T = TypeVar("T")
Work: TypeAlias = Callable[[Connection], T]
_Waiting: TypeAlias = tuple[Work[Any], "asyncio.Future[Any]"]

AT_ONCE = 64
"""Transactions in one commit, so that the first of them never waits for long."""


class Together:
    """Runs work in the lane that writes; `transact` is one transaction, which may run its work more than once."""

    def __init__(self, transact: Callable[[Work[list[Any]]], Awaitable[list[Any]]], lane: Lane) -> None:
        self._transact = transact
        self._lane = lane
        self._waiting: deque[_Waiting] = deque()

    def submit(self, work: Work[T]) -> "asyncio.Future[T]":
        """Done when it is committed. `work` may be run twice: what it did the first time is rolled back then.

        Whoever cancels the future while it waits has the work not done.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        if len(self._waiting) % AT_ONCE == 0:  # else somebody's turn comes who takes this along
            self._lane.start(self._run)
        self._waiting.append((work, future))
        return future

    async def _run(self) -> None:
        """Whatever waits by now, in one turn: other work in the lane has its own between two of these."""
        taken = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
        group = [(work, future) for work, future in taken if not future.cancelled()]
        if group and not await self._committed(group):
            for one in group:
                await self._committed([one])

    async def _committed(self, group: Sequence[_Waiting]) -> bool:
        """Whether each was told how it ended. Not so where one of several failed: nothing is committed then."""
        ran = False

        def all_of_them(connection: Connection) -> list[Any]:
            nonlocal ran
            ran = False
            results = [work(connection) for work, _ in group]
            ran = True
            return results

        try:
            results = await self._transact(all_of_them)
        except BaseException as error:
            ending = not isinstance(error, Exception)  # the loop ends, and nobody may wait for ever
            if len(group) > 1 and not ran and not ending:
                return False
            for _, future in group:
                if not future.done():
                    future.set_exception(error)
            if ending:
                raise
        else:
            for (_, future), result in zip(group, results, strict=True):
                if not future.done():
                    future.set_result(result)
        return True
