"""The committer: in order, in batches, nothing lost to a full disk, nothing held back by one bad change."""

import asyncio
from contextlib import asynccontextmanager

from bot.intake.commit import Committer
from core.ports import Applied
from core.vocabulary.changes import DropServer, WithdrawCleared
from core.vocabulary.errors import StorageError, StorageProblem


class _Labels:
    """Keeps what is applied; fails as told."""

    def __init__(self):
        self.batches, self.failures, self.poison, self.pieces = [], 0, None, {}

    async def apply(self, changes):
        await asyncio.sleep(0)
        if self.failures:
            self.failures -= 1
            raise StorageError(StorageProblem.FULL)
        if self.poison in changes:
            raise ValueError("cannot be written")
        self.batches.append(list(changes))
        left = [change for change in changes if self.pieces.get(change)]
        self.pieces.update({change: self.pieces[change] - 1 for change in left})
        return Applied(frozenset(), left=tuple(left))


@asynccontextmanager
async def committing(labels):
    committer = Committer(labels, lambda applied: None)
    task = asyncio.create_task(committer.run())
    yield committer
    task.cancel()


async def _put(committer, changes):
    results = {}
    done = asyncio.Event()
    for change in changes:

        def settled(written, change=change):
            results[change] = written
            if len(results) == len(changes):
                done.set()

        committer.put(change, settled)
    await asyncio.wait_for(done.wait(), 5)
    return results


async def test_what_gathers_is_written_together_and_in_order():
    labels = _Labels()
    changes = [WithdrawCleared(n, None) for n in range(500)]
    async with committing(labels) as committer:
        results = await _put(committer, changes)
    assert [change for batch in labels.batches for change in batch] == changes
    assert len(labels.batches) <= 4
    assert all(results.values())


async def test_a_full_disk_is_waited_for():
    labels = _Labels()
    labels.failures = 3
    async with committing(labels) as committer:
        assert all((await _put(committer, [WithdrawCleared(1, None), WithdrawCleared(2, None)])).values())
    assert len(labels.batches) == 1


async def test_a_change_that_cannot_be_written_does_not_hold_back_its_neighbours():
    labels = _Labels()
    changes = [WithdrawCleared(n, None) for n in range(5)]
    labels.poison = changes[2]
    async with committing(labels) as committer:
        results = await _put(committer, changes)
    assert [change for change, written in results.items() if not written] == [changes[2]]
    assert [change for batch in labels.batches for change in batch] == changes[:2] + changes[3:]


async def test_what_goes_in_pieces_lets_others_pass_and_is_settled_with_its_last():
    labels = _Labels()
    server, settled = DropServer(1, 0), []
    labels.pieces[server] = 3
    async with committing(labels) as committer:
        committer.put(server, lambda written: settled.append((server, written)))
        for n in range(4):
            await _put(committer, [WithdrawCleared(n, None)])
            settled.append(n)
    assert [batch.count(server) for batch in labels.batches if server in batch] == [1, 1, 1, 1]
    assert settled[0] == 0
    assert (server, True) in settled
