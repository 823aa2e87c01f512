"""One user, one training size: what every method is given, and what it must give back."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from core.asking.asker import Gateway, ModelAsker
from core.asking.questions import Asker
from core.evaluate.meter import Meter
from core.tuning.constants import Constants
from core.tuning.items import Item
from core.tuning.pool import Job
from core.tuning.session import Session
from core.vocabulary.calls import Answer, Failure, Outcome, Usage
from core.vocabulary.emotions import Distribution, LabelSet


@dataclass(frozen=True, slots=True)
class Case:
    """A user's training items, and the seed and cap that all methods share.

    `max_calls` bounds what a method may ask while it learns. Test pictures are not here: a method sees
    them one by one, in the `predict` that it gives back, and there each costs at most one call.
    """

    user: str
    owner: int
    label_set: LabelSet
    train: Sequence[Item]
    gateway: Gateway
    seed: int
    max_calls: int
    concurrency: int = 4

    def job(self, constants: Constants, meter: Meter) -> Job:
        """The case as a tuning run sees it: its questions counted by `meter`."""
        session = Session(asyncio.Semaphore(self.concurrency))
        return Job(session, ModelAsker(meter), self.label_set, self.train, constants, self.owner, self.seed)


Predict: TypeAlias = Callable[[Asker, Item], Awaitable[Outcome[Distribution]]]
"""Asks for one test item's prediction, through the asker that counts test calls."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What a method made of a case: how it predicts, the text it found, if any, and why (JSON-ready)."""

    predict: Predict
    feelprint: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


async def as_most(asker: Asker, item: Item) -> Outcome[Distribution]:
    """The generic answer, which every item already carries: no call."""
    del asker
    return Answer(item.generic.distribution, Usage(), cached=True)


def only_distribution(outcome: Outcome[Any]) -> Outcome[Distribution]:
    """A judgement's outcome, reduced to its distribution."""
    if isinstance(outcome, Failure):
        return outcome
    return Answer(outcome.value.distribution, outcome.usage, outcome.cached)
