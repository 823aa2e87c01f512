"""Turns: places go round by owner, what waits is bounded, and whoever goes away holds nothing."""

import asyncio
import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.decoding.turns import TooMuchWaiting, Turns


async def worked(turns: Turns, log: list[int], owner: int, size: int = 0) -> None:
    async with turns.place(owner, size):
        log.append(owner)
        await asyncio.sleep(0)


async def test_who_asks_for_much_waits_behind_themselves() -> None:
    turns, log = Turns(1), []
    jobs = [worked(turns, log, owner) for owner in [1] * 20 + [2, 2, 3]]
    await asyncio.gather(*jobs)
    assert log[:6] == [1, 2, 3, 1, 2, 1]


async def test_one_owner_leaves_places_to_others() -> None:
    turns, stop = Turns(4, each=2), asyncio.Event()
    inside: Counter[int] = Counter()

    async def stay(owner: int) -> None:
        async with turns.place(owner):
            inside[owner] += 1
            await stop.wait()

    jobs = [asyncio.create_task(stay(owner)) for owner in [1] * 5 + [2]]
    await asyncio.sleep(0.01)
    assert inside == {1: 2, 2: 1}
    stop.set()
    await asyncio.gather(*jobs)
    assert inside == {1: 5, 2: 1}


async def test_one_owner_and_all_together_wait_for_so_much_only() -> None:
    turns, log = Turns(1, own=2, everybody=3), []
    await turns.take(0)
    waiting = [asyncio.create_task(worked(turns, log, owner)) for owner in (1, 1, 2)]
    await asyncio.sleep(0)
    for owner in (1, 2, 3):
        with pytest.raises(TooMuchWaiting):
            await turns.take(owner)
    patient = asyncio.create_task(turns.take(4, patient=True))
    turns.give(0)
    await asyncio.wait_for(patient, 2)
    turns.give(4)
    await asyncio.wait_for(asyncio.gather(*waiting), 60)
    assert log == [1, 2, 1]


async def test_who_waited_behind_a_large_one_that_goes_away_has_its_turn_at_once() -> None:
    turns, log = Turns(3, room=10), []
    await turns.take(1, 8)
    large = asyncio.create_task(turns.take(2, 5))
    small = asyncio.create_task(worked(turns, log, 3, 1))
    await asyncio.sleep(0.01)
    assert log == []
    large.cancel()
    await asyncio.wait_for(small, 60)
    assert log == [3]


async def test_a_place_that_was_given_back_is_one_place() -> None:
    turns, most = Turns(2), 0
    inside: Counter[int] = Counter()

    async def work(owner: int) -> None:
        nonlocal most
        async with turns.place(owner):
            inside[owner] += 1
            most = max(most, inside.total())
            await asyncio.sleep(0)
            inside[owner] -= 1

    await asyncio.gather(*(work(owner) for owner in range(20)))
    assert most == 2


async def test_small_ones_do_not_pass_a_large_one_by_for_ever() -> None:
    turns, log = Turns(4, room=10), []
    await turns.take(0, 6)
    jobs = [asyncio.create_task(worked(turns, log, owner, size)) for owner, size in ((1, 8), (2, 1), (3, 1))]
    await asyncio.sleep(0.01)
    assert log == []
    turns.give(0, 6)
    await asyncio.gather(*jobs)
    assert log == [1, 2, 3]


async def test_what_is_larger_than_all_the_room_has_it_for_itself() -> None:
    log: list[int] = []
    await asyncio.wait_for(worked(Turns(2, room=10), log, 1, 99), 1)
    assert log == [1]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_whoever_goes_away_at_whatever_moment_holds_nothing(seed: int) -> None:
    asyncio.run(_come_and_go(random.Random(seed)))


async def _come_and_go(rng: random.Random) -> None:
    turns, held, most = Turns(2, room=10, each=1), Counter(), 0

    async def stay(owner: int, size: int) -> None:
        nonlocal most
        async with turns.place(owner, size):
            held[owner] += size
            most = max(most, held.total())
            try:
                await asyncio.sleep(0)
            finally:
                held[owner] -= size

    jobs = [asyncio.create_task(stay(rng.randrange(4), rng.randrange(1, 10))) for _ in range(20)]
    for _ in range(500):
        rng.choice(jobs).cancel()
        await asyncio.sleep(0)
        if all(job.done() for job in jobs):
            break
    assert all(job.done() for job in jobs)
    assert most <= 10
    for owner in (7, 8):
        await asyncio.wait_for(turns.take(owner, 5), 1)
