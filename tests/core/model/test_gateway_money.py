"""What calls cost, and the caps."""

import asyncio
from typing import Any

import pytest

from core.model.prices import Price
from core.ports import AnswerStore, Caps, Purchase, Reservation, waiting
from core.vocabulary.calls import Answer, Failure, Payer, Purpose
from core.vocabulary.consent import CONSENT_VERSION
from core.vocabulary.errors import StorageError, StorageProblem
from storage import Storage
from tests.altered import Altered
from tests.core.model.calls import a_call, colour
from tests.core.model.road import PAID, OpenRoad
from tests.core.model.server import ModelServer, after, answers, completion, cut, hangs
from tests.ledger import endings, lines


async def test_a_call_that_timed_out_counts_as_paid_and_is_not_sent_again(
    server: ModelServer, road: OpenRoad
) -> None:
    server.always = hangs
    async with road(deadline_s=0.2) as r:
        assert await r.gateway.ask(a_call(), colour) is Failure.UNAVAILABLE
    assert len(server.requests) == 1
    assert (await r.answers.spent(0))["generic"].usd > 0


async def test_usage_that_is_missing_counts_as_the_estimate(server: ModelServer, road: OpenRoad) -> None:
    server.always = answers(completion(usage=None))
    async with road() as r:
        outcome = await r.gateway.ask(a_call(max_tokens=400), colour)
    assert isinstance(outcome, Answer)
    assert outcome.usage.completion_tokens == 400
    assert outcome.usage.usd > 0.004


async def test_an_answer_not_in_form_that_was_not_counted_counts_as_the_estimate(
    server: ModelServer, road: OpenRoad
) -> None:
    server.always = answers(completion("no colour", usage=None))
    async with road(structured="text") as r:
        assert await r.gateway.ask(a_call(max_tokens=400), colour) is Failure.INVALID
        assert await r.usd() > 2 * 0.004
    assert await endings(r.storage) == ["invalid", "invalid"]


async def test_a_half_answer_counts_as_paid(server: ModelServer, road: OpenRoad) -> None:
    server.script = [cut(0.5)]
    async with road() as r:
        await r.gateway.ask(a_call(), colour)
    first, second = await lines(r.storage)
    assert first.nano_usd > second.nano_usd > 0


class Watched(Altered):
    """A ledger; how much it held at most at any moment, spent and reserved."""

    def __init__(self, answers: AnswerStore) -> None:
        super().__init__(answers, reserve=self._reserve, settle=self._settle)
        self._answers = answers
        self.most_usd = 0.0

    async def _reserve(self, purchase: Purchase, caps: Caps) -> Reservation | None:
        reservation = await self._answers.reserve(purchase, caps)
        await self._look()
        return reservation

    async def _settle(self, reservation: Reservation, **paid: Any) -> None:
        await self._answers.settle(reservation, **paid)
        await self._look()

    async def _look(self) -> None:
        spent = await self._answers.spent(0)
        self.most_usd = max(self.most_usd, sum(usage.usd for usage in spent.values()))


@pytest.mark.parametrize("caps", [{"cap_usd_day": 0.05}, {"member_cap_usd_day": 0.05}])
async def test_a_cap_is_never_passed_however_many_ask_at_once(
    server: ModelServer, road: OpenRoad, sqlite_storage: Storage, caps: dict[str, float]
) -> None:
    await sqlite_storage.members.join(7, CONSENT_VERSION, 1)
    server.always = after(0.01, server.always)
    watched = Watched(sqlite_storage.answers)
    async with road(answers=watched, concurrency=32, **caps) as r:
        asks = (r.gateway.ask(a_call(owner=7, nonce=str(i)), colour) for i in range(200))
        outcomes = await asyncio.gather(*asks)
    assert Failure.BUDGET in outcomes
    answered = sum(isinstance(o, Answer) for o in outcomes)
    assert answered == len(server.requests) > 10
    assert watched.most_usd <= 0.05
    assert await r.usd() == pytest.approx(answered * PAID.usd)


async def test_one_members_cap_is_not_anothers(server: ModelServer, road: OpenRoad) -> None:
    async with road(member_cap_usd_day=0.006) as r:
        for member in (1, 2):
            await r.storage.members.join(member, CONSENT_VERSION, 1)
        assert isinstance(await r.gateway.ask(a_call(owner=1), colour), Answer)
        assert await r.gateway.ask(a_call(owner=1, nonce="2"), colour) is Failure.BUDGET
        assert isinstance(await r.gateway.ask(a_call(owner=2), colour), Answer)
        r.clock.advance(seconds=25 * 3600)
        assert isinstance(await r.gateway.ask(a_call(owner=1, nonce="2"), colour), Answer)


async def test_estimates_learn_from_a_server_that_counts_more(
    server: ModelServer, road: OpenRoad, sqlite_storage: Storage
) -> None:
    costly = {"prompt_tokens": 30_000, "completion_tokens": 10, "total_tokens": 30_010}
    server.always = answers(completion(usage=costly))
    watched = Watched(sqlite_storage.answers)
    async with road(answers=watched, cap_usd_day=0.1) as r:
        outcomes = [await r.gateway.ask(a_call(nonce=str(i)), colour) for i in range(5)]
    assert [isinstance(o, Answer) for o in outcomes] == [True, True, True, False, False]
    assert watched.most_usd <= 0.1


