"""The queue of several machines, over a real PostgreSQL: each queue below is what one process has."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from core.ports import Caps, Purchase, TuningQueue, Waiting
from core.vocabulary.errors import StorageError
from storage import open_storage
from storage.stores import queue as module
from tests.fakes import ManualClock
from tests.storage.made import T0
from tests.storage.servers import Own, lives_through, name_in
from tests.storage.test_migrations import run_sql

pytestmark = pytest.mark.slow
ANN, BEN = 11, 12
CLOCK = ManualClock()


@pytest.fixture
async def queues(url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[TuningQueue]]:
    """Three processes' queues over one database; hearts beat fast."""
    for name, seconds in {
        "BEATS_EVERY_S": 0.2,
        "DEAD_AFTER_S": 1.5,
        "_CALM_S": 0.5,
        "_POLLS_EVERY_S": 0.2,
    }.items():
        monkeypatch.setattr(module, name, seconds)
    async with AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(open_storage(url, clock=CLOCK)) for _ in range(3)]
        yield [storage.queue() for storage in opened]


@asynccontextmanager
async def taking(*given: tuple[TuningQueue, Callable[[int], Awaitable[int]]]) -> AsyncIterator[None]:
    """Processes that take members meanwhile."""
    tasks = [asyncio.create_task(queue.take(work, parallel=2)) for queue, work in given]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(true: Callable[[], object], seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - of the database
            await asyncio.sleep(0.02)


def rows(url: str) -> list[Any]:
    return run_sql(url, "SELECT lock || ' ' || status FROM procrastinate_jobs ORDER BY id")


def in_an_hour() -> int:
    return round(time.time() + 3600) * 1000


class Work:
    """Notes whom it is given; works until it is let `go`."""

    def __init__(self, *, put_off: int = 0) -> None:
        self.begun: list[int] = []
        self.ended: list[int] = []
        self.go = asyncio.Event()
        self._put_off = put_off

    async def __call__(self, member_id: int) -> int:
        self.begun.append(member_id)
        try:
            await self.go.wait()
        finally:
            self.ended.append(member_id)
        return self._put_off


async def test_a_member_stands_in_it_once_whoever_offers_and_however_often(
    url: str, queues: list[TuningQueue]
) -> None:
    await asyncio.gather(*(queue.offer([ANN, BEN]) for queue in queues for _ in range(3)))
    assert sorted(rows(url)) == [f"{ANN} todo", f"{BEN} todo"]


async def test_two_processes_never_have_the_same_member_and_leave_nothing(
    url: str, queues: list[TuningQueue]
) -> None:
    one, other = Work(), Work()
    async with taking((queues[0], one), (queues[1], other)):
        await queues[2].offer([ANN, BEN])
        await until(lambda: len(one.begun + other.begun) == 2)
        await asyncio.gather(*(queue.offer([ANN, BEN]) for queue in queues))
        await asyncio.sleep(0.5)
        assert sorted(one.begun + other.begun) == [ANN, BEN]
        one.go.set()
        other.go.set()
        await until(lambda: not rows(url))
        await queues[2].offer([ANN])
        await until(lambda: len(one.begun + other.begun) == 3)


async def test_whoever_is_put_off_stays_in_it_and_is_not_offered_again(
    url: str, queues: list[TuningQueue]
) -> None:
    work = Work(put_off=in_an_hour())
    work.go.set()
    async with taking((queues[0], work)):
        await queues[0].offer([ANN])
        await until(lambda: work.ended == [ANN] and rows(url) == [f"{ANN} todo"])
        await queues[1].offer([ANN])
        await asyncio.sleep(0.5)
        assert work.begun == [ANN]
        await queues[1].cancel(ANN)
        assert rows(url) == []


async def test_cancelling_ends_what_another_process_does_before_it_returns(
    url: str, queues: list[TuningQueue]
) -> None:
    work = Work()
    async with taking((queues[0], work)):
        await queues[0].offer([ANN, BEN])
        await until(lambda: len(work.begun) == 2)
        await queues[1].cancel(ANN)
        assert work.ended == [ANN]
        assert rows(url) == [f"{BEN} doing"]


async def test_whoever_waits_is_taken_out(url: str, queues: list[TuningQueue]) -> None:
    await queues[0].offer([ANN, BEN])
    await queues[1].cancel(ANN)
    await queues[1].cancel(99)
    assert rows(url) == [f"{BEN} todo"]


async def test_a_process_that_ends_puts_its_members_back(url: str, queues: list[TuningQueue]) -> None:
    work = Work()
    async with taking((queues[0], work)):
        await queues[0].offer([ANN])
        await until(lambda: work.begun)
    assert work.ended == [ANN]
    assert rows(url) == [f"{ANN} todo"]


async def calm(queue: TuningQueue) -> None:
    """Look a few times, as a process does that has been there for a while."""
    for _ in range(4):
        assert not await queue.tidy()
        await asyncio.sleep(0.2)


async def test_a_member_of_a_process_that_died_is_let_go_and_one_of_the_living_is_not(
    url: str, queues: list[TuningQueue]
) -> None:
    work = Work()
    async with taking((queues[0], work)):
        await queues[0].offer([ANN])
        await until(lambda: work.begun)
        await calm(queues[1])
        await asyncio.sleep(2)
        assert not await queues[1].tidy()
        dead = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '9 s') RETURNING id"
        (died,) = run_sql(url, dead)
        job = f"('{module.QUEUE}', '{module.QUEUE}', '{BEN}', 'doing', {died})"
        run_sql(
            url, f"INSERT INTO procrastinate_jobs (queue_name, task_name, lock, status, worker_id) VALUES {job}"
        )
        assert await queues[1].tidy()
        assert rows(url) == [f"{ANN} doing"]


