import asyncio
import random
import sqlite3
import time
from pathlib import Path

import pytest

from core.vocabulary.feelprint import RuleRecord
from core.vocabulary.reasons import RuleStatus
from storage import Storage, open_storage
from storage.database.backup import backups
from storage.erasing import erase
from storage.erasing.cleaning import Cleaner
from storage.erasing.erase import forget_rows
from storage.schema.tables import metadata
from storage.stores.members import about_members
from tests.fakes import ManualClock
from tests.storage.lives import answer, live, rule
from tests.storage.made import T0, hash_of, image, key, rated
from tests.storage.test_migrations import later

ANN, BEN = 11, 12
CLOCK = ManualClock()


async def test_a_stranger_destroys_nothing_that_is_anothers(tmp_path: Path) -> None:
    """for a stranger it touches nothing."""
    path = tmp_path / "data" / "feelprint.db"
    async with open_storage(path, clock=CLOCK) as storage:
        await live(storage, BEN, range(3))
        await answer(storage, "asked once", "a caption", owner=None, about=hash_of(77), by=BEN)
    async with open_storage(path, clock=CLOCK, scripts=later(tmp_path, "8888")) as storage:
        before = path.read_bytes(), path.with_name(f"{path.name}-wal").read_bytes()
        assert await storage.members.forget(99) == 0
        assert (path.read_bytes(), path.with_name(f"{path.name}-wal").read_bytes()) == before
        assert len(backups(path)) == 1
        assert await storage.answers.get("asked once") is not None


async def test_more_rows_than_one_transaction_takes_go_in_several(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erase, "AT_ONCE", 3)
    await live(storage, ANN, range(20), "annsecret")
    await live(storage, BEN, range(15, 25), "benthings")
    before = await storage.members.export(BEN)
    assert await storage.members.forget(ANN) == 20
    assert not any((await storage.members.export(ANN)).values())
    assert await storage.members.export(BEN) == before
    assert await storage.labels.image(hash_of(3)) is None


async def test_another_reader_neither_holds_up_others_nor_keeps_a_byte_for_longer_than_it_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    (on PostgreSQL these are the operator's; while another program reads the file, the last unreachable remnants go
    as soon as it lets go). Nobody else waits for longer than a step of it takes.
    """
    monkeypatch.setattr(erase, "PATIENCE_S", 0.5)
    folder = tmp_path / "data"
    path = folder / "feelprint.db"
    async with open_storage(path, clock=CLOCK) as storage:
        await live(storage, BEN, range(6, 12))
        await live(storage, ANN, range(6), "CANARY")
        reader = sqlite3.connect(path)
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM labels").fetchone() == (12,)
        leaving, waited = asyncio.create_task(storage.members.forget(ANN)), 0.0
        while not leaving.done():
            began = time.perf_counter()
            await storage.members.pause(BEN, paused=False)
            waited = max(waited, time.perf_counter() - began)
            await asyncio.sleep(0.01)
        assert await leaving == 6
        assert waited < 1.0
        assert reader.execute("SELECT count(*) FROM labels").fetchone() == (12,)
        reader.close()
        async with asyncio.timeout(60):
            while traces(folder, b"CANARY"):  # noqa: ASYNC110 - of files
                await asyncio.sleep(0.05)


async def test_a_stop_does_not_wait_for_who_keeps_remnants_from_being_cleaned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erase, "PATIENCE_S", 0.1)
    path = tmp_path / "feelprint.db"
    async with asyncio.timeout(60):
        async with open_storage(path, clock=CLOCK) as storage:
            await live(storage, ANN, range(3), "CANARY")
            reader = sqlite3.connect(path)
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM labels").fetchone()
            assert await storage.members.forget(ANN) == 3
    assert traces(tmp_path, b"CANARY")
    reader.close()
    async with open_storage(path, clock=CLOCK) as storage:
        await storage.eraser.idle()
    assert not traces(tmp_path, b"CANARY")


async def test_a_page_that_was_cleaned_does_not_come_back_from_what_was_kept_of_it(tmp_path: Path) -> None:
    """Whoever writes to it next has it from the file, not from memory."""
    folder = tmp_path / "data"
    path = folder / "feelprint.db"
    dice = random.Random(3)
    async with open_storage(path, clock=CLOCK) as storage:
        for turn in range(12):
            for member in (ANN, BEN, 13, 14):
                mark = f"{'CANARY' if member == ANN else 'others'}{turn}" * dice.randint(1, 40)
                start = dice.randrange(400)
                await live(storage, member, [start + 500 * member + n for n in range(5)], mark)
        await storage.members.forget(ANN)
        for turn in range(12):
            await live(storage, BEN, [9000 + 5 * turn + n for n in range(5)], "later" * dice.randint(1, 40))
        assert await Cleaner(storage._database).emptied()
        assert traces(folder, b"CANARY") == {}
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def traces(folder: Path, canary: bytes) -> dict[str, int]:
    """How often a canary's bytes are in any file of a folder."""
    return {file.name: n for file in folder.iterdir() if (n := file.read_bytes().count(canary))}


