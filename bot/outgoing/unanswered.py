"""The interactions that wait for their answer, so that none is left thinking when the bot leaves.

Each is known by the task that works on it and by how to tell its person something; it is forgotten when that task
ends, whichever way. Whoever comes while the bot leaves is told so at the door.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import structlog

log = structlog.get_logger(__name__)

Tell = Callable[[], Awaitable[None]]


class Unanswered:
    """What is being worked on; `closing` once the bot leaves."""

    def __init__(self) -> None:
        self.closing = False
        self._open: dict[asyncio.Task[Any], Tell] = {}

    def __len__(self) -> int:
        return len(self._open)

    def began(self, tell: Tell) -> None:
        """The running task works on an interaction; `tell` ends it with a sentence where the task cannot."""
        task = asyncio.current_task()
        if task is not None and task not in self._open:
            self._open[task] = tell
            task.add_done_callback(lambda done: self._open.pop(done, None) and None)

    def answered(self) -> None:
        """The running task has answered; whatever it does yet may be cut."""
        if (task := asyncio.current_task()) is not None:
            self._open.pop(task, None)

    async def close(self, patience_s: float, telling_s: float) -> None:
        """Wait for answers, then stop whatever still works and tell each person so."""
        self.closing = True
        await asyncio.sleep(0)  # whoever was heard a moment ago begins
        if self._open:
            await asyncio.wait(list(self._open), timeout=patience_s)
        left = dict(self._open)
        if left:
            log.info("stopping.unanswered", count=len(left))
            await asyncio.gather(*(_ended(task, tell, telling_s) for task, tell in left.items()))


async def _ended(task: asyncio.Task[Any], tell: Tell, seconds: float) -> None:
    with suppress(Exception):  # the process ends: there is nobody left to tell
        async with asyncio.timeout(seconds):
            task.cancel()
            await asyncio.wait([task], timeout=seconds / 3)
            await tell()
