"""What may go when it is old: what a store does for `core.tending.retention`, in small steps."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.vocabulary.explanation import Explanation
from core.vocabulary.profile import ProfileKey


@dataclass(frozen=True, slots=True)
class Old:
    """What is old of one member: their `profiles`, and the keys of the answers for them from before a time."""

    profiles: tuple[ProfileKey, ...] = ()
    answers: tuple[str, ...] = ()


class RetentionStore(Protocol):
    """Finds and deletes what is old. Each call is small, and leaves all whole that it is not told to delete."""

    async def members(self, after: int, *, limit: int) -> tuple[int, ...]:
        """The next ids of members above one."""
        ...

    async def old(self, member_id: int, before: int) -> Old:
        """A member's profiles, and answers for them alone from before a time."""
        ...

    async def unlabelled(self, after: str, before: int, *, limit: int) -> tuple[tuple[str, ...], str | None]:
        """Of the next answers by key those for everybody, from before a time, about a picture which is not
        stored; and the key to go on after, None at the end.
        """
        ...

    async def drop_answers(self, keys: Collection[str]) -> int:
        """Delete answers; how many were there."""
        ...

    async def thin(
        self,
        key: ProfileKey,
        last: str | None,
        *,
        rules: Sequence[str] = (),
        runs: Sequence[str] = (),
        explained: Mapping[str, Explanation] | None = None,
    ) -> bool:
        """Delete rules and runs of a profile, and replace what explains other runs, by their ids.

        False, and nothing done, where `last` is not the latest run (any more). A rule that is in use, struck or
        written by the member stays, whatever is asked, and so does a run that made a version.
        """
        ...

    async def singles(self, before: int) -> int:
        """How many lines of the ledger from before a time stand for one call each and are settled."""
        ...

    async def sum_up(self, before: int, *, limit: int) -> int:
        """Replace some of these lines by sums for each day, owner, purpose, model and outcome; how many those
        were. A sum stands at the beginning of its day, in UTC. What was never sent is deleted.
        """
        ...
