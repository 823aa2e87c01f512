"""What a process does for ever beside what it is asked: tasks that begin together, and end with it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

log = structlog.get_logger(__name__)


class Background:
    """Works, each a task of its own; one that ends by itself is a fault, and logged."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def begun(self) -> bool:
        """Whether any work has."""
        return bool(self._tasks)

    @property
    def at_work(self) -> bool:
        """Whether all that began goes on."""
        return self.begun and not any(task.done() for task in self._tasks)

    def begin(self, *works: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Begin some works, beside those that have begun."""
        for work in works:
            task = asyncio.create_task(work(), name=work.__qualname__)
            task.add_done_callback(_watch)
            self._tasks.append(task)

    async def ended(self) -> None:
        """Wait until one of them has ended, and raise why."""
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        done.pop().result()

    async def stop(self) -> None:
        """End them all."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _watch(task: asyncio.Task[None]) -> None:
    if not task.cancelled():
        log.critical("background.ended", task=task.get_name(), exc_info=task.exception())
