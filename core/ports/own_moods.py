"""Members' own moods: which there are, which one is active, and the end of one."""

from collections.abc import Mapping
from typing import Protocol

from core.vocabulary.own_moods import MoodKept, OwnMood


class OwnMoodStore(Protocol):
    """Moods of members. Whoever has made none has the first alone, and nothing is stored of it."""

    async def active(self) -> Mapping[int, OwnMood]:
        """The active mood of everybody whose active one is not the first."""
        ...

    async def listed(self, member_id: int) -> tuple[MoodKept, ...]:
        """A member's moods, the first one first and the others as they were made, with labels and versions of all
        their label sets together.
        """
        ...

    async def named(self, member_id: int, number: int) -> OwnMood | None:
        """One of them; None: there is no such mood (any more)."""
        ...

    async def make(self, member_id: int, name: str, at: int) -> OwnMood | None:
        """Make a mood and let it be the active one. None, and nothing is done, for somebody who has not joined,
        and where they have as many as one may have, or one of that name in whatever case. No number is given
        twice.
        """
        ...

    async def switch(self, member_id: int, number: int) -> OwnMood | None:
        """Let one of a member's moods be the active one; None, and nothing is done, where there is none."""
        ...

    async def rename(self, member_id: int, number: int, name: str) -> bool:
        """Call one of a member's moods so, the first too; False, and nothing is done, where there is none, or
        another has that name.
        """
        ...

    async def erase(self, member_id: int, number: int) -> int:
        """Erase a mood that is not the first, with everything that is kept under it; how many labels that were.

        If it was active, the first is. What stands on Discord of its reactions does not count, until it is made
        anew. Pictures that nothing else needs go with it. What is still written for it afterwards is not kept. It
        goes in pieces, its name last, so one that was broken off is there and can be erased again.
        """
        ...
