"""Questions that are only made, never sent: for whoever wants to know what they would cost or are known by."""

from collections.abc import Callable
from typing import TypeVar

from core.vocabulary.calls import Call, Failure, Outcome

T = TypeVar("T")


class Unasked:
    """A gateway that asks nobody: `calls` is what would have been asked, in order."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    async def ask(self, call: Call, parse: Callable[[str], T]) -> Outcome[T]:
        """Take the call down; there is no answer."""
        del parse
        self.calls.append(call)
        return Failure.UNAVAILABLE
