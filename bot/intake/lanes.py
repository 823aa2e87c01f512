"""Order by message, and turns by channel, for facts whose message must be looked at.

A lane is there only while something in it waits for Discord or for the database: what finds no lane of its
message has nothing to wait behind. A channel has few messages looked at at a time, so that one which answers
slowly is waited for by its own facts alone, and has neither all requests nor all downloads to itself.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")

AT_ONCE = 3
"""Messages of one channel; fewer than half of the downloads that there may be (`bot.intake.source`)."""


@dataclass(slots=True)
class Lane(Generic[T]):
    """What waits for one message, in order; the first is under way."""

    message_id: int
    channel_id: int
    server_id: int | None
    waiting: deque[T] = field(default_factory=deque)


class Lanes(Generic[T]):
    """Runs `work` for everything in order by message. Belongs to one event loop; `stop` it."""

    def __init__(self, work: Callable[[T], Awaitable[None]]) -> None:
        """`work` raises nothing."""
        self._work = work
        self._lanes: dict[int, Lane[T]] = {}
        self._turns: dict[int, deque[Lane[T]]] = {}
        self._busy: Counter[int] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()

    def lane(self, message_id: int) -> Lane[T] | None:
        """The lane of a message for which something waits."""
        return self._lanes.get(message_id)

    def lanes(self) -> Iterable[Lane[T]]:
        """All messages for which something waits."""
        return self._lanes.values()

    def open(self, message_id: int, channel_id: int, server_id: int | None, first: T) -> None:
        """Begin the lane of a message that has none; never awaits."""
        lane = self._lanes[message_id] = Lane(message_id, channel_id, server_id, deque([first]))
        self._turns.setdefault(channel_id, deque()).append(lane)
        if self._busy[channel_id] < AT_ONCE:
            self._busy[channel_id] += 1
            task = asyncio.create_task(self._run(channel_id))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """End what is under way; what waits is never begun."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, channel_id: int) -> None:
        """Let the lanes of a channel take turns, one piece of work each, until none waits for its turn."""
        turns = self._turns[channel_id]
        while turns:
            lane = turns.popleft()
            await self._work(lane.waiting[0])
            lane.waiting.popleft()
            if lane.waiting:
                turns.append(lane)
            else:
                del self._lanes[lane.message_id]
        self._busy[channel_id] -= 1
        if not self._busy[channel_id]:
            del self._busy[channel_id], self._turns[channel_id]
