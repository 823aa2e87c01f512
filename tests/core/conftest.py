"""A model's server on loopback, for whatever asks one."""

from collections.abc import AsyncIterator

import pytest

from tests.core.model.server import ModelServer, serving


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with serving() as server:
        yield server
