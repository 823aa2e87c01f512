"""What comparing with Discord has found so far, and how far it has come."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from core.vocabulary.comparison import Known, Snapshot, Walked


class WalkStore(Protocol):
    """How far each channel was compared, and what stood there."""

    async def walked(self) -> tuple[Walked, ...]:
        """Every channel that was compared, or in which a message is known."""
        ...

    async def last_round(self) -> int:
        """The last absence after which anything was compared; 0 where nothing ever was."""
        ...

    async def behind(self) -> tuple[int, int]:
        """How many channels are still to be compared after the last absence, and how many there are."""
        ...

    async def bots(self) -> Mapping[int, int]:
        """Which bot was last seen in each server."""
        ...

    async def there(self, server_ids: Sequence[int], bot_id: int) -> None:
        """Keep that a bot is in these servers."""
        ...

    async def save(self, walked: Walked) -> None:
        """Keep how far a channel was compared."""
        ...

    async def known(self, message_ids: Sequence[int]) -> Mapping[int, Known]:
        """What is known of messages; those of which nothing is are left out."""
        ...

    async def below(self, channel_id: int, top: int, *, down_to: int = 0, limit: int = 1) -> tuple[int, ...]:
        """The newest messages of a channel in [down_to, top) of which anything is known; newest first."""
        ...

    async def unlisted(self, channel_id: int, rounds: range, since: int, top: int) -> int | None:
        """The newest known message of a channel in [since, top) that was listed in one of these rounds for the
        last time; one that never was counts as listed in round 0.
        """
        ...

    async def looked(self, snapshots: Sequence[Snapshot]) -> None:
        """Keep what messages showed, in place of earlier snapshots. Whoever has left meanwhile is left out."""
        ...

    async def prune(self, channel_id: int | None, before: int) -> None:
        """Forget snapshots at messages older than one that hold nothing of anybody; None means every channel."""
        ...
