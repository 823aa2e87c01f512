"""Whoever listens to other processes does without where connections are few: somebody else needs them more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from core.ports import Told, Topic
from storage import open_storage
from storage.database import listening
from storage.schema.preconditions import CONNECTIONS
from storage.store import Storage
from tests.fakes import ManualClock
from tests.storage.servers import Own, name_in

pytestmark = pytest.mark.slow
CLOCK = ManualClock()
LISTENING = "SELECT count(*)::int FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND usename = 'hears'"


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "_LOOKS_EVERY_S", 0.2)
    monkeypatch.setattr(listening, "_AGAIN_S", 0.1)


@pytest.fixture
async def storage(server: Own, url: str) -> AsyncIterator[Storage]:
    """As a role whose connections may be limited."""
    server.do("DROP ROLE IF EXISTS hears; CREATE ROLE hears LOGIN")
    server.do(f"ALTER DATABASE {name_in(url)} OWNER TO hears")
    async with open_storage(url.replace("postgres@", "hears@"), clock=CLOCK) as opened:
        yield opened
    server.do(f"ALTER DATABASE {name_in(url)} OWNER TO postgres; DROP OWNED BY hears", dbname=name_in(url))


class Ears:
    """Notes what is heard, and how often something may have been missed: each time that it begins to listen."""

    def __init__(self) -> None:
        self.heard: list[Told] = []
        self.began = 0

    def begin(self) -> None:
        self.began += 1

    async def until_began(self, times: int) -> None:
        async with asyncio.timeout(60):
            while self.began < times:  # noqa: ASYNC110 - of another task
                await asyncio.sleep(0.02)


@asynccontextmanager
async def hearing(storage: Storage) -> AsyncIterator[Ears]:
    """Somebody who listens meanwhile."""
    ears = Ears()
    task = asyncio.create_task(storage.news.listen(ears.heard.append, ears.begin))
    try:
        yield ears
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_with_one_connection_fewer_than_it_may_want_a_process_does_not_listen(
    server: Own, storage: Storage
) -> None:
    server.do(f"ALTER ROLE hears CONNECTION LIMIT {CONNECTIONS - 1}")
    async with hearing(storage) as ears:
        await asyncio.sleep(1)
        assert ears.began == 0
        server.do(f"ALTER ROLE hears CONNECTION LIMIT {CONNECTIONS}")
        await ears.until_began(1)


async def test_who_listens_gives_its_connection_up_as_soon_as_another_gets_none(
    server: Own, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "_AGAIN_S", 2.0)  # as it is: whoever looks for room takes a connection
    async with hearing(storage) as ears:
        await ears.until_began(1)
        server.do("ALTER ROLE hears CONNECTION LIMIT 2")
        await storage.take_place("11")
        async with asyncio.timeout(60):
            while server.do(LISTENING) != [(0,)]:  # noqa: ASYNC110 - of a server
                await asyncio.sleep(0.1)
        server.do("ALTER ROLE hears CONNECTION LIMIT -1")
        await ears.until_began(2)


async def test_what_is_told_after_a_connection_was_lost_is_heard_again(
    server: Own, url: str, storage: Storage
) -> None:
    async with hearing(storage) as ears, open_storage(url, clock=CLOCK) as other:
        await ears.until_began(1)
        server.cut()
        await ears.until_began(2)
        await other.news.tell(Told(Topic.MEMBER, 7))
        async with asyncio.timeout(60):
            while not ears.heard:  # noqa: ASYNC110 - of another task
                await asyncio.sleep(0.02)
    assert ears.heard == [Told(Topic.MEMBER, 7)]
