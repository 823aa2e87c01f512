"""Who waits, who goes away, who comes first."""

import asyncio
from typing import Any

import pytest

from core.vocabulary.calls import Answer, Failure, Purpose
from tests.core.model.calls import a_call, colour
from tests.core.model.road import PAID, OpenRoad
from tests.core.model.server import ModelServer, after, fails, hangs
from tests.ledger import endings


async def test_one_who_goes_away_does_not_lose_the_answer(server: ModelServer, road: OpenRoad) -> None:
    server.always = after(0.1, server.always)
    async with road() as r:
        task = asyncio.create_task(r.gateway.ask(a_call(), colour))
        await server.arrived()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await r.gateway.ask(a_call(), colour) == Answer("red", PAID, cached=True)
    assert len(server.requests) == 1
    assert await endings(r.storage) == ["ok"]


async def test_one_who_goes_away_does_not_take_the_answer_from_another(
    server: ModelServer, road: OpenRoad
) -> None:
    server.always = after(0.1, server.always)
    async with road() as r:
        first, second = (asyncio.create_task(r.gateway.ask(a_call(), colour)) for _ in range(2))
        await server.arrived()
        first.cancel()
        assert await second == Answer("red", PAID, cached=True)
    assert first.cancelled()


async def test_what_was_not_sent_is_dropped_with_the_last_who_waits(server: ModelServer, road: OpenRoad) -> None:
    server.always = after(0.2, server.always)
    async with road(concurrency=2) as r:
        tasks = [asyncio.create_task(r.gateway.ask(a_call(nonce=str(i)), colour)) for i in range(20)]
        await server.arrived(2)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.4)
    assert len(server.requests) == 2
    assert await endings(r.storage) == ["ok", "ok"]


async def test_whoever_asks_in_the_moment_in_which_the_last_one_goes_away_is_answered(
    server: ModelServer, road: OpenRoad
) -> None:
    server.always = after(0.1, server.always)
    async with road(concurrency=1) as r:
        before = asyncio.create_task(r.gateway.ask(a_call(nonce="before"), colour))
        await server.arrived()
        first = asyncio.create_task(r.gateway.ask(a_call(), colour))
        await asyncio.sleep(0.02)
        first.cancel()
        second = asyncio.create_task(r.gateway.ask(a_call(), colour))
        assert await second == Answer("red", PAID, cached=False)
        await before
    assert first.cancelled()


async def test_an_abandoned_call_is_not_tried_again(server: ModelServer, road: OpenRoad) -> None:
    server.always = after(0.1, fails(503))
    async with road() as r:
        task = asyncio.create_task(r.gateway.ask(a_call(), colour))
        await server.arrived()
        task.cancel()
        await asyncio.sleep(0.4)
    assert len(server.requests) == 1
    assert await endings(r.storage) == ["unavailable"]


@pytest.mark.parametrize(
    ("purpose", "concurrency", "allowed"),
    [(Purpose.GENERIC, 3, 3), (Purpose.PREDICT, 1, 1), (Purpose.PREDICT, 3, 1), (Purpose.PREDICT, 5, 2)],
)
async def test_no_more_requests_are_open_at_once_than_allowed(
    server: ModelServer, road: OpenRoad, purpose: Purpose, concurrency: int, allowed: int
) -> None:
    open_now, most, answer, together = 0, 0, server.always, asyncio.Event()

    async def counting(request: Any) -> Any:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        if open_now == allowed:
            together.set()
        await asyncio.wait_for(together.wait(), 60)  # on a busy machine the second may come late
        await asyncio.sleep(0.02)
        open_now -= 1
        return await answer(request)

    server.always = counting
    async with road(concurrency=concurrency) as r:
        asked = [a_call(nonce=str(i), purpose=purpose) for i in range(20)]
        await asyncio.gather(*(r.gateway.ask(call, colour) for call in asked))
    assert most == allowed


async def test_a_members_question_does_not_wait_for_tuning(server: ModelServer, road: OpenRoad) -> None:
    slow, quick = hangs, server.always
    server.always = slow
    async with road(concurrency=2) as r:
        tasks = [asyncio.create_task(r.gateway.ask(a_call(nonce=str(i)), colour)) for i in range(10)]
        await server.arrived(2)
        server.always = quick
        async with asyncio.timeout(60):
            assert isinstance(await r.gateway.ask(a_call(purpose=Purpose.PREDICT), colour), Answer)
        for task in tasks:
            task.cancel()


async def test_closing_keeps_what_is_on_its_way_and_answers_the_rest(server: ModelServer, road: OpenRoad) -> None:
    server.always = after(0.1, server.always)
    async with road(concurrency=2) as r:
        tasks = [asyncio.create_task(r.gateway.ask(a_call(nonce=str(i)), colour)) for i in range(6)]
        await server.arrived(2)
        await r.gateway.aclose(5.0)
        outcomes = await asyncio.gather(*tasks)
        assert await r.gateway.ask(a_call(), colour) is Failure.UNAVAILABLE
    assert sum(isinstance(o, Answer) for o in outcomes) == 2
    assert outcomes.count(Failure.UNAVAILABLE) == 4
    keys = [a_call(nonce=str(i)).key("m") for i in range(6)]
    assert [await r.answers.get(key) is None for key in keys].count(False) == 2
