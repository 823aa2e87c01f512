"""A PostgreSQL server that a module of tests may do with what it likes, and an empty database on it."""

from collections.abc import Iterator

import pytest

from tests.storage.servers import Own, own_server


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
