import contextlib
import os
import sqlite3
from pathlib import Path

import pytest

from core.vocabulary.changes import RecordReaction
from core.vocabulary.errors import StorageError, StorageProblem
from storage import Storage, open_storage
from storage.database.failures import DiskFull
from storage.database.files import RESERVE_BYTES, beside
from storage.erasing.cleaning import Cleaner
from tests.fakes import ManualClock
from tests.storage.disks import fill, make_read_only, small_disk
from tests.storage.lives import live
from tests.storage.made import T0, image, key, reacted
from tests.storage.test_forget import traces

pytestmark = pytest.mark.slow

CLOCK = ManualClock()
ANN, BEN = 11, 12


async def label_until_full(storage: Storage, member: int, *, size: int = 150_000) -> int:
    """Store labels with large images until the disk is full; how many were acknowledged."""
    for n in range(10_000):
        try:
            await storage.labels.apply([with_size(reacted(member, n + 1, "awe", at=n), size)])
        except DiskFull:
            return n
    raise AssertionError("the disk never filled up")


def with_size(change: RecordReaction, size: int) -> RecordReaction:
    picture = image(change.sighting.message_id, size)
    return RecordReaction(**{**{f: getattr(change, f) for f in change.__slots__}, "image": picture})


async def check_full_disk(storage: Storage, path: Path, stored: int) -> None:
    assert len(await storage.labels.labels(key(BEN))) == stored
    assert len(await storage.labels.labels(key(ANN))) == 5
    assert await storage.members.forget(ANN) == 5
    assert await storage.labels.labels(key(ANN)) == ()
    assert len(await storage.labels.labels(key(BEN))) == stored
    assert not any(traces(path.parent, b"CANARY").values())


async def test_a_full_disk_loses_nothing_and_forgetting_still_works(tmp_path: Path) -> None:
    """It works on a full disk."""
    with small_disk(tmp_path / "disk", 24) as disk:
        path = disk / "feelprint.db"
        async with open_storage(path, clock=CLOCK) as storage:
            await storage.members.join(BEN, 1, T0)
            await live(storage, ANN, range(2000, 2005), "CANARY" * 50)
            stored = await label_until_full(storage, BEN)
            assert stored > 50
            fill(disk)
            with pytest.raises(StorageError, match=StorageProblem.FULL):
                await storage.labels.apply([with_size(reacted(BEN, 9999, "awe"), 150_000)])
            await check_full_disk(storage, path, stored)
            (disk / "filler").unlink()
            await storage.labels.apply([reacted(BEN, 5000, "fear")])
            assert len(await storage.labels.labels(key(BEN))) == stored + 1
        with sqlite3.connect(path) as raw:
            assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def test_somebody_with_many_large_images_can_leave_a_full_disk(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 40) as disk:
        path = disk / "feelprint.db"
        async with open_storage(path, clock=CLOCK) as storage:
            await storage.members.join(BEN, 1, T0)
            stored = await label_until_full(storage, BEN)
            fill(disk)
            assert await storage.members.forget(BEN) == stored
            assert await storage.labels.image(image(1).hash) is None
            (disk / "filler").unlink()
            await storage.members.join(ANN, 1, T0)
            await storage.members.forget(ANN)
        assert path.stat().st_size < 1_000_000
        assert beside(path, "reserve").exists()


async def test_where_the_system_lacks_two_calls_of_linux_there_is_room_to_leave_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on macOS."""
    for name in ("posix_fallocate", "fdatasync"):
        monkeypatch.delattr(os, name)
    with small_disk(tmp_path / "disk", 24) as disk:
        path = disk / "feelprint.db"
        async with open_storage(path, clock=CLOCK) as storage:
            await storage.members.join(BEN, 1, T0)
            stored = await label_until_full(storage, BEN)
            fill(disk)
            assert beside(path, "reserve").stat().st_blocks * 512 >= RESERVE_BYTES
            assert await storage.members.forget(BEN) == stored
            await storage.eraser.idle()
            assert await storage.eraser._cleaner.clean(patience_s=5.0)


async def test_without_the_reserve_a_full_disk_would_keep_the_member(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 24) as disk:
        path = disk / "feelprint.db"
        async with open_storage(path, clock=CLOCK) as storage:
            await storage.members.join(BEN, 1, T0)
            await label_until_full(storage, BEN)
            beside(path, "reserve").unlink()
            fill(disk)
            with pytest.raises(StorageError, match=StorageProblem.FULL):
                await storage.members.forget(BEN)


async def test_a_disk_that_has_no_room_at_the_start_is_said_in_a_sentence(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 2) as disk:
        fill(disk, leave=8192)
        with pytest.raises(StorageError) as caught:
            async with open_storage(disk / "feelprint.db", clock=CLOCK):
                pass
        assert caught.value.reason in (StorageProblem.FULL, StorageProblem.DISK)


async def test_a_read_only_disk_is_said_in_a_sentence_and_left_as_it_was(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 24) as disk:
        path = disk / "feelprint.db"
        async with open_storage(path, clock=CLOCK) as storage:
            await live(storage, ANN, range(5))
        make_read_only(disk)
        before = path.read_bytes()
        with pytest.raises(StorageError, match=StorageProblem.FOLDER) as caught:
            async with open_storage(path, clock=CLOCK):
                pass
        assert caught.value.why == "Read-only file system"
        assert path.read_bytes() == before


async def test_a_database_at_its_page_limit_loses_nothing_and_can_forget(sqlite_storage: Storage) -> None:
    """The same without a mount: SQLite itself says that the disk is full."""
    path = sqlite_storage.address.path
    assert path is not None
    await sqlite_storage.members.join(BEN, 1, T0)
    await live(sqlite_storage, ANN, range(2000, 2005), "CANARY" * 50)
    database = sqlite_storage._database
    await database.maintain(lambda connection: connection.connection.execute("PRAGMA max_page_count=600") and None)
    stored = await label_until_full(sqlite_storage, BEN, size=60_000)
    assert stored > 10
    await check_full_disk(sqlite_storage, path, stored)


async def test_the_log_is_emptied_even_with_readers_about(sqlite_storage: Storage) -> None:
    path = sqlite_storage.address.path
    assert path is not None
    await live(sqlite_storage, ANN, range(5))
    assert await Cleaner(sqlite_storage._database).emptied()
    assert path.with_name(path.name + "-wal").stat().st_size == 0


async def test_a_log_that_a_reader_keeps_is_not_said_to_be_empty(sqlite_storage: Storage) -> None:
    path = sqlite_storage.address.path
    assert path is not None
    cleaner = Cleaner(sqlite_storage._database)
    with contextlib.closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM labels").fetchone()
        await live(sqlite_storage, ANN, range(5))
        assert not await cleaner.emptied(0.1)
        assert path.with_name(path.name + "-wal").stat().st_size > 0
    assert await cleaner.emptied()


async def test_what_somebody_who_left_took_up_goes_back_to_the_disk(sqlite_storage: Storage) -> None:
    path = sqlite_storage.address.path
    assert path is not None
    await sqlite_storage.members.join(ANN, 1, T0)
    await Cleaner(sqlite_storage._database).emptied()
    before = path.stat().st_size
    for n in range(20):
        await sqlite_storage.labels.apply([with_size(reacted(ANN, n + 1, "awe", at=n), 40_000)])
    await Cleaner(sqlite_storage._database).emptied()
    assert path.stat().st_size > before + 20 * 40_000
    await sqlite_storage.members.forget(ANN)
    assert path.stat().st_size < before + 40_000
