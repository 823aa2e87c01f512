"""A gateway over a real client and a real server, with a fake clock and a fake store."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from core.model.client import ModelClient
from core.model.gateway import Gateway
from core.model.retry import Backoff, Breaker
from core.vocabulary.calls import Usage
from tests.core.model.calls import settings_for
from tests.core.model.server import ModelServer, answers, completion
from tests.fakes import ManualClock, MemoryAnswers

PRICES = {"usd_per_million_prompt": 1.0, "usd_per_million_completion": 10.0}
PAID = Usage(1000, 10, 0.0011)
BAD_FORM = answers(completion('{"colour": "loud"}'))


@dataclass
class Road:
    """A gateway over a real client and a real server."""

    gateway: Gateway
    answers: MemoryAnswers
    clock: ManualClock
    slept: list[float] = field(default_factory=list)


@asynccontextmanager
async def road(
    server: ModelServer,
    answers: MemoryAnswers | None = None,
    breaker: Breaker | None = None,
    *,
    passing: bool = False,
    **changes: Any,
) -> AsyncIterator[Road]:
    """`passing`: whoever sleeps moves the clock."""
    settings = settings_for(server, **{**PRICES, **changes})
    answers, clock, slept = answers or MemoryAnswers(), ManualClock(), []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if passing:
            clock.advance(seconds=seconds)
        await asyncio.sleep(0)

    async with ModelClient(settings) as client:
        gateway = Gateway(
            client,
            answers,
            settings,
            clock,
            backoff=Backoff(settings.retries),
            breaker=lambda: breaker or Breaker(),
            sleep=sleep,
        )
        yield Road(gateway, answers, clock, slept)
        await gateway.aclose(0.1)
