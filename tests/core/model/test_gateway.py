import asyncio
from typing import Any

import pytest

from core.model.dialect import REMINDER
from core.model.retry import Breaker
from core.vocabulary.calls import Answer, Failure, Purpose
from core.vocabulary.consent import CONSENT_VERSION
from tests.core.model.calls import a_call, colour
from tests.core.model.road import BAD_FORM, PAID, OpenRoad
from tests.core.model.server import ModelServer, after, answers, completion, fails
from tests.ledger import endings, lines


async def test_an_answer_is_paid_for_once_and_kept(server: ModelServer, road: OpenRoad) -> None:
    async with road() as r:
        assert await r.gateway.ask(a_call(), colour) == Answer("red", PAID, cached=False)
        assert await r.gateway.ask(a_call(purpose=Purpose.SHADOW), colour) == Answer("red", PAID, cached=True)
    assert len(server.requests) == 1
    assert await r.answers.calls() == {"generic": 1}
    assert await r.answers.spent(0) == {"generic": PAID}


async def test_what_is_kept_survives_the_gateway(server: ModelServer, road: OpenRoad) -> None:
    async with road() as first:
        await first.gateway.ask(a_call(), colour)
    async with road() as second:
        assert await second.gateway.ask(a_call(), colour) == Answer("red", PAID, cached=True)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "change",
    [{"owner": 7}, {"system": "x"}, {"nonce": "2"}, {"temperature": 0.5}, {"max_tokens": 9}, {"parts": ("?",)}],
)
async def test_another_question_is_another_call(
    server: ModelServer, road: OpenRoad, change: dict[str, Any]
) -> None:
    async with road() as r:
        await r.storage.members.join(7, CONSENT_VERSION, 1)
        await r.gateway.ask(a_call(), colour)
        await r.gateway.ask(a_call(**change), colour)
    assert len(server.requests) == 2


async def test_the_same_question_from_many_at_once_is_one_request(server: ModelServer, road: OpenRoad) -> None:
    server.always = after(0.1, server.always)
    async with road() as r:
        outcomes = await asyncio.gather(*(r.gateway.ask(a_call(), colour) for _ in range(50)))
    assert len(server.requests) == 1
    assert [o.cached for o in outcomes if isinstance(o, Answer)].count(False) == 1
    assert len(await lines(r.storage)) == 1


async def test_a_kept_text_that_is_no_longer_in_form_is_asked_for_again(
    server: ModelServer, road: OpenRoad
) -> None:
    server.script = [answers(completion('{"colour": "blue"}'))]

    def only_red(text: str) -> str:
        if colour(text) != "red":
            raise ValueError
        return "red"

    async with road() as r:
        await r.gateway.ask(a_call(), colour)
        assert await r.gateway.ask(a_call(), only_red) == Answer("red", PAID, cached=False)
        assert await r.gateway.ask(a_call(), only_red) == Answer("red", PAID, cached=True)
        assert await r.gateway.ask(a_call(), colour) == Answer("blue", PAID, cached=True)


async def test_an_answer_not_in_form_is_asked_once_more_with_a_reminder(
    server: ModelServer, road: OpenRoad
) -> None:
    server.script = [BAD_FORM]
    async with road() as r:
        assert await r.gateway.ask(a_call(), colour) == Answer("red", PAID, cached=False)
        assert await r.gateway.ask(a_call(), colour) == Answer("red", PAID, cached=True)
    first, second = (request["messages"][1]["content"] for request in server.requests)
    assert second == [*first[:-1], {"type": "text", "text": REMINDER}]
    assert await endings(r.storage) == ["invalid", "ok"]
    assert (await r.answers.spent(0))["generic"].usd == pytest.approx(2 * PAID.usd)


async def test_a_second_answer_not_in_form_is_the_end(server: ModelServer, road: OpenRoad) -> None:
    server.always = BAD_FORM
    async with road(structured="text") as r:
        assert await r.gateway.ask(a_call(), colour) is Failure.INVALID
        assert len(server.requests) == 2
        assert await r.gateway.ask(a_call(), colour) is Failure.INVALID
    assert len(server.requests) == 4, "a failure is not kept"


@pytest.mark.parametrize("error", [KeyError, TypeError, RecursionError, IndexError])
async def test_whatever_a_parser_trips_over_is_an_answer_not_in_form(
    server: ModelServer, road: OpenRoad, error: type[Exception]
) -> None:
    def clumsy(_: str) -> str:
        raise error

    async with road() as r:
        assert await r.gateway.ask(a_call(), clumsy) is Failure.INVALID


async def test_a_cut_answer_gets_more_room(server: ModelServer, road: OpenRoad) -> None:
    server.script = [answers(completion("{", finish="length"))]
    async with road() as r:
        assert isinstance(await r.gateway.ask(a_call(max_tokens=100), colour), Answer)
    assert [request["max_tokens"] for request in server.requests] == [100, 400]


async def test_a_server_that_is_down_for_a_moment_is_tried_again(server: ModelServer, road: OpenRoad) -> None:
    server.script = [fails(503), fails(429, retry_after="3")]
    async with road() as r:
        assert isinstance(await r.gateway.ask(a_call(), colour), Answer)
    assert len(server.requests) == 3
    assert r.slept[1] >= 3.0
    assert await endings(r.storage) == ["unavailable", "rate_limited", "ok"]
    assert (await r.answers.spent(0))["generic"] == PAID


@pytest.mark.parametrize(
    ("behave", "failure", "requests"),
    [
        (fails(503), Failure.UNAVAILABLE, 3),
        (fails(401), Failure.AUTH, 1),
        (fails(429, code="insufficient_quota"), Failure.QUOTA, 1),
        (fails(429, retry_after="9999"), Failure.RATE_LIMITED, 1),
        (answers(completion(None, refusal="no")), Failure.REFUSED, 1),
        (answers(completion("", finish="content_filter")), Failure.FILTERED, 1),
    ],
)
async def test_what_cannot_help_is_not_tried_again(
    server: ModelServer, road: OpenRoad, behave: Any, failure: Failure, requests: int
) -> None:
    server.always = behave
    async with road() as r:
        assert await r.gateway.ask(a_call(), colour) is failure
    assert len(server.requests) == requests


async def test_a_dead_server_is_left_alone_and_found_again(server: ModelServer, road: OpenRoad) -> None:
    server.always = fails(503)
    async with road(breaker=Breaker(threshold=3, pause_ms=30_000)) as r:
        for i in range(120):
            assert await r.gateway.ask(a_call(nonce=str(i)), colour) is Failure.UNAVAILABLE
            r.clock.advance(seconds=30 if i >= 60 else 0)
        assert len(server.requests) == 3 * 3 + 59, "three outcomes of three tries, then one trial a pause"
        server.always = answers(completion())
        r.clock.advance(seconds=30)
        assert isinstance(await r.gateway.ask(a_call(), colour), Answer)
        assert isinstance(await r.gateway.ask(a_call(nonce="z"), colour), Answer)
