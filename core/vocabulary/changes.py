"""Changes: what is to be written, decided before anything is written.

`core.collecting.decide` turns facts into changes; `storage` commits a batch of them in one transaction, in order.
"""

from dataclasses import dataclass
from typing import TypeAlias

from core.vocabulary.images import Image


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where an image stands: a message of a channel. `server_id` is None in direct messages.

    Only messages with exactly one image are sighted: a reaction cannot say which of several it means. `source`
    names the file that was shown; None in what was stored before it was asked for.
    """

    message_id: int
    channel_id: int
    server_id: int | None
    image_hash: str
    posted_at: int
    source: str | None = None


@dataclass(frozen=True, slots=True)
class RecordReaction:
    """A joined member's reaction counts. `image` holds the bytes where they are not stored yet.

    `made_after`: it was found standing, and is known to have been made after this moment; None: it was told live.
    """

    member_id: int
    sighting: Sighting
    emoji: str
    burst: bool
    emotion: str
    label_set_id: str
    at: int
    image: Image | None = None
    made_after: int | None = None


@dataclass(frozen=True, slots=True)
class WithdrawReaction:
    """A reaction was taken back. Harmless where nothing was recorded."""

    member_id: int
    message_id: int
    emoji: str
    burst: bool
    at: int


@dataclass(frozen=True, slots=True)
class WithdrawCleared:
    """All reactions of a message, or of one emoji on it, are gone."""

    message_id: int
    emoji: str | None


@dataclass(frozen=True, slots=True)
class DropMessages:
    """Messages are gone: their sightings and reactions too, and a late reaction does not revive them.

    `remember`: that they are gone is kept for a while; not where no reaction counts anyway.
    """

    message_ids: tuple[int, ...]
    at: int
    remember: bool = True


@dataclass(frozen=True, slots=True)
class DropChannel:
    """A channel is gone, with all that was seen in it."""

    channel_id: int
    at: int


@dataclass(frozen=True, slots=True)
class DropServer:
    """The bot left a server: what was seen there and its settings go."""

    server_id: int
    at: int


@dataclass(frozen=True, slots=True)
class DropPicture:
    """A message shows another picture, or none: what was felt about the one before is no label of this one."""

    message_id: int
    sources: tuple[str, ...]
    at: int


@dataclass(frozen=True, slots=True)
class RecordRating:
    """A member's own answer for an image replaces their earlier answer; no emotions withdraw it."""

    member_id: int
    image_hash: str
    emotions: frozenset[str]
    label_set_id: str
    server_id: int | None
    at: int
    image: Image | None = None


Change: TypeAlias = (
    RecordReaction
    | WithdrawReaction
    | WithdrawCleared
    | DropMessages
    | DropChannel
    | DropServer
    | DropPicture
    | RecordRating
)
