"""What is under way for somebody who is forgotten ends, and nobody else's does."""

import asyncio

import pytest

from core.model.client import ModelClient
from core.model.gateway import Gateway
from core.vocabulary.calls import Answer, Failure, Glance, Payer
from core.vocabulary.consent import CONSENT_VERSION
from core.vocabulary.images import Image
from storage import Storage
from tests.core.model.calls import a_call, colour, settings_for
from tests.core.model.road import OpenRoad
from tests.core.model.server import ModelServer, after, fails
from tests.fakes import ManualClock

ANN, BEN = Payer(11), Payer(12)


@pytest.fixture
async def joined(sqlite_storage: Storage) -> None:
    """Both are members."""
    for member in (11, 12):
        await sqlite_storage.members.join(member, CONSENT_VERSION, 1)


@pytest.mark.usefixtures("joined")
async def test_what_waits_for_a_place_is_not_sent(server: ModelServer, road: OpenRoad) -> None:
    server.always = after(0.2, server.always)
    async with road(concurrency=2) as r:
        calls = [a_call(owner=11, payer=ANN, nonce=str(n)) for n in range(6)]
        asks = [asyncio.create_task(r.gateway.ask(call, colour)) for call in calls]
        await server.arrived(2)
        r.gateway.forget(11)
        outcomes = await asyncio.gather(*asks)
    assert len(server.requests) == 2
    assert outcomes.count(Failure.UNAVAILABLE) == 4


@pytest.mark.usefixtures("joined")
async def test_what_failed_is_not_tried_again(server: ModelServer, road: OpenRoad) -> None:
    server.always = after(0.2, fails(503))
    async with road() as r:
        asking = asyncio.create_task(r.gateway.ask(a_call(owner=11, payer=ANN), colour))
        await server.arrived()
        r.gateway.forget(11)
        assert await asking is Failure.UNAVAILABLE
    assert len(server.requests) == 1


@pytest.mark.usefixtures("joined")
async def test_a_question_that_another_waits_for_as_well_goes_on(server: ModelServer, road: OpenRoad) -> None:
    server.always = after(0.2, server.always)
    async with road(concurrency=1) as r:
        first = asyncio.create_task(r.gateway.ask(a_call(nonce="first"), colour))
        await server.arrived()
        both = [asyncio.create_task(r.gateway.ask(a_call(payer=payer), colour)) for payer in (ANN, BEN)]
        own = asyncio.create_task(r.gateway.ask(a_call(payer=ANN, nonce="own"), colour))
        await asyncio.sleep(0.05)
        r.gateway.forget(11)
        assert await own is Failure.UNAVAILABLE
        outcomes = await asyncio.gather(first, *both)
        assert all(isinstance(outcome, Answer) for outcome in outcomes)
    assert len(server.requests) == 2


async def test_six_questions_and_a_forgetting_leave_no_line_with_the_member(
    server: ModelServer, storage: Storage, clock: ManualClock
) -> None:
    """Two are on their way, the others wait, and one is asked anew by whoever did not hear of it."""
    await storage.members.join(11, 1, 1)
    server.always = after(0.3, server.always)
    settings = settings_for(server, concurrency=2)
    calls = [a_call(owner=11 if n % 2 else None, payer=ANN, nonce=str(n)) for n in range(6)]
    async with ModelClient(settings) as client:
        gateway = Gateway(client, storage.answers, settings, clock)
        asks = [asyncio.create_task(gateway.ask(call, colour)) for call in calls]
        await server.arrived(2)
        gateway.forget(11)
        await storage.members.forget(11)
        late = asyncio.create_task(gateway.ask(a_call(owner=11, payer=ANN, nonce="late"), colour))
        await asyncio.gather(*asks)
        assert await late is Failure.BUDGET
    assert len(server.requests) == 2
    assert not any((await storage.members.export(11)).values())
    for call in calls:
        assert await storage.answers.get(call.key("m")) is None


async def test_questions_with_a_picture_that_may_not_be_used_end_and_no_others(
    server: ModelServer, road: OpenRoad
) -> None:
    withheld, other = Image("a" * 64, b"one", 8, 8), Image("b" * 64, b"two", 8, 8)
    server.always = after(0.2, server.always)
    async with road(concurrency=1) as r:
        first = asyncio.create_task(r.gateway.ask(a_call(parts=("q", other), nonce="1"), colour))
        await server.arrived()
        waiting = [
            asyncio.create_task(r.gateway.ask(a_call(parts=("q", part), nonce="2"), colour))
            for part in (withheld, Glance(withheld), other)
        ]
        await asyncio.sleep(0.05)
        r.gateway.forget_pictures({withheld.hash})
        assert [await task for task in waiting[:2]] == [Failure.UNAVAILABLE] * 2
        assert isinstance(await first, Answer)
        assert isinstance(await waiting[2], Answer)
    assert len(server.requests) == 2
