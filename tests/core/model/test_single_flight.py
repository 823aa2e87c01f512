"""Several processes over one PostgreSQL ask the same at once: one pays, and whoever dies holds nobody up."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import func, select

from core.model.client import ModelClient
from core.model.gateway import Gateway
from core.model.prices import Price
from core.vocabulary.calls import Answer, Failure, Payer
from core.vocabulary.clock import SystemClock
from core.vocabulary.consent import CONSENT_VERSION
from storage import Storage, open_storage
from storage.database import holder, place
from storage.schema.tables import ledger, spending
from tests.core.model.calls import a_call, colour, settings_for
from tests.core.model.server import ModelServer, after, answers, completion, fails
from tests.databases import Postgres
from tests.ledger import endings, lines
from tests.programs import Program, Programs

pytestmark = pytest.mark.slow
CLOCK = SystemClock()
COST = 0.0011


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is gone is missed for a moment only."""
    monkeypatch.setattr(holder, "GRACE_S", 0.5)


@pytest.fixture
async def storages(postgres_url: str) -> AsyncIterator[list[Storage]]:
    """Two storages over one database."""
    async with open_storage(postgres_url, clock=CLOCK) as one, open_storage(postgres_url, clock=CLOCK) as other:
        yield [one, other]


@asynccontextmanager
async def gateways(server: ModelServer, storages: list[Storage], **changes: Any) -> AsyncIterator[list[Gateway]]:
    """A gateway over each storage."""
    settings = settings_for(server, **{"prices": {"m": Price(1.0, 10.0)}, "retries": 0, **changes})
    async with AsyncExitStack() as stack:
        opened = []
        for storage in storages:
            client = await stack.enter_async_context(ModelClient(settings))
            opened.append(Gateway(client, storage.answers, settings, CLOCK))
            stack.push_async_callback(opened[-1].aclose, 1.0)
        yield opened


Asking = Callable[..., Program]


@pytest.fixture
def asking(programs: Programs, postgres_url: str, server: ModelServer) -> Asking:
    """Starts a process of its own that asks."""

    def start(first: int, number: int, cap: float = 0.0) -> Program:
        given = (postgres_url, server.url, str(first), str(number), str(cap))
        return programs.start("tests.core.model.asking_process", *given)

    return start


async def said(process: Program) -> Counter[str]:
    """How what it asked ended, once it has ended itself."""
    told, _ = await asyncio.to_thread(process.communicate)
    return Counter(line.split()[0] for line in told.splitlines())


async def test_what_two_ask_at_once_is_paid_once_and_both_are_answered(
    server: ModelServer, storages: list[Storage]
) -> None:
    server.always = after(0.4, server.always)
    async with gateways(server, storages) as (one, other):
        first = asyncio.create_task(one.ask(a_call(), colour))
        await server.arrived()
        outcomes = [await other.ask(a_call(), colour), await first]
    assert [isinstance(outcome, Answer) and outcome.cached for outcome in outcomes] == [True, False]
    assert len(server.requests) == 1
    assert await endings(storages[0]) == ["ok"]


