"""Copies that are made under load, put back and answered from; and damage that is noticed at a start."""

import asyncio
import contextlib
import os
import sqlite3
from pathlib import Path

import pytest

from bot.words import copies
from core.vocabulary.errors import StorageError, StorageProblem
from storage import Storage, open_storage
from storage.copying import back_up, restore
from storage.database import damage
from storage.database.address import parse
from storage.database.files import beside
from tests.fakes import ManualClock
from tests.storage.lives import live
from tests.storage.made import T0, key, reacted
from tests.storage.test_old_versions import restored as old_database

ANN, BEN, CLEO, DORA = 11, 12, 13, 14


_ROOT = "SELECT rootpage FROM sqlite_master WHERE name = 'labels'"


def damaged(path: Path) -> None:
    """Overwrite a page, as a disk does that fails; not one that is free, which nobody would miss."""
    with contextlib.closing(sqlite3.connect(path)) as whole:
        whole.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # else the page may be read from there
        page, root = (whole.execute(asked).fetchone()[0] for asked in ("PRAGMA page_size", _ROOT))
    with path.open("r+b") as file:
        file.seek(page * (root - 1))
        file.write(b"\xff" * page)


async def test_the_drill_a_copy_made_under_load_is_put_back_and_answers(
    sqlite_url: str, tmp_path: Path, clock: ManualClock
) -> None:
    async with open_storage(sqlite_url, clock=clock) as storage:
        await live(storage, ANN, range(5))
        await storage.members.join(BEN, 1, T0)
        stored, begun, ends = 0, asyncio.Event(), asyncio.Event()

        async def write() -> None:
            nonlocal stored
            while not ends.is_set():
                await storage.labels.apply([reacted(BEN, 100 + stored, "awe", at=stored)])
                stored += 1
                begun.set()

        writing = asyncio.create_task(write())
        await begun.wait()
        before = stored
        held = await back_up(sqlite_url, None, clock)
        assert held.path.parent == tmp_path
        assert held.path.stat().st_mode & 0o777 == 0o600
        assert before <= held.labels - 5 <= stored
        assert (held.members, held.versions) == (2, 1)
        ends.set()
        await writing
        known = await storage.members.export(ANN)
        await storage.members.forget(ANN)
        with pytest.raises(StorageError, match=StorageProblem.IN_USE):
            await restore(sqlite_url, held.path, clock)
    back = await restore(sqlite_url, held.path, clock)
    assert (back.members, back.labels) == (held.members, held.labels)
    assert back.brought_back == (ANN,)
    async with open_storage(sqlite_url, clock=clock) as storage:
        assert await storage.members.export(ANN) == known
        assert len(await storage.labels.labels(key(BEN))) == held.labels - 5
        version = await storage.versions.active(key(ANN))
        assert version is not None
        assert version.version == 1
    async with open_storage(back.kept or "", clock=clock) as storage:
        assert await storage.versions.active(key(ANN)) is None
        assert len(await storage.labels.labels(key(BEN))) == stored


async def test_whom_a_copy_brings_back_is_named_and_nobody_who_only_agreed_again(
    sqlite_url: str, clock: ManualClock
) -> None:
    async with open_storage(sqlite_url, clock=clock) as storage:
        for member in (ANN, BEN, CLEO, DORA):
            await storage.members.join(member, 1, T0)
        held = await back_up(sqlite_url, None, clock)
        await storage.members.forget(ANN)
        await storage.members.forget(CLEO)
        clock.advance(seconds=60)
        await storage.members.join(DORA, 1, T0 + 60_000)
    back = await restore(sqlite_url, held.path, clock)
    assert back.brought_back == (ANN, CLEO)
    said = copies.restored(back.path, back.kept, "", back.brought_back)
    assert "these 2 members of the copy: 11 and 13." in said
    again = await restore(sqlite_url, held.path, clock)
    assert again.brought_back == ()
    assert again.kept != back.kept, "two in one second keep each what was there"


async def test_a_copy_of_an_older_schema_is_brought_up_to_date(tmp_path: Path, clock: ManualClock) -> None:
    source, path = old_database(tmp_path / "old.db"), tmp_path / "now" / "x.db"
    before = source.read_bytes()
    held = await restore(str(path), source, clock)
    assert held.kept is None
    assert held.members > 0
    assert source.read_bytes() == before
    assert {file.name for file in path.parent.iterdir()} == {"x.db", "x.db.lock"}
    async with open_storage(path, clock=clock, read_only=True):
        pass
    assert (await back_up(str(source), tmp_path / "copy.db", clock)).members == held.members


