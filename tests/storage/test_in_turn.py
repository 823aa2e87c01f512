"""What processes over one PostgreSQL cannot do at once: one version is in use, and there is one budget."""

import asyncio
from collections.abc import Awaitable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, update
from sqlalchemy.util import await_only

from core.ports import AskedElsewhere, Caps, NewAnswer, Purchase, RunReport
from core.vocabulary.calls import Payer, Usage
from core.vocabulary.reasons import Mode, RunReason, RunResult
from core.vocabulary.server_settings import ServerSettings
from storage import Storage
from storage.database import holder
from storage.database.engine import TRIES
from storage.schema.tables import feelprints, images, profiles
from tests.ledger import live_on
from tests.storage.lives import feelprint
from tests.storage.made import SET, T0, key, rated, reacted
from tests.storage.standing import ANN, BEN, lost, meanwhile, scalar, standing_still

pytestmark = pytest.mark.slow

FEELINGS = ("awe", "fear", "anger")


# -------------------------------------------------------------------------------------------------- versions


async def test_two_runs_that_end_at_once_leave_one_version_in_use(processes: list[Storage]) -> None:
    one, other, _ = processes
    await one.labels.apply([reacted(ANN, n, "awe") for n in range(1, 5)])

    def ending(storage: Storage, version: int) -> Awaitable[bool]:
        run = RunReport(
            f"run-{version}", ANN, SET, Mode.RULES, 1, 4, T0, T0 + 1, RunResult.DEPLOYED, RunReason.FOUND
        )
        return storage.runs.finish(run, deploy=feelprint(ANN, version, at=T0 + 1, run=run.run_id))

    assert await meanwhile(one, ending(one, 1), "INSERT INTO feelprints", ending(other, 2))
    active = select(func.count()).select_from(feelprints).where(feelprints.c.status == "active")
    assert await scalar(one, active) == 1
    assert len(await one.versions.all(key(ANN))) == 2


# ----------------------------------------------------------------------------------------------------- money


async def test_of_two_who_reserve_the_last_room_at_once_one_has_it(processes: list[Storage]) -> None:
    one, other, _ = processes

    async def reserve(storage: Storage) -> None:
        taken.append(await storage.answers.reserve(Purchase(T0, "alone", None, "m", 0.6), Caps(1.0)))

    taken: list[Any] = []
    await meanwhile(one, reserve(one), "INSERT INTO spending", reserve(other))
    assert sorted(reservation is not None for reservation in taken) == [False, True]


async def test_of_hundreds_who_reserve_at_once_in_three_processes_no_more_have_room_than_there_is(
    processes: list[Storage],
) -> None:
    def reserving(storage: Storage) -> Iterator[Awaitable[Any]]:
        for n in range(100):
            yield storage.answers.reserve(Purchase(T0, "alone", None, "m", 0.003, Payer(n % 7, 5)), Caps(0.3))

    asked = await asyncio.gather(*(one for storage in processes for one in reserving(storage)))
    assert sum(found is not None for found in asked) == 100


async def test_what_a_server_chose_holds_for_hundreds_who_reserve_at_once_in_three_processes(
    processes: list[Storage],
) -> None:
    await processes[0].servers.save(ServerSettings(5, usd_per_day=0.3))

    def reserving(storage: Storage) -> Iterator[Awaitable[Any]]:
        for n in range(100):
            yield storage.answers.reserve(Purchase(T0, "alone", None, "m", 0.003, Payer(n % 7, 5)), Caps(9.0))

    asked = await asyncio.gather(*(one for storage in processes for one in reserving(storage)))
    assert sum(found is not None for found in asked) == 100


async def test_money_of_several_processes_is_written_in_turn_and_labels_beside_it(
    processes: list[Storage],
) -> None:
    """Whoever reserves would else fail at the row that all have in common, again and again."""
    one, other, third = processes
    first, second = (Purchase(T0, "alone", None, "m", 0.1) for _ in range(2))
    with standing_still(one, "INSERT INTO spending") as pause:
        standing = asyncio.create_task(one.answers.reserve(first, Caps()))
        await asyncio.wait_for(pause.reached.wait(), 60)
        waiting = asyncio.create_task(other.answers.reserve(second, Caps()))
        await asyncio.wait_for(third.labels.apply([reacted(ANN, 1, "awe")]), 60)
        await asyncio.sleep(0.3)
        assert not waiting.done()
        pause.go_on.set()
        assert await standing is not None
        assert await waiting is not None
    assert [lost(storage) for storage in processes] == [0, 0, 0]


async def test_whom_others_stand_in_the_way_again_and_again_writes_at_last_while_nobody_else_does(
    processes: list[Storage],
) -> None:
    one, other, _ = processes
    await one.labels.apply([reacted(ANN, 1, "awe")])
    tried = 0

    def in_the_way(connection: Connection) -> None:
        """Each time, another process writes what this one has read, if it may."""
        nonlocal tried
        tried += 1
        connection.execute(select(images)).all()
        change = rated(BEN, 1, FEELINGS[tried % 2], at=tried, with_image=False)
        writing.append(asyncio.ensure_future(other.labels.apply([change])))
        await_only(asyncio.wait(writing[-1:], timeout=1.0))
        connection.execute(update(profiles).values(retry_at=tried))

    writing: list[asyncio.Future[Any]] = []
    await one._database.write(in_the_way)
    await asyncio.gather(*writing)
    assert tried == TRIES + 1 == lost(one) + 1
    changed = select(func.count()).select_from(profiles).where(profiles.c.retry_at == tried)
    assert await scalar(one, changed) == 2, "both members' profiles"


async def test_a_question_is_of_one_process_until_it_settles_or_dies(
    processes: list[Storage], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Where several processes share a database, a question that another one has room for, or that is answered by now,
    is `AskedElsewhere`.
    Whether another process, one that lives, has room for a question.
    What a dead one has is closed.
    One that lives is left alone; where several share a database, one is dead once it has been missing for a while.
    """
    one, other, third = processes

    async def reserve(storage: Storage) -> Any:
        return await storage.answers.reserve(Purchase(T0, "alone", None, "m", 0.1, question="q"), Caps())

    first = await reserve(one)
    assert await reserve(other) == AskedElsewhere()
    assert [await storage.answers.is_asked("q") for storage in processes] == [False, True, True]
    await live_on(one)  # it died, and is missed at the first look
    assert [await third.answers.close_reservations() for _ in range(2)] == [0, 0]
    assert await other.answers.is_asked("q")
    monkeypatch.setattr(holder, "GRACE_S", 0.0)
    async with asyncio.timeout(60):  # until the server has noticed that its connection is gone
        while await other.answers.is_asked("q"):  # noqa: ASYNC110 - of another process
            await asyncio.sleep(0.02)
    second = await reserve(other)
    await one.answers.settle(first, outcome="ok", usage=Usage(1, 1, 0.1))
    await other.answers.settle(second, outcome="ok", usage=Usage(1, 1, 0.1), answer=NewAnswer("q", "text"))
    assert await reserve(third) == AskedElsewhere()
    assert await other.answers.get("q") is not None
