"""One question's bad luck does not end an evaluation of ten thousand.

The gateway tries a question a few times and then calls the server away; for one member that is right. Here a
question is asked a few times more, and where others are answered, what never is costs itself alone.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from core.asking.asker import Gateway
from core.vocabulary.calls import Answer, Call, Failure, Outcome

T = TypeVar("T")

EACH = 3
"""So often one question is handed to the gateway."""

IN_A_ROW = 3
"""So many questions given up without an answer to anybody between them, and the server is away."""

FIRST_WAIT_S = 0.5


class Patient:
    """A gateway that gives up with the server, or with one question alone; its waits double."""

    def __init__(self, gateway: Gateway, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._gateway = gateway
        self._sleep = sleep
        self._given_up = 0

    async def ask(self, call: Call, parse: Callable[[str], T]) -> Outcome[T]:
        """As the gateway behind it, but for a question that finds the server away `EACH` times: REFUSED, as for a
        picture that the model would not judge, or UNAVAILABLE where `IN_A_ROW` of them show that it is the server.
        """
        for tried in range(EACH):
            if tried:
                await self._sleep(FIRST_WAIT_S * 2.0 ** (tried - 1))
            outcome = await self._gateway.ask(call, parse)
            if isinstance(outcome, Answer):
                self._given_up = 0
            if outcome is not Failure.UNAVAILABLE:
                return outcome
        self._given_up += 1
        return Failure.UNAVAILABLE if self._given_up >= IN_A_ROW else Failure.REFUSED
