"""What people who manage a server are told of it."""

from dataclasses import dataclass
from typing import Protocol

from core.ports.answers import Caps
from core.vocabulary.mood import Mood


@dataclass(frozen=True, slots=True)
class Overview:
    """`labels` by so many `members` count that were made there. `behind` of `channels` are still to be compared
    with Discord after the last absence; `compared_at`: when one last was, 0 where none ever was.
    """

    labels: int
    members: int
    channels: int
    behind: int
    compared_at: int


@dataclass(frozen=True, slots=True)
class NearlySpent:
    """Dollars spent in 24 hours of a server's cap; `server_id` None: of the bot's."""

    server_id: int | None
    usd: float
    cap_usd: float


class OverviewStore(Protocol):
    """What people who manage a server are told of it."""

    async def of(self, server_id: int) -> Overview:
        """What there is of a server; nothing of what anybody felt."""
        ...

    async def mood(self, server_id: int, week: int) -> Mood | None:
        """What people felt there who are collected from, in a week that is over and began then, with the label set
        that holds. Each week is looked at once, and what was found stays, whoever joins or leaves and whatever is
        taken back, until a later week is looked at; with another label set there is none until then.
        """
        ...

    async def spent(self, server_id: int | None) -> float:
        """US dollars spent and reserved in the last 24 hours: on a server's account, or (None) in all."""
        ...

    async def nearly_spent(self, caps: Caps, share: float) -> tuple[NearlySpent, ...]:
        """Of which caps so much is spent, of the bot's first, where nobody was warned in the last 24 hours; of a
        server's own choice where that is the lower one.
        """
        ...

    async def warn(self, server_id: int | None) -> bool:
        """Whoever asks warns now; False where somebody else did in the last 24 hours."""
        ...

    async def unwarn(self, server_id: int | None) -> None:
        """The warning could not be given."""
        ...
