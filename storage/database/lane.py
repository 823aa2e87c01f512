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
        self._width, self._owed = width, 0
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
            await self._turns.acquire()
            try:
                return await work()
            finally:
                if self._owed:
                    self._owed -= 1
                else:
                    self._turns.release()

        if self._closed:
            raise StorageError(StorageProblem.CLOSED)
        task = asyncio.create_task(in_turn())
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def narrow(self, seconds: float) -> None:
        """One piece of work fewer at a time, for so long; never none."""
        if self._width > 1:
            self._width -= 1
            self._owed += 1
            asyncio.get_running_loop().call_later(seconds, self._widen)

    def _widen(self) -> None:
        self._width += 1
        self._turns.release()

    async def close(self, patience_s: float | None = None) -> bool:
        """Take no more work, and wait for what was taken; False where it was not done in time."""
        self._closed = True
        loop = asyncio.get_running_loop()
        until = None if patience_s is None else loop.time() + patience_s
        while self._tasks and (until is None or loop.time() < until):
            await asyncio.wait(self._tasks, timeout=None if until is None else until - loop.time())
        return not self._tasks

    async def give_up(self, grace_s: float = 0.5) -> None:
        """End what was taken: by itself, now that its connections are cut, else by cancelling it."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=grace_s)
        while self._tasks:
            for task in self._tasks:
                task.cancel()
            await asyncio.wait(self._tasks, timeout=grace_s)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        """Look at the error of a task whose caller was cancelled: nobody else will."""
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()
