import asyncio
import contextlib
import random
import time

from core.vocabulary.changes import Change
from storage import Storage, open_storage
from tests.fakes import ManualClock
from tests.storage.made import T0, hash_of, key, reacted

MEMBER, BATCH, TASKS = 11, 4, 120


def batch(n: int) -> list[Change]:
    return [reacted(MEMBER, BATCH * n + i, "awe", at=n) for i in range(BATCH)]


async def cancelled_after(storage: Storage, n: int, seconds: float) -> bool:
    """Store a batch and be cancelled meanwhile, if there is time; whether it was acknowledged."""
    task = asyncio.create_task(storage.labels.apply(batch(n)))
    await asyncio.wait([task], timeout=seconds)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
        return True
    return False


async def test_a_cancelled_write_happens_whole_or_not_at_all(storage: Storage) -> None:
    """Every writing method is one transaction: it happens whole or not at all, cancelled or not."""
    dice = random.Random(5)
    await storage.members.join(MEMBER, 1, T0)
    start = time.perf_counter()
    done = [await cancelled_after(storage, n, 60) for n in range(10)]
    usual = (time.perf_counter() - start) / 10
    done += [await cancelled_after(storage, n, dice.uniform(0, 2 * usual)) for n in range(10, TASKS - 30)]
    many = (cancelled_after(storage, n, dice.uniform(0, 20 * usual)) for n in range(TASKS - 30, TASKS))
    done += await asyncio.gather(*many)
    assert 10 < sum(done) < TASKS
    await storage.labels.apply([reacted(MEMBER, BATCH * TASKS, "fear", at=TASKS)])
    stored = {label.image_hash for label in await storage.labels.labels(key(MEMBER))}
    batches = [sum(hash_of(BATCH * n + i) in stored for i in range(BATCH)) for n in range(TASKS)]
    assert set(batches) <= {0, BATCH}
    assert all(count == BATCH for count, was_done in zip(batches, done, strict=True) if was_done)
    profile = await storage.labels.profile(key(MEMBER))
    assert profile is not None
    assert profile.labels == len(stored) == sum(batches) + 1


async def test_the_event_loop_goes_on_while_the_database_works(storage: Storage) -> None:
    await storage.members.join(MEMBER, 1, T0)
    large = [reacted(MEMBER, n, "awe", at=n) for n in range(600)]
    writing = asyncio.create_task(storage.labels.apply(large))
    turns = 0
    while not writing.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 10


async def test_leaving_waits_for_a_write_that_has_begun(sqlite_url: str) -> None:
    async with open_storage(sqlite_url, clock=ManualClock()) as storage:
        await storage.members.join(MEMBER, 1, T0)
        large = [reacted(MEMBER, n, "awe", at=n) for n in range(300)]
        writing = asyncio.create_task(storage.labels.apply(large))
        await asyncio.sleep(0.005)
    await writing
    async with open_storage(sqlite_url, clock=ManualClock()) as storage:
        assert len(await storage.labels.labels(key(MEMBER))) == 300
