"""Who may be compared with whom: a yes of each, and what both felt about the same pictures."""

from typing import Protocol, TypeAlias

from core.vocabulary.consent import Yes
from core.vocabulary.label import Label

Pair: TypeAlias = tuple[Label, Label]
"""One image as two members felt it."""


class YesStore(Protocol):
    """Yeses to be compared; without one, nobody is. A yes goes with who said it, and with whom it is about."""

    async def say(self, yes: Yes, at: int) -> None:
        """Keep a yes; nothing is kept of somebody who has not joined."""
        ...

    async def said(self, member_id: int) -> tuple[Yes, ...]:
        """All yeses of a member, in order."""
        ...

    async def take_back(self, member_id: int, server_id: int | None = None) -> None:
        """Take back their yes to everybody in a server; None: all of theirs."""
        ...

    async def shared(self, one: int, other: int, server_id: int, label_set_id: str) -> tuple[Pair, ...] | None:
        """The images that both have labelled, as each felt them, by hash. None where not each has said yes to the
        other, by name or to everybody in that server; a yes that was taken back counts for nothing.
        """
        ...
