import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from core.errors import StorageError
from core.model.calls import Answer, Failure, Purpose, Usage
from core.model.client import ModelClient
from core.model.dialect import REMINDER
from core.model.gateway import Gateway
from core.model.retry import Backoff, Breaker
from tests.core.model.conftest import a_call, colour, settings_for
from tests.core.model.server import ModelServer, after, answers, completion, cut, fails, hangs
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
    server: ModelServer, answers: MemoryAnswers | None = None, breaker: Breaker | None = None, **changes: Any
) -> AsyncIterator[Road]:
    settings = settings_for(server, **{**PRICES, **changes})
    answers, clock, slept = answers or MemoryAnswers(), ManualClock(), []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0)

    async with ModelClient(settings) as client:
        gateway = Gateway(
            client, answers, settings, clock, backoff=Backoff(settings.retries), breaker=breaker, sleep=sleep
        )
        yield Road(gateway, answers, clock, slept)
        await gateway.aclose(0.1)


async def test_an_answer_is_paid_for_once_and_kept(server: ModelServer) -> None:
    async with road(server) as r:
        assert await r.gateway.ask(a_call(), colour) == Answer("red", PAID, cached=False)
        assert await r.gateway.ask(a_call(purpose=Purpose.SHADOW), colour) == Answer("red", PAID, cached=True)
    assert len(server.requests) == 1
    assert await r.answers.calls() == {"generic": 1}
    assert await r.answers.spent(0) == {"generic": PAID}


async def test_what_is_kept_survives_the_gateway(server: ModelServer) -> None:
    async with road(server) as first:
        await first.gateway.ask(a_call(), colour)
    async with road(server, first.answers) as second:
        assert await second.gateway.ask(a_call(), colour) == Answer("red", PAID, cached=True)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "change",
    [{"owner": 7}, {"system": "x"}, {"nonce": "2"}, {"temperature": 0.5}, {"max_tokens": 9}, {"parts": ("?",)}],
)
async def test_another_question_is_another_call(server: ModelServer, change: dict[str, Any]) -> None:
    async with road(server) as r:
        await r.gateway.ask(a_call(), colour)
        await r.gateway.ask(a_call(**change), colour)
    assert len(server.requests) == 2


async def test_the_same_question_from_many_at_once_is_one_request(server: ModelServer) -> None:
    server.always = after(0.1, server.always)
    async with road(server) as r:
        outcomes = await asyncio.gather(*(r.gateway.ask(a_call(), colour) for _ in range(50)))
    assert len(server.requests) == 1
    assert [o.cached for o in outcomes if isinstance(o, Answer)].count(False) == 1
    assert len(r.answers.entries) == 1


async def test_a_kept_text_that_is_no_longer_in_form_is_asked_for_again(server: ModelServer) -> None:
    server.script = [answers(completion('{"colour": "blue"}'))]

    def only_red(text: str) -> str:
        if colour(text) != "red":
            raise ValueError
        return "red"

    async with road(server) as r:
        await r.gateway.ask(a_call(), colour)
        assert await r.gateway.ask(a_call(), only_red) == Answer("red", PAID, cached=False)
        assert await r.gateway.ask(a_call(), only_red) == Answer("red", PAID, cached=True)
        assert await r.gateway.ask(a_call(), colour) == Answer("blue", PAID, cached=True)


async def test_an_answer_not_in_form_is_asked_once_more_with_a_reminder(server: ModelServer) -> None:
    server.script = [BAD_FORM]
    async with road(server) as r:
        assert await r.gateway.ask(a_call(), colour) == Answer("red", PAID, cached=False)
        assert await r.gateway.ask(a_call(), colour) == Answer("red", PAID, cached=True)
    first, second = (request["messages"][1]["content"] for request in server.requests)
    assert second == [*first, {"type": "text", "text": REMINDER}]
    assert r.answers.outcomes == ["invalid", "ok"]
    assert (await r.answers.spent(0))["generic"].usd == pytest.approx(2 * PAID.usd)


async def test_a_second_answer_not_in_form_is_the_end(server: ModelServer) -> None:
    server.always = BAD_FORM
    async with road(server) as r:
        assert await r.gateway.ask(a_call(), colour) is Failure.INVALID
        assert len(server.requests) == 2
        assert await r.gateway.ask(a_call(), colour) is Failure.INVALID
    assert len(server.requests) == 4, "a failure is not kept"


@pytest.mark.parametrize("error", [KeyError, TypeError, RecursionError, IndexError])
async def test_whatever_a_parser_trips_over_is_an_answer_not_in_form(
    server: ModelServer, error: type[Exception]
) -> None:
    def clumsy(_: str) -> str:
        raise error

    async with road(server) as r:
        assert await r.gateway.ask(a_call(), clumsy) is Failure.INVALID


