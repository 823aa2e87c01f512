"""Whose questions are whose while people live side by side: each on the meter of the person who causes it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from core.evaluate.meter import Meter
from core.evaluate.people import Picture, owner_of
from core.vocabulary.calls import NOBODY, Answer, Call, Failure, Outcome, Purpose
from core.vocabulary.emotions import Distribution

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Said:
    """What was predicted for a picture, what was felt, and the hit of most people's answer."""

    distribution: Distribution
    picture: Picture
    generic_hit: float


@dataclass(slots=True)
class Person:
    """One user: the pictures that wait for their label, and those that never get one; what is spent on them.

    `learning` is what the bot asks, `testing` what only the evaluation does. `came`: each label's picture,
    predicted before it was learned from; None where there was no answer.
    """

    user: str
    waiting: list[Picture]
    unseen: Sequence[Picture]
    learning: Meter
    testing: Meter
    came: list[Said | None] = field(default_factory=list)

    @property
    def member(self) -> int:
        """Under which id they are a member."""
        return owner_of(self.user)


class Road:
    """A gateway that puts each question on the meter of whoever causes it; most people's answers are on `shared`.

    `away` is how the model failed everybody, once it has; `answered` is what it said, by question.
    """

    def __init__(self, shared: Meter, persons: Iterable[Person]) -> None:
        self.away: Failure | None = None
        self.answered: dict[str, Answer[Any]] = {}
        self._shared = shared
        self._persons = {person.member: person for person in persons}

    async def ask(self, call: Call, parse: Callable[[str], T]) -> Outcome[T]:
        """As the gateway behind it, on nobody's account: a member's cap is for the bot."""
        person = self._persons.get(call.payer.member_id or 0)
        if person is None or call.purpose == Purpose.GENERIC:
            meter = self._shared
        else:
            meter = person.testing if call.purpose == Purpose.PREDICT else person.learning
        outcome = await meter.ask(replace(call, payer=NOBODY), parse)
        if isinstance(outcome, Answer):
            self.answered[call.key("")] = outcome
        elif outcome.systemic:
            self.away = outcome
        return outcome


class Answered:
    """What was answered on a road already: a way on which nothing is ever asked."""

    def __init__(self, road: Road) -> None:
        self._road = road

    async def ask(self, call: Call, parse: Callable[[str], T]) -> Outcome[T]:
        """The answer of before; `Failure.UNAVAILABLE` where there is none."""
        del parse  # a question is read in one way only
        return self._road.answered.get(call.key(""), Failure.UNAVAILABLE)
