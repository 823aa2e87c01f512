"""Figure 4: a disk that fills up at whichever write loses nothing, lets everybody read and leave, and recovers.

A real small disk, filled but for a number of pages that grows by one from trial to trial, so that another write is
the first to find no room each time. It takes root, as mounting does; elsewhere nothing is tried.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.predicting.predictor import Predictor
from core.vocabulary.clock import SystemClock
from core.vocabulary.emotions import MIKELS
from core.vocabulary.errors import StorageError
from storage import Storage, open_storage, store
from storage.database.failures import DiskFull
from tests.bench.reliability.figure import Figure, Trials
from tests.scripted import ScriptedAsker, picture
from tests.storage.disks import fill, small_disk
from tests.storage.lives import live
from tests.storage.made import T0, key, reacted
from tests.storage.test_disk import with_size

BEN, LEAVING, PAGE, MEGABYTES, SIZE = 12, 100, 4096, 40, 20_000


async def body(trials: Trials) -> None:
    """Fill, write until there is no room, look, leave, make room, go on."""
    try:
        with small_disk(trials.folder / "disk", MEGABYTES) as disk:
            await _on(disk, trials)
    except pytest.skip.Exception:
        trials.note("no small disk could be mounted here")


async def _on(disk: Path, trials: Trials) -> None:
    path = disk / "feelprint.db"
    async with open_storage(path, clock=SystemClock()) as storage:
        await storage.members.join(BEN, 1, T0)
        for number in range(trials.n):
            try:
                wrong = await _wrong(storage, disk, number)
            except StorageError as error:
                wrong = f"{error.reason}"
            (disk / "filler").unlink(missing_ok=True)
            trials.check(not wrong, f"but for {number} pages: {wrong}")
    with contextlib.closing(sqlite3.connect(path)) as raw:
        trials.check(raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)], "the file is damaged")


async def _wrong(storage: Storage, disk: Path, number: int) -> str:
    leaver, first = LEAVING + number, 10_000 * number
    await live(storage, leaver, range(first + 9_000, first + 9_003), "somebody's")
    before = len(await storage.labels.labels(key(BEN)))
    fill(disk, leave=PAGE * number)
    stored = 0
    with contextlib.suppress(DiskFull):
        while stored < 1000:
            await storage.labels.apply([with_size(reacted(BEN, first + stored, "awe", at=stored), SIZE)])
            stored += 1
        return "it never filled up"
    if len(await storage.labels.labels(key(BEN))) != before + stored:
        return "an acknowledged label is lost"
    model = ScriptedAsker({"sea": "awe"})
    predictor = Predictor(storage.labels, storage.versions, storage.shadows, model, SystemClock())
    if not await predictor.predict(picture("sea"), BEN, MIKELS):
        return "no answer"
    if await storage.members.forget(leaver) != 3 or await storage.labels.labels(key(leaver)):
        return "who left is still there"
    (disk / "filler").unlink()
    await storage.labels.apply([reacted(BEN, first + 8_000, "fear")])
    await storage.members.forget(BEN)
    await storage.members.join(BEN, 1, T0)
    return ""


@contextlib.contextmanager
def without() -> Iterator[None]:
    """No room is set aside for those who leave."""
    was = store.reserve_space
    store.reserve_space = lambda *_: False
    try:
        yield
    finally:
        store.reserve_space = was


FIGURE = Figure(4, "A disk that is full at any write loses nothing", body, without, 24, 200, 4)
