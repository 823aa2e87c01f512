"""What came in, what became of it, and what is not settled yet; counted for whoever watches the bot."""

import asyncio
import time
from collections import Counter

from core.collecting.refusals import Refusal
from core.vocabulary.facts import Fact


class Tally:
    """`events` are facts by kind, `decisions` what came of them: `kept`, or the reason why not."""

    def __init__(self) -> None:
        self.events: Counter[str] = Counter()
        self.decisions: Counter[str] = Counter()
        self._since: dict[int, float] = {}
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def waiting(self) -> int:
        """How many facts are not settled."""
        return len(self._since)

    @property
    def oldest_s(self) -> float:
        """For how many seconds the first of them has not been."""
        now = time.monotonic()
        return now - min(self._since.values(), default=now)

    def heard(self, fact: Fact) -> None:
        """Count a fact that came in."""
        self.events[type(fact).__name__] += 1

    def opened(self, job: object) -> None:
        """A fact begins to wait; `job` stands for it, and lives until it is settled."""
        self._since[id(job)] = time.monotonic()
        self._idle.clear()

    def settled(self, refusal: Refusal | None, job: object = None) -> None:
        """Count what was decided; the fact that a `job` stood for waits no longer."""
        self.decisions["kept" if refusal is None else refusal.value] += 1
        self._since.pop(id(job), None)
        if not self._since:
            self._idle.set()

    async def drained(self) -> None:
        """Wait until nothing waits."""
        await self._idle.wait()
