"""A process to kill: pays for answers, eight at a time, and says each reservation and answer once acknowledged."""

import asyncio
import sys

from core.ports import Caps, NewAnswer, Purchase
from core.vocabulary.calls import Usage
from core.vocabulary.clock import SystemClock
from storage import Storage, open_storage

TOGETHER = 8


def say(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


async def pay(storage: Storage, lane: str) -> None:
    for n in range(100_000):
        reservation = await storage.answers.reserve(Purchase(n, "alone", None, "m", 0.01), Caps())
        assert reservation is not None
        say(f"reserved {reservation.entry_id}")
        key = f"{lane}-{n}"
        answer = NewAnswer(key, "{}")
        await storage.answers.settle(reservation, outcome="ok", usage=Usage(1, 1, 0.01), answer=answer)
        say(f"kept {key}")


async def main(path: str, life: str) -> None:
    async with open_storage(path, clock=SystemClock()) as storage:
        await asyncio.gather(*(pay(storage, f"{life}-{lane}") for lane in range(TOGETHER)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
