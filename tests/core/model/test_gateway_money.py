"""What calls cost, and the caps."""

import asyncio
from typing import Any

import pytest

from core.vocabulary.calls import Answer, Failure
from core.vocabulary.errors import StorageError, StorageProblem
from tests.core.model.calls import a_call, colour
from tests.core.model.road import PAID, road
from tests.core.model.server import ModelServer, after, answers, completion, cut, hangs
from tests.fakes import MemoryAnswers


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
    raise StorageError(StorageProblem.FULL)


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
