"""Small transactions that wait for the writer at the same time are committed as one.

A flush to the disk costs far more than a row, so a run that asks its questions together pays for one flush,
not for one a question. Nobody is answered before the commit; one that fails costs the others nothing.
"""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from contextlib import AbstractContextManager
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")
Work: TypeAlias = Callable[[Connection], T]
_Waiting: TypeAlias = tuple[Work[Any], "Future[Any]"]

AT_ONCE = 64
"""Transactions in one commit, so that the first of them never waits for long."""


class Together:
    """Runs work in the one thread that writes; `begin` is a transaction that commits on leaving."""

    def __init__(self, begin: Callable[[], AbstractContextManager[Connection]], thread: Executor) -> None:
        self._begin = begin
        self._thread = thread
        self._waiting: deque[_Waiting] = deque()

    def submit(self, work: Work[T]) -> "Future[T]":
        """Done when it is committed. `work` may be run twice: what it did the first time is rolled back then."""
        future: Future[T] = Future()
        self._waiting.append((work, future))
        self._thread.submit(self._run)
        return future

    def _run(self) -> None:
        """Whatever waits by now; who came along with another finds nothing left to do."""
        taken = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
        group = [(work, future) for work, future in taken if future.set_running_or_notify_cancel()]
        if group and not self._committed(group):
            for one in group:
                self._committed([one])

    def _committed(self, group: Sequence[_Waiting]) -> bool:
        """Whether each was told how it ended. Not so where one of several failed: nothing is committed then."""
        ran = False
        try:
            with self._begin() as connection:
                results = [work(connection) for work, _ in group]
                ran = True
        except BaseException as error:
            if len(group) > 1 and not ran:
                return False
            for _, future in group:
                future.set_exception(error)
        else:
            for (_, future), result in zip(group, results, strict=True):
                future.set_result(result)
        return True
