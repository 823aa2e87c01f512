"""What one method spends on one user: every distinct question once, whether or not it was cached.

Counting questions instead of requests makes a report independent of the cache, so a run that was stopped
and taken up again reports the same figures.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from core.asking.asker import Gateway
from core.vocabulary.calls import Answer, Call, Failure, Outcome, Purpose

T = TypeVar("T")

_TEXT = frozenset({Purpose.MATCH})
_WRITER = frozenset({Purpose.WRITE})


@dataclass(slots=True)
class Spent:
    """Calls by kind, tokens as the server counted them, US dollars, failures, and how many were sent now."""

    image_calls: int = 0
    text_calls: int = 0
    writer_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    usd: float = 0.0
    failures: int = 0
    sent: int = 0

    @property
    def calls(self) -> int:
        """Calls of every kind."""
        return self.image_calls + self.text_calls + self.writer_calls

    def add(self, other: "Spent") -> None:
        """Count another's spending here."""
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Meter:
    """A gateway that counts, and refuses what would pass `cap` calls with `Failure.BUDGET`."""

    def __init__(
        self, gateway: Gateway, *, cap: int | None = None, on_spent: Callable[[Spent], None] | None = None
    ) -> None:
        self.spent = Spent()
        self._gateway = gateway
        self._cap = cap
        self._on_spent = on_spent
        self._seen: set[str] = set()
        self._failed: dict[Purpose, Failure] = {}
        self._answered: set[Purpose] = set()

    async def ask(self, call: Call, parse: Callable[[str], T]) -> Outcome[T]:
        """As the gateway behind it; the same question asked again costs nothing more."""
        key = call.key("")
        first = key not in self._seen
        if first:
            if self._cap is not None and self.spent.calls >= self._cap:
                return Failure.BUDGET
            self._seen.add(key)
            self._count(call.purpose)
        outcome = await self._gateway.ask(call, parse)
        if isinstance(outcome, Answer):
            self._answered.add(call.purpose)
        else:
            self._failed[call.purpose] = outcome
        if first:
            self._settle(outcome)
        return outcome

    def blind(self) -> Failure | None:
        """How a kind of question failed of which none at all was answered; MATCH apart, which has another way."""
        lost = (f for purpose, f in self._failed.items() if purpose not in self._answered | _TEXT)
        return next(lost, None)

    def _count(self, purpose: Purpose) -> None:
        if purpose in _TEXT:
            self.spent.text_calls += 1
        elif purpose in _WRITER:
            self.spent.writer_calls += 1
        else:
            self.spent.image_calls += 1

    def _settle(self, outcome: Outcome[T]) -> None:
        one = Spent()
        if isinstance(outcome, Answer):
            one.prompt_tokens = outcome.usage.prompt_tokens
            one.completion_tokens = outcome.usage.completion_tokens
            one.usd = outcome.usage.usd
            one.sent = 0 if outcome.cached else 1
        else:
            one.failures = 1
        self.spent.add(one)
        if self._on_spent is not None:
            self._on_spent(one)
