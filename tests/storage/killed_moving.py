"""A move that is killed: at its first moment, begun again and killed a few later, and so on until it ends.

A moment is before or after a statement on either database, or before a commit. Whoever had to begin anew ends
with 3: that would hide what a kill broke.
"""

import asyncio
import os
import signal
import sys
import traceback
from typing import Any

from sqlalchemy import Engine, event

from core.vocabulary.clock import SystemClock
from core.vocabulary.errors import StorageError
from storage import moving
from storage.schema import pages

BEGAN_ANEW, PASSES = 3, 4


def moments(at: int) -> None:
    """Be killed at a moment."""
    left = [at]

    def tick(*_: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    for what in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(Engine, what, tick)


def began_anew(_connection: Any) -> None:
    os._exit(BEGAN_ANEW)


def child(source: str, target: str, at: int) -> None:
    """One life of it."""
    pages.PAGE = pages.PICTURES = 4
    moving._emptied = began_anew
    moments(at)
    asyncio.run(moving.move(source, target, SystemClock(), lambda _step: None))


def main(source: str, target: str, every: int) -> int:
    """How often it was killed. Raises where a life ended in another way."""
    killed = told = 0
    while True:
        if not (pid := os.fork()):
            try:
                child(source, target, killed * every)
            except BaseException as error:
                traceback.print_exc()
                os._exit(PASSES if isinstance(error, StorageError) and error.passes else 1)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == PASSES and told < 3:
            told += (
                1  # on a busy server what was killed holds its locks for a moment; it is begun again, as by hand
            )
            continue
        if not os.WIFSIGNALED(status):
            assert os.waitstatus_to_exitcode(status) == 0, os.waitstatus_to_exitcode(status)
            return killed
        killed += 1


if __name__ == "__main__":
    sys.stdout.write(f"{main(sys.argv[1], sys.argv[2], int(sys.argv[3]))}\n")
