"""Who is worked for where several processes share the work: a queue that *due* fills, and that may be lost.

Nothing is decided by what stands in it. Whoever takes a member asks again what is due for them.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Never, Protocol

Work = Callable[[int], Awaitable[int]]
"""Does all that is due for a member; the time before which nothing more may be done for them, else 0."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many members wait for a process to take them, but for who is put off, and for how long the first has."""

    members: int
    oldest_s: float


class TuningQueue(Protocol):
    """Members for whom something is due: each stands in it once, and is worked for by one process at a time."""

    async def offer(self, member_ids: Iterable[int]) -> None:
        """Put members in who are neither waiting, put off nor worked for. Raises StorageError."""
        ...

    async def cancel(self, member_id: int) -> None:
        """Take a member out, and end what any process does for them; returns once that has ended, or its process
        has died. Raises StorageError.
        """
        ...

    async def take(self, work: Work, *, parallel: int) -> Never:
        """Work for members, one after the other, for so many together; waits while the database is away.

        Cancelled, it ends what is under way and puts those members back.
        """
        ...

    async def tidy(self) -> bool:
        """Let go of members whose process has died, so that they can be offered again, and end what is done here
        for one who is not this process's any more; whether anybody was let go. Raises StorageError.
        """
        ...

    async def waiting(self) -> Waiting:
        """Who waits now. Raises StorageError."""
        ...
