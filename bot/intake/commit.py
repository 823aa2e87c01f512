"""Commits changes in batches, in the order in which they were decided.

One writer for all lanes: whatever has gathered while the last transaction ran goes into the next. A database
that is away or full is waited for, not given up on, since nothing that was decided may be lost; a change that it
cannot take at all is tried alone, so that it does not hold back its neighbours. What goes in pieces (a large
server) takes turns with everything else.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from core.ports import Applied, LabelStore
from core.ports.waiting import until_back
from core.vocabulary.changes import Change

_BATCH = 200

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pending:
    """A change on its way; `settled` is called once with whether it was committed."""

    change: Change
    settled: Callable[[bool], None]


class Committer:
    """The queue of decided changes and the task that writes them."""

    def __init__(self, labels: LabelStore, on_applied: Callable[[Applied], None]) -> None:
        self._labels, self._on_applied = labels, on_applied
        self._queue: asyncio.Queue[Pending] = asyncio.Queue()
        self._left: deque[Pending] = deque()

    def put(self, change: Change, settled: Callable[[bool], None]) -> None:
        """Queue a change."""
        self._queue.put_nowait(Pending(change, settled))

    async def run(self) -> None:
        """Write for ever."""
        while True:
            if not (self._left and self._queue.empty()):
                batch = [await self._queue.get()]
                while len(batch) < _BATCH and not self._queue.empty():
                    batch.append(self._queue.get_nowait())
                await self._write(batch)
            if self._left:  # alone, so that nobody waits for more than one piece
                await self._write([self._left.popleft()])

    async def _write(self, batch: list[Pending]) -> None:
        try:
            applied = await self._apply(batch)
        except Exception:
            if len(batch) > 1:
                for pending in batch:
                    await self._write([pending])
                return
            log.exception("intake.unwritable", change=type(batch[0].change).__name__)
            batch[0].settled(False)
            return
        for pending in batch:
            if pending.change in applied.left:
                self._left.append(pending)
            else:
                pending.settled(True)
        self._on_applied(applied)

    async def _apply(self, batch: list[Pending]) -> Applied:
        return await until_back(lambda: self._labels.apply([pending.change for pending in batch]))
