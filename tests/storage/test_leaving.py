"""Leaving at the wrong moment: cancelled, closed in the midst, or not closed at all."""

import asyncio
import contextlib
import random
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator

import psycopg
import pytest
from sqlalchemy import Connection, select

from core.vocabulary.errors import StorageError, StorageProblem
from storage.database import engine
from storage.database.address import parse
from storage.database.driver import HANDFUL
from storage.database.engine import READERS, Database
from storage.schema.queries import many, put
from storage.schema.tables import tombstones
from tests.databases import Postgres
from tests.programs import Programs
from tests.storage.unclosed import note, until

TASKS = 360
MANY = 40 * HANDFUL


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(parse(database_url))
    yield database
    await database.close()


async def threads_end(before: Iterable[threading.Thread]) -> bool:
    """Whether no thread is left but those from before; one that was told to end needs a moment."""
    for _ in range(100):
        if set(threading.enumerate()) <= set(before):
            return True
        await asyncio.sleep(0.01)
    return False


def noted(connection: Connection) -> set[int]:
    return set(connection.scalars(select(tombstones.c.gone_id)))


async def cancelled_within(work: Awaitable[None], seconds: float) -> bool:
    """Cancel some work after a while; whether it was done by then."""
    task = asyncio.ensure_future(work)
    await asyncio.wait([task], timeout=seconds)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
        return True
    return False


async def test_hundreds_cancelled_at_random_moments_leave_no_half_transaction(database: Database) -> None:
    dice = random.Random(8)
    start = time.perf_counter()
    for n in range(1, 11):
        await database.write(note, n)
    usual = (time.perf_counter() - start) / 10
    done: dict[int, bool] = {}

    async def try_one(n: int, patience: float) -> None:
        write = dice.choice([database.write, database.write_together])
        await cancelled_within(database.read(noted), patience)
        done[n] = await cancelled_within(write(note, n), patience)

    for n in range(100, 100 + TASKS // 2):
        await try_one(n, dice.uniform(0, 2 * usual))
    crowd = range(100 + TASKS // 2, 100 + TASKS)
    await asyncio.gather(*(try_one(n, dice.uniform(0, len(crowd) * usual)) for n in crowd))
    await database.write(note, 9999)
    stored = await database.read(noted)
    assert {abs(n) for n in stored if -n not in stored} == set()
    assert {n for n, was_done in done.items() if was_done} | {9999} <= stored
    assert 0 < sum(done.values()) < TASKS


async def test_closing_waits_for_all_that_was_asked_for_however_often_it_is_cancelled(database_url: str) -> None:
    before = threading.enumerate()
    database = Database(parse(database_url))
    writing = [asyncio.create_task(database.write(note, n)) for n in range(1, 30)]
    reading = [asyncio.create_task(database.read(noted)) for _ in range(10)]
    await asyncio.sleep(0)
    closing = asyncio.create_task(database.close())
    for _ in range(5):
        await asyncio.sleep(0.001)
        closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert all(task.done() for task in (*writing, *reading))
    assert database._writer.pool.checkedin() + database._reader.pool.checkedin() == 0  # type: ignore[attr-defined]
    assert await threads_end(before)
    with pytest.raises(StorageError, match=StorageProblem.CLOSED):
        await database.write(note, 99)
    again = Database(parse(database_url))
    assert await again.read(noted) == {sign * n for n in range(1, 30) for sign in (1, -1)}
    await again.close()


@pytest.mark.parametrize(("way", "code"), [("idle", 0), ("working", 0), ("failing", 7)])
def test_a_process_that_never_closes_its_database_ends_all_the_same(
    programs: Programs, database_url: str, way: str, code: int
) -> None:
    ended = programs.run("tests.storage.unclosed", database_url, way)
    assert ended.returncode == code
    assert "Traceback" not in ended.stderr
    assert "Event loop is closed" not in ended.stderr
    told = {int(line) for line in ended.stdout.split()}

    async def look() -> set[int]:
        database = Database(parse(database_url))
        try:
            await database.write(note, 5000)
            return await database.read(noted)
        finally:
            await database.close()

    stored = asyncio.run(look())
    assert told | {1, 2, 3, 5000} <= stored
    assert {n for n in stored if -n not in stored} == set()


async def test_who_waits_for_the_writer_of_another_process_gives_up_in_words(
    postgres_url: str, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_MS", 200)
    database = Database(parse(postgres_url))
    address = parse(postgres_url).url
    assert address is not None
    with psycopg.connect(host=str(address.query["host"]), user="postgres", dbname=address.database) as other:
        other.execute("LOCK TABLE alembic_version IN EXCLUSIVE MODE")
        with pytest.raises(StorageError, match=StorageProblem.LOCKED):
            await asyncio.wait_for(database.write(note, 1), 10)
    await database.write(note, 2)
    assert await database.read(noted) == {2, -2}
    await database.close()


async def test_who_waits_long_for_a_connection_is_served_all_the_same(sqlite_url: str) -> None:
    database = Database(parse(sqlite_url))
    for one in (database._writer, database._reader):
        one.pool._timeout = 0.01  # type: ignore[attr-defined]
    go_on = asyncio.Event()
    writing = [asyncio.create_task(database.write(until, go_on)), asyncio.create_task(database.write(note, 1))]
    reading = [asyncio.create_task(database.read(until, go_on)) for _ in range(2 * READERS)]
    await asyncio.sleep(0.1)
    go_on.set()
    await asyncio.gather(*writing, *reading)
    assert await database.read(noted) == {1, -1}
    await database.close()


async def test_thousands_of_rows_leave_the_loop_its_turns(database: Database) -> None:
    turn = 0

    async def spin() -> None:
        nonlocal turn
        while True:
            turn += 1
            await asyncio.sleep(0)

    def write(connection: Connection) -> Counter[int]:
        turns: Counter[int] = Counter()

        def rows() -> Iterator[dict[str, int]]:
            for n in range(MANY):
                turns[turn] += 1
                yield {"gone_id": n, "at": 0}

        put(connection, tombstones, rows())
        return turns

    def read(connection: Connection) -> Counter[int]:
        return Counter(turn for _ in many(connection, select(tombstones)))

    spinning = asyncio.create_task(spin())
    for work in (write, read):
        turns = await (database.write if work is write else database.read)(work)
        assert turns.total() == MANY
        assert max(turns.values()) <= MANY // 2  # a server may have several handfuls there already
    spinning.cancel()