async def test_what_was_answered_between_a_look_and_a_reservation_is_not_paid_again(
    server: ModelServer, storages: list[Storage], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with gateways(server, storages) as (one, other):
        look, asked = storages[1].answers.get, []

        async def looks_too_early(key: str) -> Any:
            found = await look(key)
            if not asked:
                asked.append(await one.ask(a_call(), colour))
            return found

        monkeypatch.setattr(storages[1].answers, "get", looks_too_early)
        outcome = await other.ask(a_call(), colour)
    assert isinstance(outcome, Answer)
    assert outcome.cached
    assert len(server.requests) == 1


async def test_where_one_failed_the_other_asks_for_itself(server: ModelServer, storages: list[Storage]) -> None:
    server.script = [after(0.4, fails(401))]
    async with gateways(server, storages) as (one, other):
        first = asyncio.create_task(one.ask(a_call(), colour))
        await server.arrived()
        assert isinstance(await other.ask(a_call(), colour), Answer)
        assert await first is Failure.AUTH
    assert len(server.requests) == 2


async def test_nobody_waits_for_another_process_longer_than_for_an_answer(
    server: ModelServer, storages: list[Storage]
) -> None:
    server.always = after(2.0, server.always)
    async with (
        gateways(server, storages[:1]) as (one,),
        gateways(server, storages[1:], deadline_s=0.3) as (other,),
    ):
        first = asyncio.create_task(one.ask(a_call(), colour))
        await server.arrived()
        assert await other.ask(a_call(), colour) is Failure.UNAVAILABLE
        assert isinstance(await first, Answer)
    assert len(server.requests) == 1


async def test_whoever_waits_for_another_process_and_is_forgotten_waits_no_longer(
    server: ModelServer, storages: list[Storage]
) -> None:
    await storages[0].members.join(11, CONSENT_VERSION, 1)
    server.always = after(1.0, server.always)
    async with gateways(server, storages) as (one, other):
        first = asyncio.create_task(one.ask(a_call(owner=11, payer=Payer(11)), colour))
        await server.arrived()
        second = asyncio.create_task(other.ask(a_call(owner=11, payer=Payer(11)), colour))
        await asyncio.sleep(0.2)
        other.forget(11)
        assert await asyncio.wait_for(second, 0.5) is Failure.UNAVAILABLE
        await first
    assert len(server.requests) == 1


async def test_what_a_process_asked_that_was_killed_is_asked_by_whoever_waits(
    asking: Asking, server: ModelServer, storages: list[Storage]
) -> None:
    server.script = [after(60.0, answers(completion()))]
    killed = asking(0, 1)
    await server.arrived()
    async with gateways(server, storages[:1], deadline_s=20.0) as (one,):
        waiting = asyncio.create_task(one.ask(a_call(nonce="0"), colour))
        await asyncio.sleep(1.0)  # longer than a dead one is missed
        assert await storages[1].answers.close_reservations() == 0
        assert len(server.requests) == 1, "it lives"
        killed.kill()
        assert isinstance(await waiting, Answer)
    await asyncio.to_thread(killed.wait)
    assert len(server.requests) == 2
    assert sorted(map(str, await endings(storages[0]))) == ["lost", "ok"]
    assert {(line.holder, line.question) for line in await lines(storages[0])} == {(None, None)}


async def test_a_process_whose_connection_was_cut_is_not_taken_for_dead(
    postgres: Postgres, server: ModelServer, storages: list[Storage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "LOOKS_EVERY_S", 0.1)
    monkeypatch.setattr(holder, "GRACE_S", 2.0)
    server.always = after(3.0, server.always)
    async with gateways(server, storages) as (one, other):
        first = asyncio.create_task(one.ask(a_call(), colour))
        await server.arrived()
        await storages[1]._database.read(cut_the_others)
        assert isinstance(await other.ask(a_call(), colour), Answer)
        assert isinstance(await first, Answer)
    assert len(server.requests) == 1


def cut_the_others(connection: Any) -> None:
    """End the connections that hold something open."""
    connection.exec_driver_sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND state = 'idle in transaction' AND pid <> pg_backend_pid()"
    )


async def test_two_processes_that_ask_a_hundred_questions_at_once_pay_for_a_hundred(
    asking: Asking, server: ModelServer, storages: list[Storage]
) -> None:
    server.always = after(0.05, server.always)
    processes = [asking(0, 100) for _ in range(2)]
    told = [await said(process) for process in processes]
    assert [sum(one.values()) for one in told] == [100, 100]
    assert sum(one["paid"] for one in told) == len(server.requests) == 100
    assert set(await endings(storages[0])) == {"ok"}


async def test_caps_hold_where_four_processes_ask_at_once_and_one_is_killed(
    asking: Asking, server: ModelServer, storages: list[Storage]
) -> None:
    """The ledger is the bill or above it, and the sums by hour are the ledger."""
    cap = 200 * COST  # more than what all can have under way at once, less than all that they ask
    server.always = after(0.05, server.always)
    processes = [asking(1000 * n, 100, cap) for n in range(4)]
    await server.arrived(20)
    processes[0].kill()
    told = [await said(process) for process in processes]
    assert sum(one["budget"] for one in told) > 0
    while None in await endings(storages[0]):
        await storages[0].answers.close_reservations()
        await asyncio.sleep(0.2)
    look = storages[0]._database.read
    entered = int(await look(lambda c: c.scalar(select(func.sum(ledger.c.nano_usd)))))
    by_hour = await look(lambda c: c.scalar(select(func.sum(spending.c.nano_usd)).where(spending.c.kind == "bot")))
    assert len(server.requests) * COST <= entered / 1e9 + 1e-9 <= cap + 1e-9
    assert by_hour == entered
    assert len(server.requests) > 40
