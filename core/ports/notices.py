"""News for members: what `RunStore.finish` stores to be told, until it is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.ports.runs import RunReport
from core.vocabulary.profile import ProfileKey


@dataclass(frozen=True, slots=True)
class Notice:
    """A run whose outcome its member has not been told. `asked`: they asked for it, and are told in any case."""

    report: RunReport
    asked: bool = False


class NoticeStore(Protocol):
    """What members are still to be told. Nothing is given out of whoever has agreed to less than is kept today;
    pausing drops what is to be told, and while it lasts nothing is put there.
    """

    async def waiting(self, *, limit: int) -> tuple[ProfileKey, ...]:
        """Profiles of which something is to be told by direct message and nobody is telling it; who has waited
        longest comes first.
        """
        ...

    async def at_press(self, member_id: int) -> bool:
        """Whether a member has chosen to be told with their next press."""
        ...

    async def choose(self, member_id: int, *, at_press: bool) -> None:
        """Keep where a member wants to be told: by direct message (as long as they choose nothing), or with their
        next press, also what waits already. Nothing of who is no member.
        """
        ...

    async def refused(self, member_id: int) -> tuple[ProfileKey, ...]:
        """Profiles of a member of which something is to be told with their next press."""
        ...

    async def take(self, key: ProfileKey, until: int) -> tuple[Notice, ...]:
        """All that is to be told of a profile, oldest first, for whoever tells it now: nobody else gets it before
        `until`, in no process.
        """
        ...

    async def told(self, run_ids: Sequence[str]) -> None:
        """It was told."""
        ...

    async def refuse(self, run_ids: Sequence[str]) -> None:
        """Discord takes no direct message to them: it waits for their next press."""
        ...
