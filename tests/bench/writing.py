"""Writes a second by one, two and four processes over one PostgreSQL that flushes to the disk: `python -m` this.

Each process is a whole storage. `labels`: batches of three reactions, by random ones of 5,000 members with 20
labels each; `money`: eight calls at a time, reserved and settled on one cap; `both`: the one beside the other. In
turns one after another, as all writing was once (`alone`), and as it is now: what counts is the ratio of the two.
A statement takes `AWAY_S` longer, as over a network: else two cores are all that four processes wait for.
"""

import asyncio
import json
import random
import subprocess
import sys
import time
from functools import partial
from itertools import product

from sqlalchemy import event
from sqlalchemy.util import await_only

from core.ports import Caps, Purchase
from core.vocabulary.calls import Payer, Usage
from core.vocabulary.clock import SystemClock
from storage import Storage, open_storage
from storage.database.postgresql import Beside
from tests.storage.made import EMOJI, SET, T0, reacted
from tests.storage.servers import Own, name_in, own_server

MEMBERS, EACH, PICTURES = 5_000, 20, 20_000
SECONDS, AWAY_S = 4.0, 0.005
PROCESSES = (1, 2, 4)
KINDS, WAYS = ("labels", "money", "both"), ("alone", "beside")

_FILL = (
    "INSERT INTO members SELECT n, 1, 0, false FROM generate_series(1, {members}) n",
    "INSERT INTO images SELECT encode(sha256(('picture ' || n)::bytea), 'hex'), repeat('jpeg', 50)::bytea, 640,"
    " 480 FROM generate_series(0, {pictures} - 1) n",
    "INSERT INTO sightings (message_id, channel_id, server_id, image_hash, posted_at)"
    " SELECT n, n % 500, n % 100, encode(sha256(('picture ' || n % {pictures})::bytea), 'hex'), 0"
    " FROM generate_series(1, {members} * {each}) n",
    "INSERT INTO reactions SELECT m, (m * {each} + n - 1) % ({members} * {each}) + 1, '{emoji}', false,"
    " encode(sha256(('picture ' || ((m * {each} + n - 1) % ({members} * {each}) + 1) % {pictures})::bytea),"
    " 'hex'), 'awe', '{set}', {t0} FROM generate_series(1, {members}) m, generate_series(1, {each}) n",
    "INSERT INTO labels SELECT DISTINCT member_id, '{set}', image_hash, '{{\"awe\": 1}}'::json::jsonb, {t0}, {t0}"
    " FROM reactions",
    "INSERT INTO profiles (member_id, label_set_id, labels, counts, emotions, last_label_at, labels_at_run,"
    " min_labels, min_emotions, retry_at, unshadowed, lasting)"
    " SELECT member_id, '{set}', count(*), '{{\"awe\": 20}}'::json, 1, {t0}, 0, 12, 3, 0, false, 0"
    " FROM labels GROUP BY member_id",
)


async def work(url: str, kind: str, way: str, me: int) -> None:
    """One process: says `ready`, begins when told so, and says how many it wrote and how many it made again."""
    async with open_storage(url, clock=SystemClock()) as storage:
        database = storage._database
        if way == "alone":
            alone = partial(database._commit, beside=Beside.NOBODY)
            database._transact = alone  # type: ignore[method-assign,assignment]
            database._together._transact = alone
        writer = database._writer.sync_engine
        event.listen(writer, "before_cursor_execute", lambda *_: await_only(asyncio.sleep(AWAY_S)))
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        until = time.monotonic() + SECONDS
        labelling = [label(storage, me, until)] if kind != "money" else []
        paying = [pay(storage, me, until) for _ in range(8)] if kind != "labels" else []
        done = await asyncio.gather(*labelling, *paying)
        batches, calls = sum(done[: len(labelling)]), sum(done[len(labelling) :])
        print(json.dumps([batches, calls, sum(database.lost_times.counts)]), flush=True)


async def label(storage: Storage, me: int, until: float) -> int:
    """Store batches of three reactions; how many batches."""
    dice, number = random.Random(me), 0
    while time.monotonic() < until:
        number += 1
        message = ((int(time.time() * 1000) - 1_420_070_400_000) << 22) + (me << 17)
        batch = [
            reacted(
                dice.randint(1, MEMBERS),
                message + n,
                "fear",
                picture=dice.randrange(PICTURES),
                channel=dice.randrange(500),
                server=dice.randrange(100),
                at=number,
            )
            for n in range(3)
        ]
        await storage.labels.apply(batch)
    return number


async def pay(storage: Storage, me: int, until: float) -> int:
    """Reserve and settle; how many calls."""
    dice, number = random.Random(me), 0
    while time.monotonic() < until:
        number += 1
        now = int(time.time() * 1000)
        purchase = Purchase(now, "alone", None, "m", 0.001, Payer(dice.randint(1, MEMBERS), dice.randrange(100)))
        reservation = await storage.answers.reserve(purchase, Caps(1e6, 1e6, 1e6))
        assert reservation is not None
        await storage.answers.settle(reservation, outcome="ok", usage=Usage(1, 1, 0.0005))
    return number


def fill(server: Own, url: str) -> None:
    """Members with labels, by the server itself."""
    given = {"members": MEMBERS, "each": EACH, "pictures": PICTURES, "set": SET, "t0": T0, "emoji": EMOJI["awe"]}
    for statement in _FILL:
        server.do(statement.format(**given), dbname=name_in(url))
    server.do("VACUUM ANALYZE", dbname=name_in(url))


def measured(url: str, kind: str, way: str, processes: int) -> tuple[float, float, float]:
    """Batches and calls a second, and transactions that were made again."""
    command = [sys.executable, "-m", "tests.bench.writing", url, kind, way]
    started = [
        subprocess.Popen([*command, str(n)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for n in range(processes)
    ]
    for one in started:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in started:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    told = [one.communicate()[0] for one in started]
    batches, calls, again = (sum(values) / SECONDS for values in zip(*map(json.loads, told), strict=True))
    return batches, calls, again


async def made(url: str) -> None:
    """Make the tables."""
    async with open_storage(url, clock=SystemClock()):
        pass


def main() -> None:
    """The table."""
    print(f"{'':8}{'processes':>10}{'':>8}{'batches/s':>12}{'calls/s':>12}{'again/s':>12}")
    with own_server() as server:
        for setting in ("fsync = on", "full_page_writes = on"):
            server.do(f"ALTER SYSTEM SET {setting}")
        server.do("SELECT pg_reload_conf()")
        url = server.url(server.create())
        asyncio.run(made(url))
        fill(server, url)
        for kind in KINDS:
            for processes, way in product(PROCESSES, WAYS):
                batches, calls, again = measured(url, kind, way, processes)
                print(f"{kind:8}{processes:>10}{way:>8}{batches:>12.0f}{calls:>12.0f}{again:>12.1f}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(work(*sys.argv[1:4], int(sys.argv[4])))
    else:
        main()
