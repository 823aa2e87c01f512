from functools import partial

import pytest

from storage import Storage
from tests.core.model.road import OpenRoad, opened
from tests.core.model.server import ModelServer


@pytest.fixture
def road(server: ModelServer, sqlite_storage: Storage) -> OpenRoad:
    """Opens the road from a question to the server, and to one ledger however often it is opened."""
    return partial(opened, server, sqlite_storage)
