"""A transaction that stands still in its midst, while other processes do whatever they do."""

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Select, event
from sqlalchemy.util import await_only

from storage import Storage

T = TypeVar("T")
ANN, BEN, AUTHOR = 11, 12, 77


class Pause:
    """Where a transaction stands still: `reached` once it does, and for as long as `go_on` is not set."""

    def __init__(self) -> None:
        self.reached, self.go_on = asyncio.Event(), asyncio.Event()


@contextmanager
def standing_still(storage: Storage, before: str) -> Iterator[Pause]:
    """The next transaction that writes stands still before its first statement that begins so."""
    pause, engine = Pause(), storage._database._writer.sync_engine

    def wait(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        if " ".join(statement.split()).startswith(before) and not pause.reached.is_set():
            pause.reached.set()
            await_only(pause.go_on.wait())

    event.listen(engine, "before_cursor_execute", wait)
    try:
        yield pause
    finally:
        event.remove(engine, "before_cursor_execute", wait)


async def meanwhile(storage: Storage, first: Awaitable[T], before: str, *then: Awaitable[Any]) -> T:
    """What `first` comes to, where the others are done while it stands still."""
    with standing_still(storage, before) as pause:
        standing = asyncio.ensure_future(first)
        await asyncio.wait_for(pause.reached.wait(), 60)
        others = [asyncio.ensure_future(one) for one in then]
        await asyncio.wait(others, timeout=1.0)  # whoever waits for the one that stands still goes on after it
        pause.go_on.set()
        done = await asyncio.wait_for(standing, 60)
        await asyncio.wait_for(asyncio.gather(*others), 60)
    return done


def lost(storage: Storage) -> int:
    """How many of its transactions were made again."""
    return sum(storage.times["lost"].counts)


async def scalar(storage: Storage, query: Select[Any]) -> Any:
    return await storage._database.read(lambda connection: connection.scalar(query))
