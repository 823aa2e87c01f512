"""Rate limits are kept to: waited for by all together, told apart from an empty account, and never for ever."""

import asyncio

import pytest
from aiohttp import web

from core.model.faults import fault_of
from core.model.said import wait_in
from core.vocabulary.calls import Answer, Failure, Purpose
from tests.core.model.calls import a_call, colour
from tests.core.model.road import OpenRoad
from tests.core.model.server import ModelServer, answers, completion, fails

BEHIND_LITELLM = (
    "litellm.RateLimitError: RateLimitError: OpenAIException - You exceeded your current quota, please check your "
    "plan and billing details."
)
GEMINI = (
    "You exceeded your current quota, please check your plan and billing details. Quota exceeded for metric: "
    "generate_content_free_tier_requests, limit: 20. Please retry in 38.6s."
)


@pytest.mark.parametrize("headers", [{}, {"retry_after": "7"}])
async def test_ten_requests_a_minute_answer_all_questions_of_one_run(
    server: ModelServer, road: OpenRoad, headers: dict[str, str]
) -> None:
    seen: list[int] = []

    async def limited(request: web.Request) -> web.StreamResponse:
        seen[:] = [at for at in seen if at > r.clock.now_ms() - 60_000]
        if len(seen) >= 10:
            return await fails(429, "Rate limit reached", **headers)(request)
        seen.append(r.clock.now_ms())
        return await answers(completion())(request)

    server.always = limited
    async with road(passing=True) as r:
        began = r.clock.now_ms()
        outcomes = await asyncio.gather(*(r.gateway.ask(a_call(nonce=str(i)), colour) for i in range(86)))
    assert all(isinstance(outcome, Answer) for outcome in outcomes)
    assert r.clock.now_ms() - began < 30 * 60_000, "eight minutes would do"


async def test_a_server_that_never_lets_us_in_is_told_so_and_not_for_away(
    server: ModelServer, road: OpenRoad
) -> None:
    server.always = fails(429, "Rate limit reached")
    async with road(passing=True) as r:
        assert await r.gateway.ask(a_call(), colour) is Failure.RATE_LIMITED
    assert sum(r.slept) > 30
    assert len(server.requests) < 10


async def test_a_member_does_not_wait_a_minute(server: ModelServer, road: OpenRoad) -> None:
    server.always = fails(429, "Rate limit reached", retry_after="38")
    async with road() as r:
        assert await r.gateway.ask(a_call(purpose=Purpose.PREDICT), colour) is Failure.RATE_LIMITED
    assert r.slept == []


async def test_a_limit_for_a_minute_is_no_empty_account(server: ModelServer, road: OpenRoad) -> None:
    server.script = [answers([{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": GEMINI}}], 429)]
    async with road(passing=True) as r:
        assert isinstance(await r.gateway.ask(a_call(), colour), Answer)
        assert isinstance(await r.gateway.ask(a_call(nonce="2"), colour), Answer)
    assert r.slept == [pytest.approx(38.6)]


@pytest.mark.parametrize(
    ("message", "headers", "failure"),
    [
        (GEMINI, {"retry-after": "38"}, Failure.RATE_LIMITED),
        ("Rate limit reached for gpt in org on tokens per min (TPM): Limit 200", {}, Failure.RATE_LIMITED),
        ("Quota exceeded for quotaId GenerateRequestsPerDayPerProject-FreeTier", {}, Failure.QUOTA),
        ("You exceeded your current quota, please check your plan and billing details.", {}, Failure.QUOTA),
        (BEHIND_LITELLM, {}, Failure.QUOTA),
        (f"litellm.RateLimitError: geminiException - {GEMINI}", {}, Failure.RATE_LIMITED),
        ("litellm.RateLimitError: RateLimitError: OpenAIException - slow down", {}, Failure.RATE_LIMITED),
        ("Budget has been exceeded! Current cost: 0.2, Max budget: 0.1", {}, Failure.QUOTA),
        ("ExceededBudget: over budget", {}, Failure.QUOTA),
    ],
)
def test_a_429_is_too_fast_or_out_of_credit_by_its_words(
    message: str, headers: dict[str, str], failure: Failure
) -> None:
    assert fault_of(429, {"error": {"message": message, "code": 429}}, headers).failure is failure


RETRY_INFO = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "38s"}
WAITS = [
    ({"retry-after": "3"}, None, 3.0),
    ({"retry-after-ms": "250"}, None, 0.25),
    ({"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, None, 30.0),
    ({"llm_provider-retry-after": "12"}, None, 12.0),
    ({"x-ratelimit-reset-requests": "6m0s", "x-ratelimit-remaining-requests": "0"}, None, 360.0),
    (
        {
            "x-ratelimit-reset-requests": "1s",
            "x-ratelimit-remaining-requests": "9",
            "x-ratelimit-reset-tokens": "120ms",
            "x-ratelimit-remaining-tokens": "0",
        },
        None,
        0.12,
    ),
    ({"x-ratelimit-reset": "1792567740000", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, None, 60.0),
    ({"retry-after": "1792567740", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, None, 60.0),
    ({"retry-after-ms": "1792567740000", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, None, 60.0),
    ({"retry-after": "1792567740"}, None, None),
    ({}, {"error": {"message": "slow down", "retry_after": 1792567740}}, None),
    ({}, [{"error": {"details": [RETRY_INFO]}}], 38.0),
    ({}, {"error": {"message": "Please try again in 1.5s. Visit the site."}}, 1.5),
    ({}, {"error": {"message": "slow down", "metadata": {"retry_after": 4}}}, 4.0),
    ({"retry-after": "soon"}, {"error": {"message": "no"}}, None),
]


@pytest.mark.parametrize(("headers", "body", "seconds"), WAITS)
def test_the_wait_is_read_wherever_a_server_puts_it(
    headers: dict[str, str], body: object, seconds: float | None
) -> None:
    found = wait_in(headers, body)
    assert found == (None if seconds is None else pytest.approx(seconds))


async def test_there_is_an_end_even_where_the_clock_stands_still(server: ModelServer, road: OpenRoad) -> None:
    server.always = fails(429, "Rate limit reached")
    async with road() as r:
        assert await r.gateway.ask(a_call(), colour) is Failure.RATE_LIMITED