async def test_more_answer_than_allowed_is_expected_from_then_on(
    server: ModelServer, road: OpenRoad, sqlite_storage: Storage
) -> None:
    """It is known after the first; from then on there is room for as much before a call is sent."""
    long = {"prompt_tokens": 1000, "completion_tokens": 1600, "total_tokens": 2600}
    server.always = answers(completion(usage=long))
    watched = Watched(sqlite_storage.answers)
    async with road(answers=watched, cap_usd_day=0.06) as r:
        outcomes = [await r.gateway.ask(a_call(max_tokens=400, nonce=str(i)), colour) for i in range(5)]
    assert [isinstance(o, Answer) for o in outcomes] == [True, True, True, False, False]
    assert watched.most_usd <= 0.06


@pytest.mark.parametrize("counted", [(0, 0), (0, 10), (1000, 0)])
async def test_a_count_of_nothing_is_no_count(
    server: ModelServer, road: OpenRoad, counted: tuple[int, int]
) -> None:
    prompt, completion_ = counted
    usage = {"prompt_tokens": prompt, "completion_tokens": completion_, "total_tokens": prompt + completion_}
    server.always = answers(completion(usage=usage))
    async with road() as r:
        outcome = await r.gateway.ask(a_call(max_tokens=400), colour)
        most = r.gateway.estimate(a_call(max_tokens=400))
    assert isinstance(outcome, Answer)
    assert outcome.usage.prompt_tokens == (prompt or most.prompt_tokens)
    assert outcome.usage.completion_tokens == (completion_ or 400)


async def test_a_model_without_a_price_costs_nothing_and_earns_nothing(
    server: ModelServer, road: OpenRoad
) -> None:
    async with road(prices={}) as r:
        assert isinstance(await r.gateway.ask(a_call(), colour), Answer)
        assert r.gateway.estimate(a_call()).usd == await r.usd() == 0.0


async def test_the_writer_has_its_own_price(road: OpenRoad) -> None:
    prices = {"m": Price(1.0, 10.0), "w": Price(5.0, 50.0)}
    async with road(writer_model="w", prices=prices) as r:
        await r.gateway.ask(a_call(), colour)
        await r.gateway.ask(a_call(purpose=Purpose.WRITE, nonce="2"), colour)
        spent = await r.answers.spent(0)
    assert spent["generic"].usd == pytest.approx(PAID.usd)
    assert spent["write"].usd == pytest.approx(5 * PAID.usd)


async def test_a_member_pays_for_what_is_about_nobody(server: ModelServer, road: OpenRoad) -> None:
    async with road(member_cap_usd_day=0.0) as r:
        assert await r.gateway.ask(a_call(owner=None, payer=Payer(7)), colour) is Failure.BUDGET
    assert server.requests == []


async def _disk_full(*_: Any, **__: Any) -> None:
    raise StorageError(StorageProblem.FULL)


@pytest.mark.parametrize("step", ["get", "reserve"])
async def test_nothing_is_sent_that_cannot_be_written_down(
    server: ModelServer, road: OpenRoad, sqlite_storage: Storage, step: str
) -> None:
    async with road(answers=Altered(sqlite_storage.answers, **{step: _disk_full})) as r:
        with pytest.raises(StorageError):
            await r.gateway.ask(a_call(), colour)
    assert server.requests == []


@pytest.mark.parametrize("was_done", [False, True])
async def test_answers_paid_for_while_the_database_went_away_are_kept_once_when_it_is_back(
    server: ModelServer, road: OpenRoad, sqlite_storage: Storage, monkeypatch: pytest.MonkeyPatch, was_done: bool
) -> None:
    monkeypatch.setattr(waiting, "FIRST_S", 0.01)
    back, settled = asyncio.Event(), asyncio.Semaphore(0)

    async def settle(*given: Any, **paid: Any) -> None:
        if back.is_set() or was_done:
            await sqlite_storage.answers.settle(*given, **paid)
        if not back.is_set():
            raise StorageError(StorageProblem.AWAY)
        settled.release()

    async with road(answers=Altered(sqlite_storage.answers, settle=settle), concurrency=4) as r:
        calls = [a_call(nonce=str(n)) for n in range(4)]
        asked = await asyncio.gather(*(r.gateway.ask(call, colour) for call in calls))
        assert asked == [Answer("red", PAID, cached=False)] * 4, "whoever asked has it at once"
        back.set()
        async with asyncio.timeout(60):
            for _ in calls:
                await settled.acquire()
        again = await asyncio.gather(*(r.gateway.ask(call, colour) for call in calls))
        assert again == [Answer("red", PAID, cached=True)] * 4
        assert await r.usd() == pytest.approx(4 * PAID.usd)
        spent = await sqlite_storage.answers.reserve(
            Purchase(r.clock.now_ms(), "generic", None, "m", 0.1), Caps(4 * PAID.usd + 0.1001)
        )
        assert spent is not None, "and the caps count what it cost, not what was reserved"
    assert len(server.requests) == 4
    assert await endings(r.storage) == ["ok"] * 4 + [None]


async def test_a_full_disk_does_not_lose_the_answer_in_hand_nor_its_cost(
    road: OpenRoad, sqlite_storage: Storage
) -> None:
    async with road(answers=Altered(sqlite_storage.answers, settle=_disk_full)) as r:
        assert await r.gateway.ask(a_call(), colour) == Answer("red", PAID, cached=False)
    assert await endings(r.storage) == [None]
    assert await r.usd() > PAID.usd
