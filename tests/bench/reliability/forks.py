"""Work in a process of its own that may be killed: forked, so that a crash costs milliseconds and not a start.

`Moments` counts calls, before and after each, in memory that both processes see. At the deadly one the process
kills itself with SIGKILL; so going through every number is going through every call.
"""

import asyncio
import contextlib
import mmap
import os
import signal
import sys
import time
import traceback
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

SECONDS = 120.0
"""So long may one piece of work take."""


class Moments:
    """Moments before and after calls. `deadly`: the number of the one that kills, from 1; 0 for none."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 8)
        self.deadly = 0

    @property
    def passed(self) -> int:
        """How many there were so far, in whichever process."""
        return int.from_bytes(self._memory[:8], "big")

    def start(self, deadly: int = 0) -> None:
        """Count anew."""
        self._memory[:8] = bytes(8)
        self.deadly = deadly

    def _pass(self) -> None:
        number = self.passed + 1
        self._memory[:8] = number.to_bytes(8, "big")
        if number == self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    @contextlib.contextmanager
    def around(self, *calls: tuple[type, str]) -> Iterator[None]:
        """Count these asynchronous methods of these classes meanwhile."""
        was = [getattr(owner, name) for owner, name in calls]
        for (owner, name), method in zip(calls, was, strict=True):
            setattr(owner, name, self._counted(method))
        try:
            yield
        finally:
            for (owner, name), method in zip(calls, was, strict=True):
                setattr(owner, name, method)

    def _counted(self, method: Any) -> Any:
        async def counted(*args: Any, **given: Any) -> Any:
            self._pass()
            done = await method(*args, **given)
            self._pass()
            return done

        return counted


def spread(among: int, n: int) -> list[int]:
    """Up to n of the numbers 1 to `among`, evenly; all of them where there are no more."""
    return sorted({1 + i * among // n for i in range(min(n, among))}) if n < among else [*range(1, among + 1)]


def fork(work: Callable[[], Awaitable[object]]) -> int:
    """Begin work in a process of its own, with an event loop of its own; its id."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - this process only ever ends
        asyncio.run(_awaited(work))
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


async def _awaited(work: Callable[[], Awaitable[object]]) -> None:
    await work()


async def ended(pid: int, seconds: float = SECONDS) -> int:
    """Wait for a forked process; its exit code, or minus the signal that it died of."""
    until = time.monotonic() + seconds
    while not (found := os.waitpid(pid, os.WNOHANG))[0]:  # noqa: ASYNC222 - it does not block
        if time.monotonic() > until:
            os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(0.002)
    return os.waitstatus_to_exitcode(found[1])


async def alone(work: Callable[[], Awaitable[object]]) -> int:
    """Do work in a process of its own; how it ended."""
    return await ended(fork(work))