async def test_a_cut_answer_gets_more_room(server: ModelServer) -> None:
    server.script = [answers(completion("{", finish="length"))]
    async with road(server) as r:
        assert isinstance(await r.gateway.ask(a_call(max_tokens=100), colour), Answer)
    assert [request["max_tokens"] for request in server.requests] == [100, 400]


async def test_a_server_that_is_down_for_a_moment_is_tried_again(server: ModelServer) -> None:
    server.script = [fails(503), fails(429, retry_after="3")]
    async with road(server) as r:
        assert isinstance(await r.gateway.ask(a_call(), colour), Answer)
    assert len(server.requests) == 3
    assert r.slept[1] >= 3.0
    assert r.answers.outcomes == ["unavailable", "unavailable", "ok"]
    assert (await r.answers.spent(0))["generic"] == PAID


@pytest.mark.parametrize(
    ("behave", "failure", "requests"),
    [
        (fails(503), Failure.UNAVAILABLE, 3),
        (fails(401), Failure.AUTH, 1),
        (fails(429, code="insufficient_quota"), Failure.QUOTA, 1),
        (fails(429, retry_after="9999"), Failure.UNAVAILABLE, 1),
        (fails(400), Failure.INVALID, 1),
        (answers(completion(None, refusal="no")), Failure.REFUSED, 1),
        (answers(completion("", finish="content_filter")), Failure.FILTERED, 1),
    ],
)
async def test_what_cannot_help_is_not_tried_again(
    server: ModelServer, behave: Any, failure: Failure, requests: int
) -> None:
    server.always = behave
    async with road(server) as r:
        assert await r.gateway.ask(a_call(), colour) is failure
    assert len(server.requests) == requests


async def test_a_call_that_timed_out_counts_as_paid_and_is_not_sent_again(server: ModelServer) -> None:
    server.always = hangs
    async with road(server, deadline_s=0.2) as r:
        assert await r.gateway.ask(a_call(), colour) is Failure.UNAVAILABLE
    assert len(server.requests) == 1
    assert (await r.answers.spent(0))["generic"].usd > 0


async def test_usage_that_is_missing_counts_as_the_estimate(server: ModelServer) -> None:
    server.always = answers(completion(usage=None))
    async with road(server) as r:
        outcome = await r.gateway.ask(a_call(max_tokens=400), colour)
    assert isinstance(outcome, Answer)
    assert outcome.usage.completion_tokens == 400
    assert outcome.usage.usd > 0.004


async def test_a_half_answer_counts_as_paid(server: ModelServer) -> None:
    server.script = [cut(0.5)]
    async with road(server) as r:
        await r.gateway.ask(a_call(), colour)
    first, second = r.answers.entries.values()
    assert first.usage.usd > second.usage.usd > 0


@pytest.mark.parametrize("caps", [{"cap_usd_day": 0.05}, {"member_cap_usd_day": 0.05}])
async def test_a_cap_is_never_passed_however_many_ask_at_once(server: ModelServer, caps: dict[str, float]) -> None:
    server.always = after(0.01, server.always)
    async with road(server, concurrency=32, **caps) as r:
        asks = (r.gateway.ask(a_call(owner=7, nonce=str(i)), colour) for i in range(200))
        outcomes = await asyncio.gather(*asks)
    assert Failure.BUDGET in outcomes
    answered = sum(isinstance(o, Answer) for o in outcomes)
    assert answered == len(server.requests) > 10
    assert r.answers.most_usd_in_a_day <= 0.05
    assert r.answers.usd(0) == pytest.approx(answered * PAID.usd)


async def test_one_members_cap_is_not_anothers(server: ModelServer) -> None:
    async with road(server, member_cap_usd_day=0.006) as r:
        assert isinstance(await r.gateway.ask(a_call(owner=1), colour), Answer)
        assert await r.gateway.ask(a_call(owner=1, nonce="2"), colour) is Failure.BUDGET
        assert isinstance(await r.gateway.ask(a_call(owner=2), colour), Answer)
        r.clock.advance(seconds=86_401)
        assert isinstance(await r.gateway.ask(a_call(owner=1, nonce="2"), colour), Answer)


async def test_estimates_learn_from_a_server_that_counts_more(server: ModelServer) -> None:
    costly = {"prompt_tokens": 30_000, "completion_tokens": 10, "total_tokens": 30_010}
    server.always = answers(completion(usage=costly))
    async with road(server, cap_usd_day=0.1) as r:
        outcomes = [await r.gateway.ask(a_call(nonce=str(i)), colour) for i in range(5)]
    assert [isinstance(o, Answer) for o in outcomes] == [True, True, True, False, False]
    assert r.answers.most_usd_in_a_day <= 0.1


async def test_a_dead_server_is_left_alone_and_found_again(server: ModelServer) -> None:
    server.always = fails(503)
    async with road(server, breaker=Breaker(threshold=3, pause_ms=30_000)) as r:
        for i in range(120):
            assert await r.gateway.ask(a_call(nonce=str(i)), colour) is Failure.UNAVAILABLE
            r.clock.advance(seconds=30 if i >= 60 else 0)
        assert len(server.requests) == 3 * 3 + 59, "three outcomes of three tries, then one trial a pause"
        server.always = answers(completion())
        r.clock.advance(seconds=30)
        assert isinstance(await r.gateway.ask(a_call(), colour), Answer)
        assert isinstance(await r.gateway.ask(a_call(nonce="z"), colour), Answer)


