"""Paid answers and the ledger of calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from core.vocabulary.calls import Usage


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer paid for earlier: its raw text, and its cost then, so that reports do not depend on the cache."""

    text: str
    usage: Usage


@dataclass(frozen=True, slots=True)
class Reservation:
    """Room in the budget taken before a call is sent."""

    entry_id: int


class AnswerStore(Protocol):
    """The cache of paid answers and the ledger of calls: one store, because paying and keeping are one act."""

    async def get(self, key: str) -> "Kept | None":
        """The answer kept under a call's key."""
        ...

    async def reserve(
        self,
        *,
        at: int,
        purpose: str,
        owner: int | None,
        model: str,
        usd: float,
        cap_usd_day: float | None,
        owner_cap_usd_day: float | None,
    ) -> Reservation | None:
        """Write a reservation of `usd` if spent + reserved of the last 24 hours stays within both caps
        (None: no cap); None if it would not. Checked and written in one transaction.
        """
        ...

    async def settle(
        self,
        reservation: Reservation,
        *,
        outcome: str,
        usage: Usage,
        key: str = "",
        text: str | None = None,
        about: str | None = None,
        owner: int | None = None,
    ) -> None:
        """Replace the reservation by what the call really cost, and keep `text` under `key` if given."""
        ...

    async def close_reservations(self) -> int:
        """At start-up: count the reservations that a crash left open as spent; how many there were."""
        ...

    async def spent(self, since: int, owner: int | None = None) -> Mapping[str, Usage]:
        """Settled and reserved cost by purpose since a time (of one owner, if given)."""
        ...

    async def calls(self, since: int = 0, owner: int | None = None) -> Mapping[str, int]:
        """How many calls were sent, by purpose (answers from the cache are none)."""
        ...
