import random
import sqlite3
import time
from pathlib import Path

import pytest

from storage import open_storage
from tests.fakes import ManualClock
from tests.programs import Programs
from tests.storage.killed import BATCH, MEMBER
from tests.storage.made import hash_of, key

pytestmark = pytest.mark.slow

KILLS = 3


def acknowledged_until_killed(programs: Programs, path: Path, first: int, dice: random.Random) -> list[int]:
    """The batches that a process acknowledged before it was killed."""
    return [int(line) for line in said_until_killed(programs, "tests.storage.killed", path, str(first), dice)]


def said_until_killed(
    programs: Programs, module: str, path: Path, argument: str, dice: random.Random
) -> list[str]:
    """Run a process, kill it in the midst of its work; the lines that it said."""
    process = programs.start(module, str(path), argument)
    said = [process.stdout.readline() for _ in range(dice.randint(1, 20))]
    time.sleep(dice.uniform(0.0, 0.02))
    process.kill()
    said += process.stdout.readlines()
    process.wait()
    return [line.strip() for line in said if line.endswith("\n")]


def check_whole(path: Path, acknowledged: int) -> None:
    """Only whole batches are there, at least the acknowledged ones, and all that follows from them."""
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
        tables = ("reactions", "sightings", "images", "labels")
        counts = {raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}
        assert raw.execute("SELECT labels FROM profiles").fetchone()[0] in counts
    (count,) = counts
    assert count % BATCH == 0
    assert count >= BATCH * acknowledged


async def test_every_acknowledged_label_survives_kill_nine_and_none_is_there_twice(
    tmp_path: Path, programs: Programs
) -> None:
    dice = random.Random(1)
    path = tmp_path / "feelprint.db"
    acknowledged: list[int] = []
    for _ in range(KILLS):
        first = max(acknowledged, default=-1) + 1
        acknowledged += acknowledged_until_killed(programs, path, first, dice)
        check_whole(path, len(acknowledged))
    assert len(acknowledged) > 5 * KILLS
    async with open_storage(path, clock=ManualClock()) as storage:
        stored = {label.image_hash for label in await storage.labels.labels(key(MEMBER))}
        reactions = await storage.labels.reactions_on(range(BATCH * (max(acknowledged) + 10)))
        profile = await storage.labels.profile(key(MEMBER))
    promised = {hash_of(BATCH * n + i) for n in acknowledged for i in range(BATCH)}
    assert promised <= stored
    assert len(stored) % BATCH == 0
    assert len(stored) - len(promised) <= BATCH * KILLS
    assert len(reactions) == len(stored)
    assert profile is not None
    assert profile.labels == len(stored)
    assert profile.counts == {"awe": len(stored)}


def test_what_was_paid_for_together_survives_kill_nine_with_its_line_in_the_ledger(
    tmp_path: Path, programs: Programs
) -> None:
    dice = random.Random(2)
    path = tmp_path / "feelprint.db"
    said: list[str] = []
    for life in range(KILLS):
        said += said_until_killed(programs, "tests.storage.killed_paying", path, str(life), dice)
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        entered = {f"reserved {entry}" for (entry,) in raw.execute("SELECT entry_id FROM ledger")}
        kept = {f"kept {key}" for (key,) in raw.execute("SELECT key FROM answers")}
        (settled,) = raw.execute("SELECT count(*) FROM ledger WHERE outcome = 'ok'").fetchone()
    assert {line for line in said if line.startswith("reserved")} <= entered
    assert {line for line in said if line.startswith("kept")} <= kept
    assert settled == len(kept) > 0
