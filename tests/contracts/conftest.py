import pytest

from core.vocabulary.server_settings import ServerSettings
from storage import Storage
from tests.contracts.tuned import ANN, BEN
from tests.storage.made import T0


@pytest.fixture
async def joined(storage: Storage) -> None:
    """Two members, and a server whose thresholds are eight labels over three emotions."""
    await storage.servers.save(ServerSettings(5, min_labels=8, min_emotions=3))
    for member in (ANN, BEN):
        await storage.members.join(member, 1, T0)
