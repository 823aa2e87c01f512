"""What a member takes beside their pictures, table by table: somebody lives with the bot, labels all along.

    .venv/bin/python -m tests.bench.growth

Labels come in one at a time, an hour apart, through the real worker: every run and every shadow record that would
be, with the offline model's answers in the cache and in the ledger. Bytes are those of whole pages with indexes,
at the end of that life, when it is pruned then, and when it is pruned a week and a day later. `--prune-always`: it
is pruned after every label as well, with nothing kept for more than two days. A digest tells the versions that
come of it: the same as without.
"""

import argparse
import asyncio
import hashlib
import json
import sqlite3
import tempfile
from pathlib import Path

from bot.demo.people import PEOPLE, reactions
from core.asking.asker import ModelAsker
from core.model.client import ModelClient
from core.model.config import ModelSettings
from core.model.gateway import Gateway
from core.model.prices import Price
from core.offline.model import MODEL_NAME
from core.offline.server import OfflineServer
from core.ports import TuningPolicy
from core.tending.retention import Retention
from core.tending.run import Tuner
from core.tending.shadowing import Shadows
from core.tending.worker import TuningWorker
from core.vocabulary.changes import RecordReaction, Sighting
from core.vocabulary.consent import CONSENT_VERSION
from core.vocabulary.emotions import MIKELS
from core.vocabulary.profile import ProfileKey
from storage import Storage, open_storage
from tests.bench.world import pictures
from tests.fakes import ManualClock

HOUR_S = 3600
SMALL_SIDE = 96
"""Pictures are left out of the count, so small ones do; the offline model sees enough in them."""


async def live(storage: Storage, url: str, clock: ManualClock, given: argparse.Namespace) -> None:
    """So many members of the demo label the same pictures, one by one, and the worker does what is due."""
    people = given.people
    sights = pictures(given.labels, given.seed, SMALL_SIDE)
    felt = reactions([sight.scene for sight in sights], given.seed)
    model = ModelSettings(url, "none", MODEL_NAME, prices={MODEL_NAME: Price(0.4, 1.6)}, concurrency=8)
    retention = Retention(storage, model, clock, keep_days=2, pause_s=0.0)
    async with ModelClient(model) as client:
        gateway = Gateway(client, storage.answers, model, clock)
        asker = ModelAsker(gateway)
        worker = TuningWorker(
            Tuner(storage, asker, clock, concurrency=8),
            Shadows(storage, asker, clock, concurrency=8),
            storage.runs,
            storage.due,
            clock,
            TuningPolicy(),
        )
        names = [person.name for person in PEOPLE][:people]
        for member in range(1, people + 1):
            await storage.members.join(member, CONSENT_VERSION, clock.now_ms())
        for n, sight in enumerate(sights, 1):
            at = clock.now_ms()
            seen = Sighting(n, 1, 1, sight.image.hash, at)
            await storage.labels.apply(
                [
                    RecordReaction(
                        member,
                        seen,
                        MIKELS.emoji_of(felt[name][n - 1]),
                        False,
                        felt[name][n - 1],
                        MIKELS.id,
                        at,
                        sight.image,
                    )
                    for member, name in enumerate(names, 1)
                ]
            )
            clock.advance(seconds=HOUR_S)
            while await worker.step():
                pass
            if given.prune_always:
                await retention.prune()
        await gateway.aclose()


def by_table(path: Path) -> dict[str, tuple[int, int]]:
    """Rows and bytes of each table with its indexes."""
    with sqlite3.connect(path) as raw:
        of = dict(raw.execute("SELECT name, tbl_name FROM sqlite_schema WHERE rootpage > 0"))
        found: dict[str, tuple[int, int]] = {}
        for name, size in raw.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name"):
            table = of.get(name, "sqlite_schema")
            rows, bytes_ = found.get(table, (0, 0))
            found[table] = (rows, bytes_ + size)
        for table, (_, size) in found.items():
            found[table] = (raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0], size)
    return found


async def pruned(path: Path, clock: ManualClock) -> None:
    """Prune with the settings that everybody has, and give back what is free."""
    model = ModelSettings("http://offline", "none", MODEL_NAME)
    async with open_storage(path, clock=clock) as storage:
        await Retention(storage, model, clock, keep_days=7, pause_s=0.0).prune()
    with sqlite3.connect(path) as raw:
        raw.execute("VACUUM")


async def main(given: argparse.Namespace) -> None:
    """Let them live, and say what that takes."""
    with tempfile.TemporaryDirectory() as folder:
        path, clock = Path(folder) / "growth.db", ManualClock()
        async with open_storage(path, clock=clock):
            pass
        empty = by_table(path)
        async with OfflineServer() as server, open_storage(path, clock=clock) as storage:
            await live(storage, server.base_url, clock, given)
            everybody = [ProfileKey(member, MIKELS.id) for member in range(1, given.people + 1)]
            made = [[v.block for v in await storage.versions.all(key)] for key in everybody]
            print("versions:", hashlib.sha256(json.dumps(made).encode()).hexdigest()[:12], [*map(len, made)])
            print("calls:", sum((await storage.answers.calls()).values()))
        show("at the end", by_table(path), empty, given.people)
        await pruned(path, clock)
        show("pruned then", by_table(path), empty, given.people)
        clock.advance(seconds=8 * 24 * HOUR_S)
        await pruned(path, clock)
        show("pruned a week and a day later", by_table(path), empty, given.people)


def show(when: str, found: dict[str, tuple[int, int]], empty: dict[str, tuple[int, int]], people: int) -> None:
    """A line for each table, beside pictures."""
    print(f"\n{when}")
    total = 0
    for table, (rows, size) in sorted(found.items(), key=lambda one: -one[1][1]):
        more = size - empty.get(table, (0, 0))[1]
        if more and table != "images":
            total += more
            print(f"{table:12} {rows / people:8.1f} rows {more / people / 1000:9.1f} kB")
    print(f"{'a member':12} {'':13} {total / people / 1000:9.1f} kB beside pictures")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=int, default=64)
    parser.add_argument("--people", type=int, default=len(PEOPLE))
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--prune-always", action="store_true")
    asyncio.run(main(parser.parse_args()))
