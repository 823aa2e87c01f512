"""One process, one file, 100,000 labels in one server: how long everything takes, and how long others wait for it.

    .venv/bin/python -m tests.bench.one_file

1,000 members label 20,000 pictures of 10 kB, five each; with an answer and a line of the ledger for each label.
Others are a member elsewhere who has a label stored, and looks where they stand, every 10 ms meanwhile: they wait
for the longest of these. Times are of the wall, on whatever machine.
"""

import argparse
import asyncio
import shutil
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from bot.intake.commit import Committer
from core.model.config import ModelSettings
from core.vocabulary.changes import DropServer, RecordReaction
from core.vocabulary.clock import SystemClock
from core.vocabulary.server_settings import ServerSettings
from storage import Storage, open_storage
from storage.copying import back_up
from storage.erasing.erase import forget_rows
from storage.schema.queries import add
from storage.schema.tables import answers, ledger
from tests.storage.made import T0, hash_of, image, key, reacted

MEMBERS, PICTURES, EACH, SIZE = 1_000, 20_000, 5, 10_000
ELSEWHERE, SERVER = 999_999, 5
EVERY_S = 0.01


def change(member: int, picture: int) -> RecordReaction:
    """A label of a picture of some size, in the large server."""
    made = reacted(member, picture, "awe", at=picture)
    return RecordReaction(**{**{n: getattr(made, n) for n in made.__slots__}, "image": image(picture, SIZE)})


async def fill(path: Path) -> None:
    """Make the file."""
    async with open_storage(path, clock=SystemClock()) as storage:
        await storage.servers.save(ServerSettings(SERVER, frozenset({50})))
        for member in (*range(1, MEMBERS + 1), ELSEWHERE):
            await storage.members.join(member, 1, T0)
        for first in range(0, PICTURES, 100):
            some = range(first, first + 100)
            batch = [change((picture * EACH + n) % MEMBERS + 1, picture) for picture in some for n in range(EACH)]
            await storage.labels.apply(batch)
            await storage._database.write(_asked, batch, first)


def _asked(connection: Any, batch: list[RecordReaction], first: int) -> None:
    spent = {"at": T0, "prompt_tokens": 900, "completion_tokens": 90, "nano_usd": 500_000}
    mine = [{"owner": one.member_id, **spent} for one in batch]
    kept = {"text": "A text of a model. " * 15, "asked_by": None}
    add(
        connection,
        answers,
        [
            {**row, **kept, "key": f"{first}-{n}", "about": one.sighting.image_hash}
            for n, (row, one) in enumerate(zip(mine, batch, strict=True))
        ],
    )
    line = {"purpose": "verify", "model": "m", "state": "settled", "outcome": "ok", "shared": False}
    add(connection, ledger, [{**row, **line, "key": 1000 * first + n} for n, row in enumerate(mine)])


class Others:
    """Somebody elsewhere, all along: how long each of their labels and looks took."""

    def __init__(self, storage: Storage) -> None:
        self.storage, self.stored, self.looked = storage, list[float](), list[float]()
        self.committer = Committer(storage.labels, lambda applied: None)
        self._n, self._over = 10_000_000, False

    async def settled(self, one: Any) -> None:
        """Have a change written as the bot does."""
        done = asyncio.get_running_loop().create_future()
        self.committer.put(one, done.set_result)
        assert await done

    async def during(self, work: Callable[[], Awaitable[object]]) -> tuple[float, float, float]:
        """Seconds that some work took, and the longest that a label and a look took meanwhile."""
        self.stored.clear(), self.looked.clear()
        self._over = False
        writer = asyncio.create_task(self.committer.run())
        all_along = [asyncio.create_task(each()) for each in (self._store, self._look)]
        await asyncio.sleep(5 * EVERY_S)
        began = time.perf_counter()
        await work()
        took = time.perf_counter() - began
        await asyncio.sleep(5 * EVERY_S)
        self._over = True
        await asyncio.gather(*all_along)
        writer.cancel()
        await asyncio.wait([writer])
        return took, max(self.stored, default=took), max(self.looked, default=took)

    async def _store(self) -> None:
        while not self._over:
            self._n += 1
            began = time.perf_counter()
            await self.settled(reacted(ELSEWHERE, self._n, "awe", server=6, channel=60))
            self.stored.append(time.perf_counter() - began)
            await asyncio.sleep(EVERY_S)

    async def _look(self) -> None:
        while not self._over:
            began = time.perf_counter()
            await self.storage.labels.profile(key(ELSEWHERE))
            await self.storage.runs.last(key(ELSEWHERE))
            await self.storage.versions.active(key(ELSEWHERE))
            self.looked.append(time.perf_counter() - began)
            await asyncio.sleep(EVERY_S)


def say(what: str, took: float, *waits: float) -> None:
    waited = "".join(f"  {1000 * one:7.0f} ms" for one in waits)
    print(f"{what:44} {took:8.2f} s{waited}", flush=True)


async def started(path: Path, what: str) -> None:
    began = time.perf_counter()
    async with open_storage(path, clock=SystemClock()) as storage:
        say(what, time.perf_counter() - began)
        began = time.perf_counter()
        if hasattr(storage.eraser, "idle"):
            await storage.eraser.idle()
            say("  and until all of it was finished", time.perf_counter() - began)


async def main(keep: Path | None) -> None:
    """Say how long everything takes; the filled file is kept for another time where asked."""
    with tempfile.TemporaryDirectory(dir=keep.parent if keep else None) as folder:
        path = Path(folder) / "feelprint.db"
        if keep is not None and keep.exists():  # noqa: ASYNC240 - nothing else runs yet
            shutil.copy(keep, path)
        else:
            await fill(path)
            if keep is not None:
                shutil.copy(path, keep)
        print(f"{path.stat().st_size / 1e6:.0f} MB; longest that others waited for a label, for a look")
        await started(path, "a start (the first looks for damage)")
        await started(path, "a start")
        async with open_storage(path, clock=SystemClock()) as storage:
            await storage._database.write(forget_rows, 17)
        await started(path, "a start after a forget that was cut")
        async with open_storage(path, clock=SystemClock()) as storage:
            await measured(storage, path)


async def measured(storage: Storage, path: Path) -> None:
    others = Others(storage)
    alone = [await others.during(lambda: asyncio.sleep(0.5)) for _ in range(3)]
    say("nothing else", 0.5, *(statistics.median(one[at] for one in alone) for at in (1, 2)))

    async def batches() -> None:
        for first in range(0, 5000, 500):
            await storage.labels.apply([change(n % MEMBERS + 1, n) for n in range(first, first + 500)])

    say("5,000 reactions that are known, by 500", *await others.during(batches))
    say("forgetting a member with 100 labels", *await others.during(lambda: storage.members.forget(18)))
    say(
        "a copy (feelprint backup)",
        *await others.during(lambda: back_up(str(path), path.with_name("copy.db"), SystemClock())),
    )
    with suppress(ImportError):
        from core.tending.retention import Retention  # what is older has none

        model = ModelSettings("http://offline", "none", "m")
        for what, pause_s in (("pruning for the first time", 0.0), ("pruning again, as in the background", 0.02)):
            retention = Retention(storage, model, SystemClock(), keep_days=7, pause_s=pause_s)
            say(what, *await others.during(retention.prune))
    say("dropping the server", *await others.during(lambda: others.settled(DropServer(SERVER, T0))))
    assert await storage.labels.label(key(1), hash_of(1)) is None


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path)
    asyncio.run(main(parser.parse_args().keep))
