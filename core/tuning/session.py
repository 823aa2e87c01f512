"""One run's way to the model: so many questions at a time, every one counted, no surprise half-way.

A failure about one picture costs that picture and is counted; a systemic one (no credit, no connection)
ends the run as `Stopped`, because the next question would fail as well.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from core.vocabulary.calls import Answer, Failure, Outcome, Purpose, Usage
from core.vocabulary.explanation import Cost

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a step of a run is: `done` of `total` questions answered, asked for the purpose of the `step`."""

    step: Purpose
    done: int
    total: int


Report = Callable[[Progress], None]
Question = Callable[[], Awaitable[Outcome[T]]]


class Stopped(Exception):
    """The model is not available; the run ends here and is taken up again later."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.value)
        self.failure = failure


class Session:
    """Asks questions together, at most as many as `slots` allows, and counts them by purpose."""

    def __init__(self, slots: asyncio.Semaphore, progress: Report | None = None) -> None:
        self._slots = slots
        self._progress = progress
        self.asked: Counter[Purpose] = Counter()
        self.sent: Counter[Purpose] = Counter()
        self.failures: Counter[Failure] = Counter()
        self.usage = Usage()
        self._answered: Counter[Purpose] = Counter()
        self._last: dict[Purpose, Failure] = {}

    def cost(self) -> Cost:
        """What was asked so far, and what of it was paid (the rest came from the cache)."""
        asked, sent, failures = self.asked, self.sent, self.failures
        return Cost(
            dict(sorted(asked.items())), dict(sorted(sent.items())), dict(sorted(failures.items())), self.usage
        )

    async def all(self, purpose: Purpose, questions: Sequence[Question[T]]) -> list[T | None]:
        """The answers in the order of the questions, None where one failed by itself.

        Raises Stopped at the first systemic failure; questions still under way are cancelled.
        """
        outcomes = await self.outcomes(purpose, questions)
        return [outcome.value if isinstance(outcome, Answer) else None for outcome in outcomes]

    async def outcomes(self, purpose: Purpose, questions: Sequence[Question[T]]) -> list[Outcome[T]]:
        """As `all`, with each single failure named."""
        done = 0
        self._tell(purpose, done, len(questions))

        async def one(question: Question[T]) -> Outcome[T]:
            nonlocal done
            async with self._slots:
                outcome = await question()
            self._count(purpose, outcome)
            done += 1
            self._tell(purpose, done, len(questions))
            return outcome

        try:
            async with asyncio.TaskGroup() as together:
                tasks = [together.create_task(one(question)) for question in questions]
        except ExceptionGroup as group:
            stopped, others = group.split(Stopped)
            if stopped is None or others is not None:
                raise
            raise _first(stopped) from None
        return [task.result() for task in tasks]

    def blind(self) -> Failure | None:
        """How a step failed of which no question at all was answered; None where there is none.

        MATCH is left out: there is another way without it.
        """
        lost = (self._last[step] for step in self.asked if not self._answered[step] and step != Purpose.MATCH)
        return next(lost, None)

    def must_have_looked(self) -> None:
        """Raises Stopped where a step had no answer: whoever could not look has not found nothing."""
        if (lost := self.blind()) is not None:
            raise Stopped(lost)

    def _tell(self, step: Purpose, done: int, total: int) -> None:
        if self._progress is not None:
            self._progress(Progress(step, done, total))

    def _count(self, step: Purpose, outcome: Outcome[T]) -> None:
        self.asked[step] += 1
        if isinstance(outcome, Failure):
            self.failures[outcome] += 1
            self._last[step] = outcome
            if outcome.systemic:
                raise Stopped(outcome)
            return
        self._answered[step] += 1
        if not outcome.cached:
            self.sent[step] += 1
        self.usage = Usage(
            self.usage.prompt_tokens + outcome.usage.prompt_tokens,
            self.usage.completion_tokens + outcome.usage.completion_tokens,
            self.usage.usd + outcome.usage.usd,
        )


def _first(group: ExceptionGroup[Stopped]) -> Stopped:
    found: Stopped | ExceptionGroup[Stopped] = group
    while isinstance(found, ExceptionGroup):
        found = found.exceptions[0]
    return found