async def test_whoever_was_put_off_by_a_clock_that_was_ahead_is_let_go(
    url: str, queues: list[TuningQueue]
) -> None:
    right, wrong = Work(put_off=in_an_hour()), Work(put_off=in_an_hour() + 86_400_000)
    for member, queue, work in ((ANN, queues[0], right), (BEN, queues[1], wrong)):
        work.go.set()
        async with taking((queue, work)):
            await queue.offer([member])
            await until(lambda: rows(url)[-1:] == [f"{member} todo"] and work.ended == [member])  # noqa: B023
    await asyncio.sleep(0.5)
    assert not await queues[2].tidy()
    await asyncio.sleep(0.6)
    assert await queues[2].tidy()
    assert rows(url) == [f"{ANN} todo"]


async def test_after_an_outage_nobody_is_taken_for_dead_before_their_hearts_can_beat(
    server: Own, url: str, queues: list[TuningQueue]
) -> None:
    """Not while the database itself was just away, as nobody's heart beats then."""
    work = Work()
    async with taking((queues[0], work)):
        await queues[0].offer([ANN])
        await until(lambda: work.begun)
        await calm(queues[1])
        server.stop()
        with pytest.raises(StorageError):
            await queues[1].tidy()
        await asyncio.sleep(2)
        server.start()
        run_sql(url, "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '9 s'")
        assert not await queues[1].tidy()
        await until(
            lambda: (
                run_sql(url, "SELECT now() - last_heartbeat < interval '1 s' FROM procrastinate_workers") == [True]
            )
        )
        await calm(queues[1])
        assert (work.begun, work.ended) == ([ANN], [])
        work.go.set()
        await until(lambda: not rows(url))


async def test_who_stood_still_and_was_taken_over_from_ends(url: str, queues: list[TuningQueue]) -> None:
    """End what is done here for a member who was given to another process while this one stood still."""
    work = Work()
    async with taking((queues[0], work)):
        await queues[0].offer([ANN])
        await until(lambda: work.begun)
        run_sql(url, "DELETE FROM procrastinate_jobs")
        await queues[0].tidy()
        await until(lambda: work.ended == [ANN])
        await queues[1].offer([ANN])
        await until(lambda: work.begun == [ANN, ANN])


