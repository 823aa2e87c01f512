import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, insert, select

from core.vocabulary.errors import StorageError, StorageProblem
from storage.database.address import parse
from storage.database.engine import Database
from storage.database.lane import Lane
from storage.database.together import AT_ONCE, Together
from storage.schema.tables import tombstones
from tests.storage.unclosed import until


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(parse(database_url))
    yield database
    await database.close()


def note(connection: Connection, n: int) -> int:
    connection.execute(insert(tombstones), {"gone_id": n, "at": 0})
    return n


def noted(connection: Connection) -> int:
    return int(connection.scalar(select(func.count()).select_from(tombstones)) or 0)


@contextmanager
def busy(database: Database) -> Iterator[list[asyncio.Task[None]]]:
    """The writer has something to do until the block is left, so that what is written meanwhile waits."""
    go_on = asyncio.Event()
    writing = [asyncio.create_task(database.write(until, go_on))]
    try:
        yield writing
    finally:
        go_on.set()


async def waiting(database: Database, *numbers: int) -> list[asyncio.Task[int]]:
    tasks = [asyncio.create_task(database.write_together(note, n)) for n in numbers]
    await asyncio.sleep(0)
    return tasks


async def test_those_who_wait_for_the_writer_share_a_commit(database: Database) -> None:
    commits = 0

    @event.listens_for(database._writer.sync_engine, "commit")
    def _count(_: Connection) -> None:
        nonlocal commits
        commits += 1

    with busy(database) as writing:
        tasks = await waiting(database, *range(AT_ONCE + 1))
    assert await asyncio.gather(*tasks) == list(range(AT_ONCE + 1))
    await asyncio.gather(*writing)
    assert commits == 1 + 2
    assert await database.read(noted) == AT_ONCE + 1


async def test_other_work_has_its_turn_between_two_commits_of_many(database: Database) -> None:
    """Whoever came along with the first commit has no turn of their own, in which others would be let in."""
    order: list[str] = []

    async def again_and_again(n: int) -> None:
        for step in range(4):
            await database.write_together(note, 10 * n + step)
            order.append("together")

    with busy(database):
        tasks = [asyncio.create_task(again_and_again(n)) for n in range(1, 9)]
        await asyncio.sleep(0)
        tasks.append(asyncio.create_task(database.write(note, 99)))  # type: ignore[arg-type]
        tasks[-1].add_done_callback(lambda _: order.append("alone"))
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    assert order.index("alone") <= 16


async def test_one_that_fails_costs_the_others_nothing(database: Database) -> None:
    with busy(database):
        tasks = await waiting(database, 1, 2, 1, 3)
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert results[:2] + results[3:] == [1, 2, 3]
    assert isinstance(results[2], StorageError)
    assert await database.read(noted) == 3


async def test_one_that_was_cancelled_while_it_waited_is_not_done(database: Database) -> None:
    with busy(database):
        one, other = await waiting(database, 1, 2)
        one.cancel()
        await asyncio.sleep(0)
    assert await other == 2
    assert one.cancelled()
    assert await database.read(noted) == 1


async def test_nobody_is_answered_before_the_commit_and_all_hear_of_its_failure() -> None:
    told: list[bool] = []
    ran: list[int] = []

    async def transact(work: Callable[[Any], Any]) -> Any:
        work(None)
        await asyncio.sleep(0.01)
        told.extend(future.done() for future in futures)
        raise StorageError(StorageProblem.FULL)

    together = Together(transact, Lane(1))
    futures = [together.submit(lambda _, n=n: ran.append(n)) for n in range(3)]
    results = await asyncio.gather(*futures, return_exceptions=True)
    assert [result.reason for result in results] == [StorageProblem.FULL] * 3
    assert told == [False] * 3
    assert ran == [0, 1, 2]


async def test_nobody_waits_for_a_transaction_that_ends_with_the_loop() -> None:
    async def transact(work: Callable[[Any], Any]) -> Any:
        work(None)
        raise asyncio.CancelledError

    together = Together(transact, Lane(1))
    futures = [together.submit(lambda _, n=n: n) for n in range(3)]
    ended = await asyncio.wait_for(asyncio.gather(*futures, return_exceptions=True), 5)
    assert [type(one) for one in ended] == [asyncio.CancelledError] * 3
