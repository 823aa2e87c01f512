"""What other processes over the same database have done, told as it happens.

What a store writes is told with the transaction that writes it. A telling may get lost, so whoever listens looks
at the database now and then as well.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Never, Protocol


class Topic(StrEnum):
    """What a piece of news is about."""

    MEMBER = "member"
    """Somebody joined, paused, or came back. `subject`: who."""
    FORGOTTEN = "forgotten"
    """Somebody was erased. `subject`: who."""
    SERVER = "server"
    """A server's settings were saved. `subject`: which."""
    EXCLUSIONS = "exclusions"
    """Something was said about pictures."""
    MOOD = "mood"
    """Somebody made, chose, renamed or erased one of their own moods. `subject`: who."""
    PROGRESS = "progress"
    """How far a run is. `subject`: whose; `more`: label set, step, answered and asked questions; without a step it
    has ended.
    """
    FOLLOWS = "follows"
    """A process waits to follow another on Discord. `subject`: which; `more`: in which part of which bot."""
    LEAVES = "leaves"
    """A process answers no more. `subject`: how many ids come yet; `more`: where, who follows, what it heard."""


@dataclass(frozen=True, slots=True)
class Told:
    """One piece of news."""

    topic: Topic
    subject: int = 0
    more: tuple[str, ...] = ()


class News(Protocol):
    """The way between processes; where there is one process, nothing is ever heard."""

    async def tell(self, told: Told) -> None:
        """Tell the other processes. Raises StorageError."""
        ...

    async def listen(self, heard: Callable[[Told], None], missed: Callable[[], None]) -> Never:
        """Give what other processes tell to `heard`, for ever; `missed` is called whenever something may have been
        missed before.
        """
        ...
