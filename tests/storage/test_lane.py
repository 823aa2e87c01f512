import asyncio
import gc

import pytest

from core.vocabulary.errors import StorageError, StorageProblem
from storage.database.lane import Lane


class Doors:
    """Work that goes in and stays until it is let out."""

    def __init__(self) -> None:
        self.inside: list[int] = []
        self.done: list[int] = []
        self.out = asyncio.Event()

    async def stay(self, n: int) -> int:
        self.inside.append(n)
        await self.out.wait()
        self.inside.remove(n)
        self.done.append(n)
        return n


def stays(lane: Lane, doors: Doors, numbers: range) -> list[asyncio.Task[int]]:
    return [asyncio.create_task(lane.run(lambda n=n: doors.stay(n))) for n in numbers]


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_so_many_work_at_a_time_and_the_first_to_come_is_the_first_to_be_served() -> None:
    lane, doors = Lane(2), Doors()
    tasks = stays(lane, doors, range(5))
    await settle()
    assert doors.inside == [0, 1]
    doors.out.set()
    assert await asyncio.gather(*tasks) == doors.done == [0, 1, 2, 3, 4]


async def test_what_has_begun_goes_on_without_its_caller_and_what_has_not_never_begins() -> None:
    lane, doors = Lane(1), Doors()
    tasks = stays(lane, doors, range(3))
    await settle()
    for task in tasks[:2]:
        task.cancel()
    await settle()
    assert all(task.cancelled() for task in tasks[:2])
    assert doors.inside == [0]
    doors.out.set()
    assert await tasks[2] == 2
    assert doors.done == [0, 2]


async def test_cancelling_everybody_at_every_moment_leaves_the_lane_free() -> None:
    lane, doors = Lane(2), Doors()
    doors.out.set()
    for turns in range(12):
        tasks = stays(lane, doors, range(9))
        for _ in range(turns):
            await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    assert await asyncio.wait_for(lane.run(lambda: doors.stay(99)), 1) == 99


async def test_closing_waits_for_what_was_asked_for_and_takes_no_more() -> None:
    lane, doors = Lane(1), Doors()
    tasks = stays(lane, doors, range(3))
    await settle()
    closing = asyncio.create_task(lane.close())
    await settle()
    with pytest.raises(StorageError, match=StorageProblem.CLOSED):
        await asyncio.wait_for(lane.run(lambda: doors.stay(9)), 1)
    assert not closing.done()
    doors.out.set()
    await closing
    assert [task.result() for task in tasks] == [0, 1, 2]


async def test_an_error_that_nobody_waits_for_any_more_is_no_noise(caplog: pytest.LogCaptureFixture) -> None:
    lane, out = Lane(1), asyncio.Event()

    async def fail() -> None:
        await out.wait()
        raise StorageError(StorageProblem.FULL)

    caller = asyncio.create_task(lane.run(fail))
    await settle()
    caller.cancel()
    await settle()
    out.set()
    await lane.close()
    del caller
    gc.collect()
    assert caplog.records == []
