"""The gateway over a real server and both databases: where many ask at once, and where somebody leaves."""

import asyncio
from typing import Any

import pytest

from core.model.client import ModelClient
from core.model.gateway import Gateway
from core.model.prices import Price
from core.ports import waiting
from core.vocabulary.calls import Answer, Failure
from core.vocabulary.errors import StorageError, StorageProblem
from storage import Storage
from tests.core.model.calls import a_call, colour, settings_for
from tests.core.model.server import ModelServer, after, answers, completion
from tests.fakes import ManualClock
from tests.ledger import endings

PRICES = {"prices": {"m": Price(1.0, 10.0)}}
COST = 0.0011


async def test_the_cap_holds_however_many_ask_at_once(
    server: ModelServer, storage: Storage, clock: ManualClock
) -> None:
    for member in range(7):
        await storage.members.join(member, 1, 1)
    settings = settings_for(server, concurrency=32, cap_usd_day=0.05, **PRICES)
    async with ModelClient(settings) as client:
        gateway = Gateway(client, storage.answers, settings, clock)
        asks = (gateway.ask(a_call(owner=i % 7, nonce=str(i)), colour) for i in range(200))
        outcomes = await asyncio.gather(*asks)
    answered = sum(isinstance(outcome, Answer) for outcome in outcomes)
    assert answered + outcomes.count(Failure.BUDGET) == 200
    assert answered == len(server.requests) > 10
    (spent,) = (await storage.answers.spent(0)).values()
    assert spent.usd == pytest.approx(answered * COST)
    assert spent.usd <= 0.05


async def test_a_text_that_is_no_longer_in_form_is_paid_for_once_more_not_for_ever(
    server: ModelServer, storage: Storage, clock: ManualClock
) -> None:
    server.script = [answers(completion('{"colour": "blue"}'))]
    settings = settings_for(server)

    def only_red(text: str) -> str:
        if colour(text) != "red":
            raise ValueError
        return "red"

    async with ModelClient(settings) as client:
        gateway = Gateway(client, storage.answers, settings, clock)
        await gateway.ask(a_call(), colour)
        for _ in range(3):
            assert isinstance(await gateway.ask(a_call(), only_red), Answer)
    assert len(server.requests) == 2


async def test_an_answer_for_somebody_who_left_meanwhile_is_paid_and_not_kept(
    server: ModelServer, storage: Storage, clock: ManualClock
) -> None:
    await storage.members.join(4, 1, 1)
    server.always = after(0.2, server.always)
    settings, call = settings_for(server, **PRICES), a_call(owner=4)
    async with ModelClient(settings) as client:
        gateway = Gateway(client, storage.answers, settings, clock)
        asking = asyncio.create_task(gateway.ask(call, colour))
        await server.arrived()
        await storage.members.forget(4)
        assert isinstance(await asking, Answer)
    assert await storage.answers.get(call.key("m")) is None
    assert (await storage.answers.spent(0))["generic"].usd == pytest.approx(COST)


class LosesAnswers:
    """The way to a database on which one write in `every` is done and its answer lost."""

    def __init__(self, storage: Storage, monkeypatch: pytest.MonkeyPatch, every: int) -> None:
        self._real, self._every, self._writes = storage._database.write_together, every, 0
        monkeypatch.setattr(storage._database, "write_together", self._write)

    async def _write(self, work: Any) -> Any:
        self._writes += 1
        lost = self._writes % self._every == 0
        done = await self._real(work)
        if lost:
            raise StorageError(StorageProblem.AWAY)
        return done


async def test_room_that_was_taken_unheard_is_free_again_and_no_cap_is_passed(
    server: ModelServer, storage: Storage, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without release each lost answer would count as spent for a day."""
    monkeypatch.setattr(waiting, "FIRST_S", 0.001)
    LosesAnswers(storage, monkeypatch, 3)
    settings = settings_for(server, **PRICES, cap_usd_day=0.05, concurrency=4)
    async with ModelClient(settings) as client:
        gateway = Gateway(client, storage.answers, settings, clock)
        calls = [a_call(nonce=str(n)) for n in range(60)]
        asked = await asyncio.gather(*(gateway.ask(c, colour) for c in calls), return_exceptions=True)
        await gateway.aclose(5)
    unheard = sum(isinstance(outcome, StorageError) for outcome in asked)
    assert unheard > 3
    (spent,) = (await storage.answers.spent(0)).values()
    assert spent.usd == pytest.approx(len(server.requests) * COST)
    assert spent.usd <= 0.05
    assert None not in await endings(storage)
    assert await storage.answers.calls() == {"generic": len(server.requests)}
