"""Work in turns: some at a time, first come first served, each to its end whoever is cancelled meanwhile.

A transaction is a task of its own, so that cancelling the one who waits for it never stops it half way:
it has not begun, and never will, or it runs to its end. Closing waits for all that was asked for.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from core.vocabulary.errors import StorageError, StorageProblem

T = TypeVar("T")


class Lane:
    """Runs `width` pieces of work at a time."""

    def __init__(self, width: int) -> None:
        self._turns = asyncio.Semaphore(width)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    async def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """What `work` returns, or raises. Cancelled: it is not begun, or it goes on without its caller."""
        begun = False

        async def begin() -> T:
            nonlocal begun
            begun = True
            return await work()

        task = self.start(begin)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if not begun:
                task.cancel()
            raise

    def start(self, work: Callable[[], Awaitable[T]]) -> asyncio.Task[T]:
        """Let `work` run when its turn has come; nobody need wait for it. Raises StorageError once closed."""

        async def in_turn() -> T:
            async with self._turns:
                return await work()

        if self._closed:
            raise StorageError(StorageProblem.CLOSED)
        task = asyncio.create_task(in_turn())
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def close(self) -> None:
        """Take no more work, and wait for what was taken."""
        self._closed = True
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        """Look at the error of a task whose caller was cancelled: nobody else will."""
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()
