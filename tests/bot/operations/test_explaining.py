"""What a self-hoster does for a member by an id: one that is nobody's is said to be so, and nothing is made."""

import asyncio
from pathlib import Path

import pytest

from bot.errors import LookupProblem, NothingStored
from bot.host.settings import Settings
from bot.operations.explaining import exported, forgotten
from bot.operations.pruning import pruned
from core.vocabulary.errors import StorageError, StorageProblem
from storage import open_storage
from tests.fakes import ManualClock
from tests.storage.made import T0, reacted

ANN = 11


async def test_an_id_that_is_nobodys_is_not_taken_for_erased(database_url: str) -> None:
    async with open_storage(database_url, clock=ManualClock()) as storage:
        await storage.members.join(ANN, 1, T0)
        await storage.labels.apply([reacted(ANN, 1, "awe")])
    settings = Settings(_env_file=None, database=database_url)
    with pytest.raises(NothingStored, match=LookupProblem.NOBODY):
        await forgotten(settings, ANN + 1)
    assert await forgotten(settings, ANN) == 1
    assert not any((await exported(settings, ANN)).values())
    with pytest.raises(NothingStored, match=LookupProblem.NOBODY):
        await forgotten(settings, ANN)


async def test_a_database_that_is_not_there_is_not_made_to_take_something_out_of_it(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, database=str(tmp_path / "data" / "x.db"))
    with pytest.raises(StorageError, match=StorageProblem.NOT_OPENED):
        await forgotten(settings, ANN)
    with pytest.raises(StorageError, match=StorageProblem.NOT_OPENED):
        await pruned(settings, dry=False)
    assert not await asyncio.to_thread(lambda: list(tmp_path.iterdir()))
