"""One process for each bot on a server's database, also through a pooler in transaction mode."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text

from core.vocabulary.consent import CONSENT_VERSION
from core.vocabulary.errors import StorageError, StorageProblem
from storage import open_storage
from storage.database import place
from storage.database.address import parse
from storage.database.engine import Database
from storage.database.place import Place
from tests.fakes import ManualClock
from tests.storage.made import T0, key, reacted
from tests.storage.servers import PGBOUNCER, Own, lives_through, name_in, pooler

pytestmark = pytest.mark.slow
CLOCK = ManualClock()


# ----------------------------------------------------------------------------------------- one process, one bot


async def test_a_second_process_of_the_same_bot_is_refused_and_another_bot_is_not(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "_TRIES", 2)
    async with open_storage(url, clock=CLOCK) as first:
        await first.take_place("11")
        async with open_storage(url, clock=CLOCK) as second:
            await second.take_place("12")
            with pytest.raises(StorageError, match=StorageProblem.TWIN):
                await second.take_place("11")
    async with open_storage(url, clock=CLOCK) as third:
        await third.take_place("11")


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ((range(4), 16), (range(4, 8), 16), True),
        ((range(4), 16), (range(3, 6), 16), False),
        ((range(4), 16), (None, 1), False),
        ((None, 1), (range(4), 16), False),
        ((range(1, 2), 8), (range(9, 10), 16), False),
        ((range(1, 2), 8), (range(2, 3), 16), True),
        ((range(1, 2), 3), (range(3), 16), False),
    ],
)
async def test_parts_of_a_bot_stand_side_by_side_unless_a_server_would_be_in_both(
    url: str, monkeypatch: pytest.MonkeyPatch, first: Any, second: Any, apart: bool
) -> None:
    monkeypatch.setattr(place, "_TRIES", 2)
    async with open_storage(url, clock=CLOCK) as one, open_storage(url, clock=CLOCK) as other:
        await one.take_place("11", *first)
        if apart:
            await other.take_place("11", *second)
        else:
            with pytest.raises(StorageError, match=StorageProblem.TWIN):
                await other.take_place("11", *second)


async def test_a_place_that_is_waited_for_is_had_once_it_is_given_up_also_over_a_restart(
    server: Own, url: str
) -> None:
    async with open_storage(url, clock=CLOCK) as first, open_storage(url, clock=CLOCK) as second:
        await first.take_place("11")
        waiting = asyncio.create_task(second.take_place("11", wait=True))
        await asyncio.sleep(0.5)
        assert not waiting.done()
        await first.leave_place()
        await asyncio.wait_for(waiting, 10)
        third = asyncio.create_task(first.take_place("11", range(1), 2, wait=True))
        server.stop()
        server.start()
        await asyncio.sleep(0.5)
        await second.leave_place()
        await asyncio.wait_for(third, 30)


async def test_a_turn_is_waited_for_kept_for_its_time_and_given_back_by_who_dies(url: str) -> None:
    began = time.monotonic()
    async with open_storage(url, clock=CLOCK) as one, open_storage(url, clock=CLOCK) as other:
        await one.take_turn("identify 0", 4.0)
        await other.take_turn("identify 1", 4.0)
        assert time.monotonic() - began < 4.0, "another bucket"
        await other.take_turn("identify 0", 60.0)
        assert time.monotonic() - began >= 4.0
    async with open_storage(url, clock=CLOCK) as third:
        await third.take_turn("identify 0", 1.0)
    assert time.monotonic() - began < 30


async def test_the_place_is_taken_again_after_a_restart(
    server: Own, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "LOOKS_EVERY_S", 0.05)
    monkeypatch.setattr(place, "_TRIES", 2)
    async with open_storage(url, clock=CLOCK) as first, open_storage(url, clock=CLOCK) as second:
        await first.take_place("11")
        keeping = asyncio.create_task(first.keep_place())
        server.stop()
        server.start()
        await asyncio.sleep(1.5)
        with pytest.raises(StorageError, match=StorageProblem.TWIN):
            await second.take_place("11")
        assert not keeping.done()
        keeping.cancel()


async def test_who_finds_the_place_taken_after_a_restart_ends(
    server: Own, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "_TRIES", 2)
    mine = Database(parse(url))
    first, second = Place(mine, "11"), Place(mine, "11")
    await first.take()
    server.cut()
    await second.take()
    monkeypatch.setattr(place, "LOOKS_EVERY_S", 0.05)
    with pytest.raises(StorageError, match=StorageProblem.TWIN):
        await asyncio.wait_for(first.keep(), 60)
    await second.leave()
    await mine.close()


async def test_holding_a_place_keeps_nothing_from_being_cleaned_up(server: Own, url: str) -> None:
    async with open_storage(url, clock=CLOCK) as storage:
        await storage.take_place("11")
        await storage.eraser.idle()  # a start looks beside itself whether a killed process left something
        held = "SELECT backend_xmin, backend_xid FROM pg_stat_activity WHERE state = 'idle in transaction'"
        assert server.do(held) == [(None, None)]


# ----------------------------------------------------------------------------------------------------- a pooler


@asynccontextmanager
async def through_pooler(server: Own, url: str) -> AsyncIterator[str]:
    with pooler(server, name_in(url)) as address:
        yield address


@pytest.mark.skipif(PGBOUNCER is None, reason="pgbouncer is not installed")
class TestPooler:
    """A real pgbouncer in transaction mode."""

    async def test_everything_works_through_it_migrating_included(self, server: Own, url: str) -> None:
        async with through_pooler(server, url) as address, open_storage(address, clock=CLOCK) as storage:
            await asyncio.gather(*(storage.labels.seen(n) for n in range(40)))
            for member in (1, 2):
                await lives_through(storage, member)

    async def test_a_second_process_is_refused_through_it_and_beside_it(
        self, server: Own, url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(place, "_TRIES", 2)
        async with through_pooler(server, url) as address, open_storage(address, clock=CLOCK) as first:
            await first.take_place("11")
            await asyncio.gather(*(first.labels.seen(n) for n in range(20)))
            for other in (address, url):
                async with open_storage(other, clock=CLOCK) as second:
                    with pytest.raises(StorageError, match=StorageProblem.TWIN):
                        await second.take_place("11")

    async def test_nothing_of_ours_is_left_in_its_sessions(self, server: Own, url: str) -> None:
        async with through_pooler(server, url) as address, open_storage(address, clock=CLOCK) as storage:
            await lives_through(storage)
            mine = Database(parse(address))
            changed = text("SELECT name FROM pg_settings WHERE source = 'session' AND name LIKE '%timeout%'")
            found = await asyncio.gather(*(mine.read(lambda c: list(c.scalars(changed))) for _ in range(12)))
            assert [names for names in found if names] == []
            await mine.close()

    async def test_it_may_be_restarted(self, server: Own, url: str) -> None:
        async with through_pooler(server, url) as address, open_storage(address, clock=CLOCK) as storage:
            await storage.members.join(1, CONSENT_VERSION, T0)
            server.stop()
            server.start()
            await storage.patient.labels.apply([reacted(1, 1, "awe")])
            assert len(await storage.patient.labels.labels(key(1))) == 1


async def test_statements_are_prepared_where_no_pooler_stands(url: str) -> None:
    mine = Database(parse(url))
    for _ in range(8):
        await mine.write(lambda c: c.scalar(text("SELECT pg_backend_pid()")))
    prepared = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%pg_backend_pid%'")
    assert await mine.write(lambda connection: connection.scalar(prepared)) == 1
    await mine.close()
