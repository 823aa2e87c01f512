"""One question's bad luck does not end an evaluation of ten thousand.

The gateway tries a question a few times and then calls the server away; for one member that is right. Here a
question is asked again as long as the server answers anybody in between, since then it is not away.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from core.asking.asker import Gateway
from core.vocabulary.calls import Answer, Call, Failure, Outcome

T = TypeVar("T")

IN_A_ROW = 3
"""So many questions without an answer to anybody between them, and the server is away."""

FIRST_WAIT_S = 0.5


class Patient:
    """A gateway that gives up only with the server, not with a question; its waits double."""

    def __init__(self, gateway: Gateway, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._gateway = gateway
        self._sleep = sleep
        self._in_a_row = 0

    async def ask(self, call: Call, parse: Callable[[str], T]) -> Outcome[T]:
        """As the gateway behind it; UNAVAILABLE only where nobody was answered for `IN_A_ROW` questions."""
        while True:
            outcome = await self._gateway.ask(call, parse)
            if isinstance(outcome, Answer):
                self._in_a_row = 0
            if outcome is not Failure.UNAVAILABLE:
                return outcome
            self._in_a_row += 1
            if self._in_a_row >= IN_A_ROW:
                return outcome
            await self._sleep(FIRST_WAIT_S * 2.0 ** (self._in_a_row - 1))
