"""Who may be compared with whom, and who may ask about whom: a yes, and what both felt about the same pictures."""

from typing import Protocol, TypeAlias

from core.vocabulary.consent import Yes, YesTo
from core.vocabulary.label import Label

Pair: TypeAlias = tuple[Label, Label]
"""One image as two members felt it."""


class YesStore(Protocol):
    """Yeses; without one, nobody is compared or asked about. A yes goes with who said it, or whom it is about."""

    async def say(self, yes: Yes, at: int) -> None:
        """Keep a yes; nothing is kept of somebody who has not joined."""
        ...

    async def said(self, member_id: int) -> tuple[Yes, ...]:
        """All yeses of a member, in order."""
        ...

    async def take_back(self, member_id: int, server_id: int | None = None, *, to: YesTo = YesTo.COMPARE) -> None:
        """Take back their yes to everybody in a server; None: all of theirs, to the same."""
        ...

    async def unsay(self, yes: Yes) -> None:
        """Take back one of them."""
        ...

    async def may_ask(self, asker: int, about: int, server_id: int) -> bool:
        """Whether a member has said that the asker may ask about them, by name or to everybody in that server."""
        ...

    async def players(self, server_id: int) -> int:
        """How many members of whom something is collected have said yes to the game of a server."""
        ...

    async def shared(self, one: int, other: int, server_id: int, label_set_id: str) -> tuple[Pair, ...] | None:
        """The images that both have labelled, as each felt them, by hash. None where not each has said yes to the
        other, by name or to everybody in that server; a yes that was taken back counts for nothing.
        """
        ...
