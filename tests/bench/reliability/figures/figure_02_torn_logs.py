"""Figure 2: whatever is torn off SQLite's log, the file opens, is whole, and holds the first so many batches.

A power cut leaves a log that ends somewhere, or with sectors that were never written. A trial is one such log
beside the same file; whole batches must be there, without a gap, and nothing of any other.
"""

import contextlib
import random
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from core.ports import Applied
from core.vocabulary.changes import Change
from core.vocabulary.clock import SystemClock
from storage import open_storage
from storage.labelling.labels import SqlLabelStore
from tests.bench.reliability.figure import Figure, Trials
from tests.bench.reliability.kinds import SQLITE, fresh
from tests.storage.killed import BATCH, MEMBER
from tests.storage.made import T0, hash_of, key, reacted

BATCHES, SECTOR = 40, 512


async def body(trials: Trials) -> None:
    """Store batches, keep file and log as they stand before any checkpoint, and tear the log."""
    dice, kept = random.Random(trials.seed), 0
    whole, log = await _written(trials.folder)
    torn = trials.folder / "torn"
    torn.mkdir()
    for _ in range(trials.n):
        for file in torn.iterdir():
            if file.suffix != ".reserve":  # to make it anew takes longer than all else
                file.unlink()
        (torn / "feelprint.db").write_bytes(whole)
        (torn / "feelprint.db-wal").write_bytes(_tear(log, dice))
        batches, wrong = await _read(torn / "feelprint.db")
        kept += batches
        trials.check(not wrong, wrong)
    trials.note(f"on average {kept / trials.n:.0f} of {BATCHES} batches left")


async def _written(folder: Path) -> tuple[bytes, bytes]:
    """The file and the log beside it after so many batches."""
    url = await fresh(SQLITE, folder)
    async with open_storage(url, clock=SystemClock()) as storage:
        await storage.members.join(MEMBER, 1, T0)
        for n in range(BATCHES):
            await storage.labels.apply([reacted(MEMBER, BATCH * n + i, "awe", at=n) for i in range(BATCH)])
        return Path(url).read_bytes(), Path(f"{url}-wal").read_bytes()  # noqa: ASYNC240


def _tear(log: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(log))
    sector = at // SECTOR * SECTOR
    match dice.randrange(4):
        case 0:
            return log[:at]
        case 1:
            return log[:at] + bytes(len(log) - at)
        case 2:
            return log[:sector] + bytes(SECTOR) + log[sector + SECTOR :]
        case _:
            return log[:at] + dice.randbytes(dice.randrange(1, 4 * SECTOR)) + log[at + SECTOR :]


async def _read(path: Path) -> tuple[int, str]:
    """How many batches are there, and what is wrong with them."""
    async with open_storage(path, clock=SystemClock()) as storage:
        held = {label.image_hash for label in await storage.labels.labels(key(MEMBER))}
        profile = await storage.labels.profile(key(MEMBER))
        written = len(await storage.labels.reactions_on(range(BATCH * BATCHES)))
    there = [n for n in range(BATCH * BATCHES) if hash_of(n) in held]
    if there != [*range(len(there))] or len(there) % BATCH or written != len(there):
        return 0, f"{len(there)} labels of batches of {BATCH}, {written} reactions"
    if len(there) != (profile.labels if profile else 0):
        return 0, "the profile counts others"
    with contextlib.closing(sqlite3.connect(path)) as raw:
        found = raw.execute("PRAGMA integrity_check").fetchall()
    return len(there) // BATCH, "" if found == [("ok",)] else str(found)


@contextlib.contextmanager
def without() -> Iterator[None]:
    """A batch is as many transactions as it has changes."""
    was = SqlLabelStore.apply

    async def apply(self: SqlLabelStore, changes: Sequence[Change]) -> Applied:
        return [await was(self, [change]) for change in changes][-1]

    SqlLabelStore.apply = apply  # type: ignore[method-assign]
    try:
        yield
    finally:
        SqlLabelStore.apply = was  # type: ignore[method-assign]


FIGURE = Figure(2, "A torn log leaves whole batches and a sound file", body, without, 60, 2_000, 10)
