"""The asynchronous engine against the one in threads, in one run, turn about: ratios of the same work.

What is stored, asked and paid for is the same through both; each figure is the median of several turns, so
that a busy machine slows both. The bounds are loose: they catch a mistake, not a slow day.
"""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import pytest

from bot.operations.running import settle
from core.ports import Caps, NewAnswer, Purchase
from core.vocabulary.calls import Usage
from storage import Storage
from storage.database.address import parse
from storage.database.engine import Database
from tests.bench.threads import ThreadDatabase
from tests.databases import Postgres
from tests.fakes import ManualClock
from tests.storage.lives import answer, live
from tests.storage.made import T0, hash_of, key, reacted

MEMBER, ASKER = 11, 12
TURNS = 7
Pair = tuple[Storage, Storage]
Work = Callable[[Storage, int], Awaitable[int]]


@pytest.fixture
async def pair(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> AsyncIterator[Pair]:
    """A storage over each engine, with a database of its own and the same life in it."""
    if parse(database_url).path is not None:
        other = str(tmp_path / "other.db")
        Path(other).write_bytes(Path(database_url).read_bytes())  # noqa: ASYNC240
    else:
        postgres: Postgres = request.getfixturevalue("postgres")
        other = postgres.url(postgres.create(request.getfixturevalue("postgres_template")))
    databases = ThreadDatabase(parse(database_url)), Database(parse(other))
    old, new = (Storage(cast(Database, one), ManualClock()) for one in databases)
    for storage in (old, new):
        await live(storage, ASKER, range(8))
        await storage.members.join(MEMBER, 1, T0)
        await answer(storage, "kept", '{"emotion": "awe"}', owner=None, about=hash_of(1))
    yield old, new
    for database in databases:
        await database.close()


async def rate(storage: Storage, work: Work, turn: int) -> float:
    start = time.perf_counter()
    return await work(storage, turn) / (time.perf_counter() - start)


async def compared(pair: Pair, name: str, unit: str, work: Work) -> float:
    """How many times as fast the asynchronous engine is, by the median of pairs of turns."""
    for storage in pair:
        await work(storage, TURNS)
    rates = [[await rate(storage, work, turn) for storage in pair] for turn in range(TURNS)]
    old, new = (statistics.median(rate[at] for rate in rates) for at in (0, 1))
    ratio = statistics.median(new / old for old, new in rates)
    print(f"\n{name}: threads {old:.0f} {unit}, asynchronous {new:.0f}, ratio {ratio:.2f}")
    return ratio


@pytest.mark.bench
@pytest.mark.parametrize(("batch", "times"), [(1, 100), (20, 20), (200, 5)])
async def test_labels_stored(pair: Pair, batch: int, times: int, request: pytest.FixtureRequest) -> None:
    async def store(storage: Storage, turn: int) -> int:
        for n in range(times):
            first = (turn * times + n) * batch + 1000
            changes = [reacted(MEMBER, first + i, "awe", at=first + i) for i in range(batch)]
            await storage.labels.apply(changes)
        return batch * times

    assert await compared(pair, request.node.name, "labels/s", store) > 0.2


@pytest.mark.bench
@pytest.mark.parametrize("callers", [1, 8])
async def test_a_question_answered_from_the_cache(
    pair: Pair, callers: int, request: pytest.FixtureRequest
) -> None:
    async def ask(storage: Storage) -> None:
        for _ in range(25):
            assert await storage.versions.active(key(ASKER)) is not None
            assert await storage.labels.label(key(ASKER), hash_of(1)) is not None
            assert await storage.answers.get("kept") is not None

    async def all_ask(storage: Storage, _turn: int) -> int:
        await asyncio.gather(*(ask(storage) for _ in range(callers)))
        return 25 * callers

    assert await compared(pair, request.node.name, "questions/s", all_ask) > 0.2


@pytest.mark.bench
async def test_calls_paid_for_together(pair: Pair, request: pytest.FixtureRequest) -> None:
    async def pay(storage: Storage, lane: str) -> None:
        for n in range(25):
            purchase = Purchase(T0, "match", ASKER, "m", 1e-6)
            reservation = await storage.answers.reserve(purchase, Caps(9.0, 9.0))
            assert reservation is not None
            usage = Usage(100, 10, 1e-6)
            kept = NewAnswer(f"{lane}-{n}", "{}")
            await storage.answers.settle(reservation, outcome="ok", usage=usage, answer=kept)

    async def all_pay(storage: Storage, turn: int) -> int:
        await asyncio.gather(*(pay(storage, f"{turn}-{lane}") for lane in range(8)))
        return 200

    assert await compared(pair, request.node.name, "calls/s", all_pay) > 0.2


async def stalls(work: Awaitable[Any]) -> list[float]:
    """How late the loop came to a task that sleeps a millisecond again and again, in ms, sorted."""
    late: list[float] = []
    working = asyncio.ensure_future(work)
    while not working.done():
        start = time.perf_counter()
        await asyncio.sleep(0.001)
        late.append(1000 * (time.perf_counter() - start) - 1)
    await working
    return sorted(late)


def said(late: list[float]) -> str:
    return f"p50 {late[len(late) // 2]:.1f}, p99.9 {late[int(len(late) * 0.999)]:.1f}, max {late[-1]:.1f} ms"


@pytest.mark.bench
async def test_stalls_of_the_loop_under_ingest(pair: Pair, request: pytest.FixtureRequest) -> None:
    async def store(storage: Storage) -> None:
        for n in range(60):
            first = 200 * n + 1000
            await storage.labels.apply([reacted(MEMBER, first + i, "awe", at=first + i) for i in range(200)])

    settle()
    both = [await stalls(store(storage)) for storage in pair]
    print(f"\n{request.node.name}: threads {said(both[0])}; asynchronous {said(both[1])}")
    assert both[1][-1] < 250
