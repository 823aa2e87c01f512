"""How fast labels are stored, alone and in batches, and how long forgetting a heavy member takes."""

import time

import pytest

from core.vocabulary.changes import RecordReaction
from storage import Storage
from tests.storage.made import T0, image, key, reacted

MEMBER = 11


def large(n: int) -> RecordReaction:
    change = reacted(MEMBER, n, "awe", at=n)
    given = {name: getattr(change, name) for name in change.__slots__}
    return RecordReaction(**{**given, "image": image(n, 60_000)})


@pytest.mark.bench
async def test_storing_reactions(storage: Storage, request: pytest.FixtureRequest) -> None:
    await storage.members.join(MEMBER, 1, T0)
    start = time.perf_counter()
    for n in range(300):
        await storage.labels.apply([reacted(MEMBER, n, "awe", at=n)])
    alone = 300 / (time.perf_counter() - start)
    start = time.perf_counter()
    for first in range(1000, 11_000, 500):
        await storage.labels.apply([reacted(MEMBER, n, "awe", at=n) for n in range(first, first + 500)])
    batched = 10_000 / (time.perf_counter() - start)
    print(f"\n{request.node.name}: {alone:.0f} reactions/s alone, {batched:.0f} in batches of 500")
    assert len(await storage.labels.labels(key(MEMBER))) == 10_300


@pytest.mark.bench
async def test_forgetting_ten_thousand_labels(storage: Storage, request: pytest.FixtureRequest) -> None:
    """With images of 60 kB each, 600 MB in all: the member and their images are gone when it returns."""
    await storage.members.join(MEMBER, 1, T0)
    for first in range(0, 10_000, 250):
        await storage.labels.apply([large(n) for n in range(first, first + 250)])
    start = time.perf_counter()
    assert await storage.members.forget(MEMBER) == 10_000
    print(f"\n{request.node.name}: forgotten in {time.perf_counter() - start:.1f} s")
