"""Fakes that hold the written contracts of `core.ports`; no patching, no mocks."""

import itertools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from core.ports import Caps, Kept, NewAnswer, Purchase, Reservation
from core.vocabulary.calls import Usage

DAY_MS = 86_400_000


class ManualClock:
    """Stands still until it is told to go on."""

    def __init__(self, at: int = 1_700_000_000_000) -> None:
        self.at = at

    def now_ms(self) -> int:
        return self.at

    def advance(self, *, seconds: float) -> None:
        self.at += int(seconds * 1000)


@dataclass
class Entry:
    """One line of the ledger; `outcome` is None while it is a reservation."""

    at: int
    purpose: str
    owner: int | None
    model: str
    usage: Usage
    outcome: str | None = None


class MemoryAnswers:
    """`AnswerStore` in memory: nothing here awaits, so each method is atomic."""

    def __init__(self) -> None:
        self.entries: dict[int, Entry] = {}
        self.kept: dict[str, Kept] = {}
        self.most_usd_in_a_day = 0.0
        self._ids = itertools.count(1)

    async def get(self, key: str) -> Kept | None:
        return self.kept.get(key)

    async def reserve(self, purchase: Purchase, caps: Caps) -> Reservation | None:
        since, usd, owner = purchase.at - DAY_MS, purchase.usd, purchase.owner
        if caps.usd_day is not None and self.usd(since) + usd > caps.usd_day:
            return None
        if (
            owner is not None
            and caps.owner_usd_day is not None
            and self.usd(since, owner) + usd > caps.owner_usd_day
        ):
            return None
        entry_id = next(self._ids)
        self.entries[entry_id] = Entry(purchase.at, purchase.purpose, owner, purchase.model, Usage(usd=usd))
        self.most_usd_in_a_day = max(self.most_usd_in_a_day, self.usd(since))
        return Reservation(entry_id)

    async def settle(
        self, reservation: Reservation, *, outcome: str, usage: Usage, answer: NewAnswer | None = None
    ) -> None:
        entry = self.entries[reservation.entry_id]
        entry.outcome, entry.usage = outcome, usage
        self.most_usd_in_a_day = max(self.most_usd_in_a_day, self.usd(entry.at - DAY_MS))
        if answer is not None:
            self.kept.setdefault(answer.key, Kept(answer.text, usage))

    async def close_reservations(self) -> int:
        left = [entry for entry in self.entries.values() if entry.outcome is None]
        for entry in left:
            entry.outcome = "lost"
        return len(left)

    async def spent(self, since: int, owner: int | None = None) -> Mapping[str, Usage]:
        total: dict[str, Usage] = {}
        for entry in self._since(since, owner):
            sum_, more = total.get(entry.purpose, Usage()), entry.usage
            total[entry.purpose] = Usage(
                sum_.prompt_tokens + more.prompt_tokens,
                sum_.completion_tokens + more.completion_tokens,
                sum_.usd + more.usd,
            )
        return total

    async def calls(self, since: int = 0, owner: int | None = None) -> Mapping[str, int]:
        return Counter(entry.purpose for entry in self._since(since, owner))

    def usd(self, since: int, owner: int | None = None) -> float:
        """Spent and reserved since a time."""
        return sum(entry.usage.usd for entry in self._since(since, owner))

    @property
    def outcomes(self) -> list[str | None]:
        """How each line of the ledger ended, in order; None for an open reservation."""
        return [entry.outcome for entry in self.entries.values()]

    def _since(self, since: int, owner: int | None) -> list[Entry]:
        return [e for e in self.entries.values() if e.at >= since and owner in (None, e.owner)]
