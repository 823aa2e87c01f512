import random
import sqlite3
from pathlib import Path

import pytest

from core.vocabulary.feelprint import RuleRecord
from core.vocabulary.reasons import RuleStatus
from storage import erase, open_storage
from storage.backup import backups
from storage.erase import forget_rows
from storage.members import about_members
from storage.tables import metadata
from tests.fakes import ManualClock
from tests.storage.lives import answer, live, rule
from tests.storage.made import hash_of, key
from tests.storage.test_migrations import later

ANN, BEN = 11, 12
CLOCK = ManualClock()


def traces(folder: Path, canary: bytes) -> dict[str, int]:
    """How often a canary's bytes are in any file of a folder."""
    return {file.name: n for file in folder.iterdir() if (n := file.read_bytes().count(canary))}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 7])
async def test_no_byte_is_left_in_file_log_or_backups(tmp_path: Path, seed: int) -> None:
    """Afterwards no byte of it is left in SQLite's file or its log, and backups made before start-up
    migrations are deleted with it (on PostgreSQL these are the operator's;

    Members' rows are interleaved and rewritten, so that pages are split and cells move about.
    """
    folder = tmp_path / "data"
    path = folder / "feelprint.db"
    dice = random.Random(seed)
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
        assert set(traces(folder, b"CANARY")) == {path.name, backup.name}
        assert await storage.members.forget(ANN) > 0
        assert traces(folder, b"CANARY") == {}
        assert backups(path) == []
        assert traces(folder, b"others")
    assert traces(folder, b"CANARY") == {}


async def test_a_large_file_is_compacted_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """in a file with more than 256 MB in it, the last unreachable remnants go at the next start)."""
    path = tmp_path / "data" / "feelprint.db"
    async with open_storage(path, clock=CLOCK) as storage:
        for turn in range(20):
            await live(storage, ANN, range(5 * turn, 5 * turn + 5), "CANARY" * 40)
            await live(storage, BEN, range(500 + 5 * turn, 505 + 5 * turn), "others" * 40)
        monkeypatch.setattr(erase, "COMPACT_AT_ONCE_BYTES", 0)
        await storage.members.forget(ANN)
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (1,)
    async with open_storage(path, clock=CLOCK):
        pass
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (0,)
        assert raw.execute("PRAGMA freelist_count").fetchone() == (0,)
    assert traces(path.parent, b"CANARY") == {}


async def test_what_a_kill_interrupts_is_made_good_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "feelprint.db"
    async with open_storage(path, clock=CLOCK) as storage:
        await live(storage, ANN, range(5))
        await live(storage, BEN, range(3, 8))
        await storage._database.write(forget_rows, ANN)
        assert await storage.labels.image(hash_of(0)) is not None
    async with open_storage(path, clock=CLOCK) as storage:
        assert await storage.labels.image(hash_of(0)) is None
        assert await storage.labels.image(hash_of(3)) is not None
        assert len(await storage.labels.labels(key(BEN))) == 5
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA freelist_count").fetchone() == (0,)
        assert raw.execute("PRAGMA user_version").fetchone() == (0,)


async def test_answers_about_pictures_that_nobody_labelled_outlive_a_restart(database_url: str) -> None:
    async with open_storage(database_url, clock=CLOCK) as storage:
        await answer(storage, "asked once", "a caption", owner=None, about=hash_of(77))
    async with open_storage(database_url, clock=CLOCK) as storage:
        assert await storage.answers.get("asked once") is not None


def test_the_tables_about_members_are_the_ones_expected() -> None:
    named = {table.name for table, _ in about_members()}
    others = {"label_sets", "servers", "images", "sightings", "tombstones", "walks", "looks"}
    assert set(metadata.tables) - named == others
