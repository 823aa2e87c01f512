"""A process to kill: stores batches of three labels and says the number of each once it is acknowledged."""

import asyncio
import sys

from core.vocabulary.clock import SystemClock
from storage import open_storage
from tests.storage.made import T0, reacted

MEMBER = 11
BATCH = 3


async def main(path: str, first: int) -> None:
    async with open_storage(path, clock=SystemClock()) as storage:
        await storage.members.join(MEMBER, 1, T0)
        for n in range(first, first + 100_000):
            changes = [reacted(MEMBER, BATCH * n + i, "awe", at=n) for i in range(BATCH)]
            await storage.labels.apply(changes)
            sys.stdout.write(f"{n}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
