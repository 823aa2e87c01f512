"""Taking a copy at the same time as many others, and many times: what is in memory for it is bounded."""

import asyncio
import os
import tracemalloc
from contextlib import aclosing

from bot.discord_ui.exporting import MOST_BYTES, exported, turns
from core.vocabulary.errors import ImageError
from core.vocabulary.images import Image
from storage import Storage
from tests.labelling import felt

MB = 1 << 20
PEOPLE = range(1, 7)


async def test_of_thirty_exports_at_once_two_are_made_and_one_of_each_waits(sqlite_storage: Storage) -> None:
    pictures = [Image(os.urandom(32).hex(), os.urandom(MB), 8, 8) for _ in range(24)]
    for person in PEOPLE:
        await felt(sqlite_storage, person, [(image, "awe", 1000 + n) for n, image in enumerate(pictures)])
    one_at_a_time, refused = turns(), []

    async def take(person: int) -> int:
        size = 0
        files = exported(one_at_a_time, sqlite_storage.members, sqlite_storage.labels, person, 100 * MB)
        try:
            async with aclosing(files):
                async for file in files:
                    assert len(file.data) <= MOST_BYTES
                    size += len(file.data)
                    await asyncio.sleep(0.02)  # it is sent
        except ImageError:
            refused.append(person)
        return size

    tracemalloc.start()
    sizes = await asyncio.gather(*(take(person) for person in PEOPLE for _ in range(5)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(refused) == 30 - 2 * len(PEOPLE) + 4  # of those two whose turn it was at once, one more waits
    assert sum(size > 24 * MB for size in sizes) == 30 - len(refused)
    assert peak < 6 * MOST_BYTES
