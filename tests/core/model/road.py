"""A gateway over a real client, a real server and a real ledger, with a clock that a test moves."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from core.model.client import ModelClient
from core.model.gateway import Gateway
from core.model.prices import Price
from core.model.retry import Backoff, Breaker
from core.ports import AnswerStore
from core.vocabulary.calls import Usage
from storage import Storage
from tests.core.model.calls import settings_for
from tests.core.model.server import ModelServer, answers, completion
from tests.fakes import ManualClock

PRICES = {"prices": {"m": Price(1.0, 10.0)}}
PAID = Usage(1000, 10, 0.0011)
BAD_FORM = answers(completion('{"colour": "loud"}'))


@dataclass
class Road:
    """A gateway, and the storage that it writes its ledger to."""

    gateway: Gateway
    answers: AnswerStore
    clock: ManualClock
    storage: Storage
    slept: list[float] = field(default_factory=list)

    async def usd(self) -> float:
        """Spent and reserved so far."""
        return sum(usage.usd for usage in (await self.storage.answers.spent(0)).values())


OpenRoad: TypeAlias = Callable[..., AbstractAsyncContextManager[Road]]


@asynccontextmanager
async def opened(
    server: ModelServer,
    storage: Storage,
    *,
    answers: AnswerStore | None = None,
    breaker: Breaker | None = None,
    passing: bool = False,
    **changes: Any,
) -> AsyncIterator[Road]:
    """Settings are those of the server but for `changes`; `answers` may stand before those of the storage.

    `passing`: whoever sleeps moves the clock.
    """
    settings = settings_for(server, **{**PRICES, **changes})
    kept, clock, slept = answers or storage.answers, ManualClock(), []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if passing:
            clock.advance(seconds=seconds)
        await asyncio.sleep(0)

    async with ModelClient(settings) as client:
        gateway = Gateway(
            client,
            kept,
            settings,
            clock,
            backoff=Backoff(settings.retries),
            breaker=lambda: breaker or Breaker(),
            sleep=sleep,
        )
        yield Road(gateway, kept, clock, storage, slept)
        await gateway.aclose(0.1)
