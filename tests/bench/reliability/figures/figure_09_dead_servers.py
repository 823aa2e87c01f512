"""Figures 9 and 10: a server that is dead is hardly asked, and one that never ends its answer is not waited for.

A dead server for an hour of a simulated clock, asked once a second: how often it is asked at most, and how soon it
is found again. And real seconds: a server that drips, hangs, or stops in the middle.
"""

import asyncio
import contextlib
import time
from collections.abc import Iterator

from core.model import client
from core.model.retry import Breaker
from core.vocabulary.calls import Answer, Failure
from core.vocabulary.clock import SystemClock
from storage import open_storage
from tests.bench.reliability.figure import Figure, Trials
from tests.bench.reliability.kinds import SQLITE, fresh
from tests.core.model.calls import a_call, colour, settings_for
from tests.core.model.road import opened
from tests.core.model.server import ModelServer, after, answers, completion, drips, fails, hangs, serving

THRESHOLD, PAUSE_S, TRIES = 5, 30, 3
DEADLINE_S, MORE_S = 0.4, 1.0


async def dead(trials: Trials) -> None:
    """Ask once a second; then the server is back."""
    server = ModelServer(always=fails(503))
    async with contextlib.AsyncExitStack() as stack:
        url = await fresh(SQLITE, trials.folder)
        storage = await stack.enter_async_context(open_storage(url, clock=SystemClock()))
        await stack.enter_async_context(serving(server))
        road = await stack.enter_async_context(opened(server, storage))
        slowest = 0.0
        for number in range(trials.n):
            began = time.perf_counter()
            outcome = await road.gateway.ask(a_call(nonce=str(number)), colour)
            slowest = max(slowest, time.perf_counter() - began)
            trials.check(outcome is Failure.UNAVAILABLE, f"{outcome}")
            road.clock.advance(seconds=1)
        asked, most = len(server.requests), THRESHOLD * TRIES + trials.n // PAUSE_S + 1
        trials.check(asked <= most, f"{asked} requests, {most} at most")
        trials.check(slowest < 3.0, f"one was told after {slowest:.1f} s")
        server.always, waited = answers(completion()), 0
        while not isinstance(await road.gateway.ask(a_call(), colour), Answer) and waited <= PAUSE_S:
            road.clock.advance(seconds=1)
            waited += 1
        trials.check(waited <= PAUSE_S, f"found again after {waited} s")
        trials.note(f"{asked} requests, found again after {waited} s")


async def endless(trials: Trials) -> None:
    """Ask servers that never come to an end."""
    kinds = (drips, hangs, after(60.0, answers(completion())))
    longest = 0.0
    async with serving() as server, client.ModelClient(settings_for(server, deadline_s=DEADLINE_S)) as asks:
        for first in range(0, trials.n, 10):
            server.always = kinds[first // 10 % len(kinds)]
            group = (_took(asks, number) for number in range(first, min(first + 10, trials.n)))
            for seconds in await asyncio.gather(*group):
                longest = max(longest, seconds)
                trials.check(seconds <= DEADLINE_S + MORE_S, f"ended after {seconds:.1f} s")
    trials.note(f"the longest took {longest:.2f} s of {DEADLINE_S}")


async def _took(asks: client.ModelClient, number: int) -> float:
    began = time.perf_counter()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asks.send(a_call(nonce=str(number))), DEADLINE_S + MORE_S + 0.5)
    return time.perf_counter() - began


@contextlib.contextmanager
def without_breaker() -> Iterator[None]:
    """Nobody is refused because others failed."""
    was = Breaker.refusal
    Breaker.refusal = lambda *_: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        Breaker.refusal = was  # type: ignore[method-assign]


@contextlib.contextmanager
def without_deadline() -> Iterator[None]:
    """Only each read is bounded, not the whole."""
    was = asyncio.timeout
    asyncio.timeout = lambda _: contextlib.AsyncExitStack()  # type: ignore[assignment]
    try:
        yield
    finally:
        asyncio.timeout = was


DEAD = Figure(9, "A server that is dead is hardly asked, and found again", dead, without_breaker, 600, 3_600, 60)
ENDLESS = Figure(10, "An answer that never ends is not waited for", endless, without_deadline, 60, 300, 10)
