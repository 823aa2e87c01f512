import asyncio
import sqlite3
from pathlib import Path

import pytest

from core.vocabulary.errors import StorageError, StorageProblem
from storage import Storage, open_storage
from tests.fakes import ManualClock
from tests.storage.lives import live
from tests.storage.made import T0, key, reacted

ANN, BEN, BATCH = 11, 12, 3


async def test_a_copy_made_under_writes_is_whole_private_and_opens(
    sqlite_storage: Storage, tmp_path: Path
) -> None:
    await live(sqlite_storage, ANN, range(5))
    await sqlite_storage.members.join(BEN, 1, T0)
    written = 0

    async def write() -> None:
        nonlocal written
        while True:
            batch = [reacted(BEN, 100 + BATCH * written + i, "awe", at=written) for i in range(BATCH)]
            await sqlite_storage.labels.apply(batch)
            written += 1

    writing = asyncio.create_task(write())
    for n in range(5):
        await asyncio.sleep(0.02)
        before, target = written, tmp_path / f"copy{n}.db"
        await sqlite_storage.backup(target)
        assert target.stat().st_mode & 0o777 == 0o600
        with sqlite3.connect(target) as raw:
            assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        async with open_storage(target, clock=ManualClock()) as copy:
            labels = await copy.labels.labels(key(BEN))
            assert len(labels) % BATCH == 0
            assert len(labels) >= BATCH * before
            assert await copy.members.export(ANN) == await sqlite_storage.members.export(ANN)
    writing.cancel()


async def test_a_copy_never_replaces_a_file(sqlite_storage: Storage, tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("mine")
    with pytest.raises(StorageError, match=StorageProblem.NO_COPY):
        await sqlite_storage.backup(target)
    assert target.read_text() == "mine"


async def test_postgresql_is_copied_with_its_own_tools(postgres_url: str, tmp_path: Path) -> None:
    async with open_storage(postgres_url, clock=ManualClock()) as storage:
        with pytest.raises(StorageError, match=StorageProblem.NOT_OURS_TO_COPY):
            await storage.backup(tmp_path / "copy")
