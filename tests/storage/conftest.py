"""A PostgreSQL server that a module of tests may do with what it likes, and an empty database on it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest

from core.vocabulary.consent import CONSENT_VERSION
from storage import Storage, open_storage
from tests.fakes import ManualClock
from tests.storage.made import T0
from tests.storage.servers import Own, own_server
from tests.storage.standing import ANN, BEN


@pytest.fixture(scope="module")
def server() -> Iterator[Own]:
    with own_server() as own:
        yield own


@pytest.fixture
def url(server: Own) -> Iterator[str]:
    """An empty database, without tables."""
    name = server.create()
    yield server.url(name)
    server.thaw()
    server.drop(name)


@pytest.fixture
async def processes(postgres_url: str, clock: ManualClock) -> AsyncIterator[list[Storage]]:
    """Three storages over one database, with two members."""
    async with AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(open_storage(postgres_url, clock=clock)) for _ in range(3)]
        for member in (ANN, BEN):
            await opened[0].members.join(member, CONSENT_VERSION, T0)
        yield opened