async def test_one_who_goes_away_does_not_lose_the_answer(server: ModelServer) -> None:
    server.always = after(0.1, server.always)
    async with road(server) as r:
        task = asyncio.create_task(r.gateway.ask(a_call(), colour))
        await server.arrived()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await r.gateway.ask(a_call(), colour) == Answer("red", PAID, cached=True)
    assert len(server.requests) == 1
    assert r.answers.outcomes == ["ok"]


async def test_one_who_goes_away_does_not_take_the_answer_from_another(server: ModelServer) -> None:
    server.always = after(0.1, server.always)
    async with road(server) as r:
        first, second = (asyncio.create_task(r.gateway.ask(a_call(), colour)) for _ in range(2))
        await server.arrived()
        first.cancel()
        assert await second == Answer("red", PAID, cached=True)
    assert first.cancelled()


async def test_what_was_not_sent_is_dropped_with_the_last_who_waits(server: ModelServer) -> None:
    server.always = after(0.2, server.always)
    async with road(server, concurrency=2) as r:
        tasks = [asyncio.create_task(r.gateway.ask(a_call(nonce=str(i)), colour)) for i in range(20)]
        await server.arrived(2)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.4)
    assert len(server.requests) == 2
    assert r.answers.outcomes == ["ok", "ok"]


async def test_an_abandoned_call_is_not_tried_again(server: ModelServer) -> None:
    server.always = after(0.1, fails(503))
    async with road(server) as r:
        task = asyncio.create_task(r.gateway.ask(a_call(), colour))
        await server.arrived()
        task.cancel()
        await asyncio.sleep(0.4)
    assert len(server.requests) == 1
    assert r.answers.outcomes == ["unavailable"]


async def test_no_more_requests_are_open_at_once_than_allowed(server: ModelServer) -> None:
    open_now, most, answer = 0, 0, server.always

    async def counting(request: Any) -> Any:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        await asyncio.sleep(0.02)
        open_now -= 1
        return await answer(request)

    server.always = counting
    async with road(server, concurrency=3) as r:
        await asyncio.gather(*(r.gateway.ask(a_call(nonce=str(i)), colour) for i in range(20)))
    assert most == 3


async def test_a_members_question_does_not_wait_for_tuning(server: ModelServer) -> None:
    slow, quick = hangs, server.always
    server.always = slow
    async with road(server, concurrency=2) as r:
        tasks = [asyncio.create_task(r.gateway.ask(a_call(nonce=str(i)), colour)) for i in range(10)]
        await server.arrived(2)
        server.always = quick
        async with asyncio.timeout(2):
            assert isinstance(await r.gateway.ask(a_call(purpose=Purpose.PREDICT), colour), Answer)
        for task in tasks:
            task.cancel()


async def test_closing_keeps_what_is_on_its_way_and_answers_the_rest(server: ModelServer) -> None:
    server.always = after(0.1, server.always)
    async with road(server, concurrency=2) as r:
        tasks = [asyncio.create_task(r.gateway.ask(a_call(nonce=str(i)), colour)) for i in range(6)]
        await server.arrived(2)
        await r.gateway.aclose(5.0)
        outcomes = await asyncio.gather(*tasks)
        assert await r.gateway.ask(a_call(), colour) is Failure.UNAVAILABLE
    assert sum(isinstance(o, Answer) for o in outcomes) == 2
    assert outcomes.count(Failure.UNAVAILABLE) == 4
    assert len(r.answers.kept) == 2


class Failing(MemoryAnswers):
    """A disk that fills up at one of the three steps."""

    def __init__(self, step: str) -> None:
        super().__init__()
        self.step = step

    def __getattribute__(self, name: str) -> Any:
        if name == object.__getattribute__(self, "__dict__").get("step"):
            return _disk_full
        return super().__getattribute__(name)


async def _disk_full(*_: Any, **__: Any) -> None:
    raise StorageError("The disk is full.")


@pytest.mark.parametrize("step", ["get", "reserve"])
async def test_nothing_is_sent_that_cannot_be_written_down(server: ModelServer, step: str) -> None:
    async with road(server, Failing(step)) as r:
        with pytest.raises(StorageError):
            await r.gateway.ask(a_call(), colour)
    assert server.requests == []


async def test_a_full_disk_does_not_lose_the_answer_in_hand_nor_its_cost(server: ModelServer) -> None:
    async with road(server, Failing("settle")) as r:
        assert await r.gateway.ask(a_call(), colour) == Answer("red", PAID, cached=False)
    assert r.answers.outcomes == [None]
    assert r.answers.usd(0) > PAID.usd
