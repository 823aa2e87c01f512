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
class NewAnswer:
    """An answer to keep under its call's key: `about` an image (its hash), for one `owner` or for everybody."""

    key: str
    text: str
    about: str | None = None
    owner: int | None = None


@dataclass(frozen=True, slots=True)
class Purchase:
    """A call about to be sent: when, what for, for whom (None: for everybody), to which model, for how much."""

    at: int
    purpose: str
    owner: int | None
    model: str
    usd: float


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that may be spent in 24 hours, in dollars, by everybody and by one owner. None: no cap."""

    usd_day: float | None = None
    owner_usd_day: float | None = None


@dataclass(frozen=True, slots=True)
class Reservation:
    """Room in the budget taken before a call is sent."""

    entry_id: int


class AnswerStore(Protocol):
    """The cache of paid answers and the ledger of calls: one store, because paying and keeping are one act."""

    async def get(self, key: str) -> Kept | None:
        """The answer kept under a call's key."""
        ...

    async def reserve(self, purchase: Purchase, caps: Caps) -> Reservation | None:
        """Write a reservation of the purchase's `usd` if spent + reserved of the last 24 hours stays within
        both caps (the owner's: of what its owner spent); None if it would not. Checked and written in one
        transaction.
        """
        ...

    async def settle(
        self, reservation: Reservation, *, outcome: str, usage: Usage, answer: NewAnswer | None = None
    ) -> None:
        """Replace the reservation by what the call really cost, and keep its answer if there is one; not that
        of an owner who was forgotten meanwhile.
        """
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