@pytest.mark.slow
async def test_no_byte_is_left_in_file_log_or_backups(tmp_path: Path) -> None:
    """Afterwards no byte of it is left in SQLite's file or its log, and backups made before start-up
    migrations are deleted with it (on PostgreSQL these are the operator's;

    Members' rows are interleaved and rewritten, so that pages are split and cells move about.
    """
    folder = tmp_path / "data"
    path = folder / "feelprint.db"
    dice = random.Random(3)
    async with open_storage(path, clock=CLOCK) as storage:
        for turn in range(12):
            for member in (ANN, BEN, 13, 14):
                mark = f"{'CANARY' if member == ANN else 'others'}{turn}" * dice.randint(1, 40)
                start = dice.randrange(400)
                await live(storage, member, [start + 500 * member + n for n in range(5)], mark)
                records = [RuleRecord(rule(n, mark), RuleStatus.UNUSED) for n in range(dice.randint(1, 30))]
                await storage.runs.put_rules(key(member), records)
    async with open_storage(path, clock=CLOCK, scripts=later(tmp_path, "8888")) as storage:
        (backup,) = backups(path)
        assert {path.name, backup.name} <= set(traces(folder, b"CANARY"))  # and the log, where a page is shared
        assert await storage.members.forget(ANN) > 0
        assert traces(folder, b"CANARY") == {}
        assert backups(path) == []
        assert traces(folder, b"others")
    assert traces(folder, b"CANARY") == {}


async def test_what_was_taken_back_is_left_in_no_copy_either(tmp_path: Path) -> None:
    path = tmp_path / "data" / "feelprint.db"
    async with open_storage(path, clock=CLOCK) as storage:
        await live(storage, ANN, range(5), "CANARY")
    async with open_storage(path, clock=CLOCK, scripts=later(tmp_path, "8888")) as storage:
        assert len(backups(path)) == 1
        await storage.labels.apply([rated(ANN, n, at=10**9) for n in range(5)])
        assert await storage.labels.felt(ANN) == ()
        await storage.eraser.clean()
        assert backups(path) == []
        assert traces(path.parent, image(1).jpeg) == {}


async def test_a_file_of_before_is_cleaned_at_its_next_start_too(tmp_path: Path) -> None:
    """One that earlier versions left to be compacted, and that gives no pages back."""
    path = tmp_path / "data" / "feelprint.db"
    path.parent.mkdir()
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE first (n)")  # with the first table it is settled that pages stay
        raw.execute("DROP TABLE first")
    async with open_storage(path, clock=CLOCK) as storage:
        for turn in range(20):
            await live(storage, ANN, range(5 * turn, 5 * turn + 5), "CANARY" * 40)
            await live(storage, BEN, range(500 + 5 * turn, 505 + 5 * turn), "others" * 40)
        await storage._database.write(forget_rows, ANN)
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (1,)
    async with open_storage(path, clock=CLOCK) as storage:
        await storage.eraser.idle()
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (0,)
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert traces(path.parent, b"CANARY") == {}


async def test_what_a_kill_interrupts_is_made_good_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "feelprint.db"
    async with open_storage(path, clock=CLOCK) as storage:
        await live(storage, ANN, range(5))
        await live(storage, BEN, range(3, 8))
        await storage._database.write(forget_rows, ANN)
        assert await storage.labels.image(hash_of(0)) is not None
    async with open_storage(path, clock=CLOCK) as storage:
        await storage.eraser.idle()
        assert await storage.labels.image(hash_of(0)) is None
        assert await storage.labels.image(hash_of(3)) is not None
        assert len(await storage.labels.labels(key(BEN))) == 5
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (0,)


async def test_answers_about_pictures_that_nobody_labelled_outlive_a_restart(database_url: str) -> None:
    async with open_storage(database_url, clock=CLOCK) as storage:
        await storage.members.join(BEN, 1, T0)
        await answer(storage, "asked once", "a caption", owner=None, about=hash_of(77), by=BEN)
    async with open_storage(database_url, clock=CLOCK) as storage:
        assert await storage.answers.get("asked once") is not None


def test_the_tables_about_members_are_the_ones_expected() -> None:
    named = {table.name for table, _ in about_members()}
    others = {
        "label_sets",
        "servers",
        "abilities",
        "images",
        "tombstones",
        "walks",
        "snapshots",
        "games",
        "moods",
        "warnings",
    }
    assert set(metadata.tables) - named == others