async def test_a_job_that_was_given_to_a_process_which_never_heard_so_is_let_go(
    url: str, queues: list[TuningQueue]
) -> None:
    work = Work()
    async with taking((queues[0], work)):
        await until(lambda: run_sql(url, "SELECT id FROM procrastinate_workers"))
        mine = f"('{module.QUEUE}', '{module.QUEUE}', '{BEN}', 'doing', (SELECT id FROM procrastinate_workers))"
        run_sql(
            url, f"INSERT INTO procrastinate_jobs (queue_name, task_name, lock, status, worker_id) VALUES {mine}"
        )
        await queues[0].tidy()
        assert rows(url) == [f"{BEN} doing"]
        await queues[0].tidy()
        assert rows(url) == []


async def test_a_process_whose_place_among_the_living_was_lost_takes_another(
    url: str, queues: list[TuningQueue]
) -> None:
    work = Work()
    work.go.set()
    async with taking((queues[0], work)):
        await until(lambda: run_sql(url, "SELECT id FROM procrastinate_workers"))
        run_sql(url, "DELETE FROM procrastinate_workers")
        await queues[1].offer([ANN])
        await until(lambda: work.ended == [ANN])


async def test_who_waits_is_counted_and_whoever_is_put_off_or_worked_for_is_not(
    url: str, queues: list[TuningQueue]
) -> None:
    later, now = Work(put_off=in_an_hour()), Work()
    later.go.set()
    async with taking((queues[0], later)):
        await queues[0].offer([ANN])
        await until(lambda: later.ended == [ANN])
    async with taking((queues[1], now)):
        await queues[0].offer([BEN])
        await until(lambda: now.begun == [BEN])
        assert await queues[1].waiting() == Waiting(0, 0.0)
    assert (await queues[1].waiting()).members == 1, "who was put back waits"
    run_sql(url, "UPDATE procrastinate_events SET at = at - interval '90 s'")
    run_sql(url, "UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE scheduled_at < now()")
    waiting = await queues[1].waiting()
    assert (waiting.members, waiting.oldest_s) == (1, pytest.approx(90, abs=10))


async def test_with_four_connections_a_bot_tunes_though_it_hears_nobody(
    server: Own, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.do("DROP ROLE IF EXISTS least_room")
    server.do("CREATE ROLE least_room LOGIN CONNECTION LIMIT 4")
    server.do(f"ALTER DATABASE {name_in(url)} OWNER TO least_room")
    monkeypatch.setattr(module, "_POLLS_EVERY_S", 0.2)
    work = Work()
    work.go.set()
    async with open_storage(url.replace("postgres@", "least_room@"), clock=CLOCK) as storage:
        await storage.take_place("11")
        assert await storage.answers.reserve(Purchase(T0, "alone", None, "m", 0.1), Caps())
        async with taking((storage.queue(), work)):
            for member in range(1, 9):
                await asyncio.gather(storage.queue().offer([member]), lives_through(storage, member))
            await until(lambda: sorted(work.ended) == list(range(1, 9)))
            assert server.do("SELECT count(*) FROM pg_stat_activity WHERE usename = 'least_room'") == [(4,)]
            assert server.do("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'LISTEN%'") == []
    server.do(f"ALTER DATABASE {name_in(url)} OWNER TO postgres; DROP OWNED BY least_room", dbname=name_in(url))


async def test_a_process_ends_though_the_server_hangs_and_leaves_nothing_running(server: Own, url: str) -> None:
    work = Work()
    before = asyncio.all_tasks()
    try:
        async with open_storage(url, clock=CLOCK) as storage, taking((storage.queue(), work)):
            listening = asyncio.create_task(storage.news.listen(lambda _: None, lambda: None))
            await storage.queue().offer([ANN])
            await until(lambda: work.begun)
            server.freeze()
            began = time.monotonic()
            listening.cancel()
        assert time.monotonic() - began < 6, "a container is killed after ten seconds, and other things end before"
        await until(lambda: asyncio.all_tasks() <= before)
    finally:
        server.thaw()


async def test_a_database_that_is_away_is_told_in_words(server: Own, queues: list[TuningQueue]) -> None:
    server.stop()
    try:
        for asked in (queues[0].offer([ANN]), queues[0].cancel(ANN), queues[0].tidy()):
            with pytest.raises(StorageError) as refused:
                await asked
            assert refused.value.passes
    finally:
        server.start()
