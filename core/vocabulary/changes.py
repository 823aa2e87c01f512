"""Changes: what is to be written, decided before anything is written.

`core.collecting.decide` turns facts into changes; `storage` commits a batch of them in one transaction, in order.
"""

from dataclasses import dataclass
from typing import TypeAlias

from core.vocabulary.images import Image

UNKNOWN = ""
"""In place of an image's hash where an event tells how a picture stands, and not which image it is."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where an image stands: a message of a channel. `server_id` is None in direct messages.

    Only messages with exactly one image are sighted: a reaction cannot say which of several it means. `source`
    names the file that was shown, `author_id` who posted it, `parent_id` the channel that a thread belongs to;
    `spoiler` and `nsfw` are how it stood there. None in what was stored before each was asked for.
    """

    message_id: int
    channel_id: int
    server_id: int | None
    image_hash: str
    posted_at: int
    source: str | None = None
    author_id: int | None = None
    parent_id: int | None = None
    spoiler: bool | None = None
    nsfw: bool | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """The message in which a picture stands that somebody rated, and which of its files it is."""

    message_id: int
    channel_id: int
    author_id: int
    source: str


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
class LeaveServer:
    """The bot, `bot_id`, was removed from a server: since when is kept, and nothing goes yet."""

    server_id: int
    bot_id: int
    at: int


@dataclass(frozen=True, slots=True)
class ReturnToServer:
    """The bot is in a server that it was removed from: it was never left."""

    server_id: int


@dataclass(frozen=True, slots=True)
class DropServer:
    """A server was left for good: what was seen there and its settings go, unless the bot is back."""

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
    """A member's own answer for an image replaces their earlier answer; no emotions take all back that they felt.

    `origin`: in which message the image stands; None where it was given with a command.
    """

    member_id: int
    image_hash: str
    emotions: frozenset[str]
    label_set_id: str
    server_id: int | None
    at: int
    image: Image | None = None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Restate:
    """A message whose image is known was seen again: who posted it, and how it stands there, may be news.

    It is about the picture of that source; the image's hash is not looked at.
    """

    sighting: Sighting


@dataclass(frozen=True, slots=True)
class Judge:
    """What a server lets count has changed: these messages of it are judged anew."""

    server_id: int
    message_ids: tuple[int, ...]
    at: int


@dataclass(frozen=True, slots=True)
class CarryOver:
    """A server's emotions have changed: what was felt under these messages, and answered about these images there,
    lives on under the names that it has now.
    """

    server_id: int
    message_ids: tuple[int, ...]
    images: tuple[str, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Withhold:
    """What is said about pictures is kept, and what it is about goes: `message_ids` and ratings of `images`.

    Each is judged by what is kept in the transaction that writes, so what may be used after all stays.
    """

    message_ids: tuple[int, ...]
    images: tuple[str, ...]
    at: int


Change: TypeAlias = (
    RecordReaction
    | WithdrawReaction
    | WithdrawCleared
    | DropMessages
    | DropChannel
    | LeaveServer
    | ReturnToServer
    | DropServer
    | DropPicture
    | RecordRating
    | Restate
    | Judge
    | CarryOver
    | Withhold
)
