"""Paid answers and the ledger of calls."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from core.vocabulary.calls import NOBODY, Payer, Usage


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer paid for earlier: its raw text, and its cost then, so that reports do not depend on the cache."""

    text: str
    usage: Usage


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """An answer to keep under its call's key: `about` an image (its hash), for one `owner` or for everybody.

    It hangs on what it is of: with an owner on that member; else on the image, if that is stored, or on the
    member who caused it. What nobody caused, and what is about no image, holds nobody's words and stays.
    """

    key: str
    text: str
    about: str | None = None
    owner: int | None = None


@dataclass(frozen=True, slots=True)
class Purchase:
    """A call about to be sent: when, what for, whose it is (None: everybody's), to which model, for how much, and
    on whose account. `key` is what it is known by where nobody heard whether room was taken for it. `question` is
    the key under which its answer is looked for: of all processes one at a time asks it ("": whoever wants to).
    """

    at: int
    purpose: str
    owner: int | None
    model: str
    usd: float
    payer: Payer = NOBODY
    question: str = ""
    key: int = field(default_factory=lambda: secrets.randbits(63), compare=False)


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that may be spent in 24 hours, in dollars: by all, by one member, in one server. None: no cap.

    All who have not joined are one member in this, because nothing is kept about any of them.
    """

    usd_day: float | None = None
    member_usd_day: float | None = None
    server_usd_day: float | None = None

    @property
    def most_for_server(self) -> float | None:
        """The most that a server may choose for itself: what one may spend, and never more than all may."""
        return _lower(self.server_usd_day, self.usd_day)

    @property
    def most_for_member(self) -> float | None:
        """The most that a server may choose for one member."""
        return _lower(self.member_usd_day, self.most_for_server)

    def in_server(self, chosen_usd_day: float | None, member_usd_day: float | None = None) -> "Caps":
        """What holds in a server that chose to spend no more than so much, in all and for one member: of two caps
        the lower.
        """
        return replace(
            self,
            server_usd_day=_lower(self.server_usd_day, chosen_usd_day),
            member_usd_day=_lower(self.member_usd_day, member_usd_day),
        )


def _lower(one: float | None, other: float | None) -> float | None:
    """The lower of two caps, where there is one."""
    return min((cap for cap in (one, other) if cap is not None), default=None)


@dataclass(frozen=True, slots=True)
class Reservation:
    """Room in the budget taken before a call is sent: what for, and whether whoever pays had joined."""

    entry_id: int
    purchase: Purchase
    joined: bool = False


@dataclass(frozen=True, slots=True)
class AskedElsewhere:
    """No room was taken: another process has asked the same, and is answered in a moment or was just now."""


class AnswerStore(Protocol):
    """The cache of paid answers and the ledger of calls: one store, because paying and keeping are one act."""

    async def get(self, key: str) -> Kept | None:
        """The answer kept under a call's key."""
        ...

    async def reserve(self, purchase: Purchase, caps: Caps) -> Reservation | AskedElsewhere | None:
        """Write a reservation of the purchase's `usd` if spent + reserved of the last 24 hours stays within
        the cap of each account that bears it; None if it would not, or where the purchase is for an owner who
        is not a member (any more). A server's cap is the lower one of the given and what it chose, and so is
        that of whoever asks there, on the account that they have in all places. Checked and
        written in one transaction, which costs the same however many calls there were. An hour counts until all
        of it is over, so money comes free up to an hour late and never early. Where several processes share a
        database, a question that another one has room for, or that is answered by now, is `AskedElsewhere`.
        """
        ...

    async def is_asked(self, question: str) -> bool:
        """Whether another process, one that lives, has room for a question. What a dead one has is closed."""
        ...

    async def release(self, purchase: Purchase) -> None:
        """Give back the room of a purchase that was not sent, where nobody heard whether it was taken; it is not
        taken later either. Released a second time, it changes nothing.
        """
        ...

    async def settle(
        self, reservation: Reservation, *, outcome: str, usage: Usage, answer: NewAnswer | None = None
    ) -> None:
        """Replace the reservation by what the call really cost, and keep its answer if there is one and what it
        hangs on is still there: looked at in the same transaction, and whoever was forgotten meanwhile is not
        there even if they have joined again. Nothing is kept about a picture that is excluded and that nobody
        else shows. Done a second time, it changes nothing.
        """
        ...

    async def close_reservations(self) -> int:
        """Count the reservations that processes left open which have died as spent; how many there were. One that
        lives is left alone; where several share a database, one is dead once it has been missing for a while.
        """
        ...

    async def spent(self, since: int, owner: int | None = None) -> Mapping[str, Usage]:
        """Settled and reserved cost by purpose since a time (of what one member caused, if given)."""
        ...

    async def calls(self, since: int = 0, owner: int | None = None) -> Mapping[str, int]:
        """How many calls were sent, by purpose (answers from the cache are none)."""
        ...