def _with_an_index_of_something_else(copy: Path) -> Path:
    """A copy of the copy where one index says of labels what is none of theirs."""
    askew = copy.with_name("askew.db")
    askew.write_bytes(copy.read_bytes())
    with contextlib.closing(sqlite3.connect(askew)) as raw:
        ((name,),) = raw.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'labels' AND sql IS NOT NULL"
        )
        raw.execute("PRAGMA writable_schema=ON")
        raw.execute(
            "UPDATE sqlite_schema SET sql = ? WHERE name = ?",
            (f"CREATE INDEX {name} ON labels (member_id, label_set_id, felt)", name),
        )
        raw.commit()
    return askew


async def test_a_copy_that_is_damaged_or_foreign_changes_nothing(
    sqlite_url: str, tmp_path: Path, clock: ManualClock
) -> None:
    async with open_storage(sqlite_url, clock=clock) as storage:
        await live(storage, ANN, range(5))
    copy = (await back_up(sqlite_url, None, clock)).path
    askew = _with_an_index_of_something_else(copy)
    damaged(copy)
    foreign, text = tmp_path / "foreign.db", tmp_path / "text"
    with contextlib.closing(sqlite3.connect(foreign)) as raw:
        raw.execute("CREATE TABLE other (one INTEGER)")
    text.write_text("no database at all")
    path = Path(sqlite_url)
    before = path.read_bytes()  # noqa: ASYNC240
    for source, why in (
        (copy, StorageProblem.DAMAGED),
        (askew, StorageProblem.DAMAGED),
        (foreign, StorageProblem.FOREIGN),
        (text, StorageProblem.DAMAGED),
        (tmp_path / "none", StorageProblem.NO_SUCH_COPY),
    ):
        with pytest.raises(StorageError, match=why):
            await restore(sqlite_url, source, clock)
    assert path.read_bytes() == before  # noqa: ASYNC240
    assert not list(tmp_path.glob("*restor*"))  # noqa: ASYNC240


async def test_damage_is_noticed_at_a_start_and_the_newest_good_copy_named_and_put_back(
    sqlite_url: str, clock: ManualClock
) -> None:
    path = Path(sqlite_url)
    async with open_storage(path, clock=clock) as storage:
        await live(storage, ANN, range(5))
    good = await back_up(sqlite_url, None, clock)
    clock.advance(seconds=1)
    bad = await back_up(sqlite_url, None, clock)
    damaged(bad.path)
    os.utime(good.path, (1, 1))
    damaged(path)
    with pytest.raises(StorageError) as error:
        async with open_storage(path, clock=clock):
            pass
    assert (error.value.reason, error.value.why) == (StorageProblem.RESTORABLE, str(good.path))
    held = await restore(sqlite_url, good.path, clock)
    assert held.kept is not None
    async with open_storage(path, clock=clock) as storage:
        assert await storage.versions.active(key(ANN)) is not None


async def test_damage_without_a_copy_is_told_as_such(sqlite_url: str, clock: ManualClock) -> None:
    damaged(Path(sqlite_url))
    with pytest.raises(StorageError, match=f"^{StorageProblem.DAMAGED}$"):
        async with open_storage(sqlite_url, clock=clock):
            pass


async def test_a_large_file_is_looked_through_once_a_week(
    sqlite_storage: Storage, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sqlite_storage.address.path
    assert path is not None
    monkeypatch.setattr(damage, "SMALL", 0)
    looked: list[int] = []
    whole = damage.is_sound
    monkeypatch.setattr(damage, "is_sound", lambda connection: looked.append(clock.now_ms()) or whole(connection))
    for _ in range(16):
        await damage.looked_through(sqlite_storage._database, clock)
        clock.advance(seconds=damage.WEEK_MS / 7000)
    assert [at - looked[0] for at in looked] == [0, damage.WEEK_MS, 2 * damage.WEEK_MS]
    assert beside(path, "checked").read_text() == str(looked[-1])


async def test_postgresql_is_told_how_its_own_tools_copy_it(tmp_path: Path, clock: ManualClock) -> None:
    url = "postgresql://ann:secret@db.example:5433/feel"
    for work in (back_up(url, tmp_path / "copy", clock), restore(url, tmp_path / "copy", clock)):
        with pytest.raises(StorageError, match=StorageProblem.NOT_OURS_TO_COPY) as error:
            await work
        assert error.value.kind == "--host=db.example --port=5433 --username=ann --dbname=feel"
    assert (
        parse("postgresql://ann:x@/feel?host=/run/pg").for_tools == "--host=/run/pg --username=ann --dbname=feel"
    )
