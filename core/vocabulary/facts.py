"""Plain facts: what happened on Discord, without Discord's objects.

A gateway event becomes one of these synchronously, before anything is awaited, so that their order is
the order in which Discord told them.
"""

from dataclasses import dataclass
from typing import TypeAlias

from core.vocabulary.changes import Origin, Sighting


@dataclass(frozen=True, slots=True)
class Reacted:
    """A reaction was added or removed. `emoji` is normalised; `burst` marks a super-reaction.

    `parent_id` is the channel that a thread or post belongs to. `made_after`: it was found standing, and is known
    to have been made after this moment; None: it was told live. `roles`: of who reacted, where that was told; who
    was found has been looked at before. `mood`: the number of their mood in which it counts; None: of the one that
    is active when it is heard.
    """

    added: bool
    member_id: int
    message_id: int
    channel_id: int
    server_id: int | None
    emoji: str
    burst: bool
    by_bot: bool
    at: int
    parent_id: int | None = None
    made_after: int | None = None
    roles: frozenset[int] | None = None
    mood: int | None = None


@dataclass(frozen=True, slots=True)
class Cleared:
    """All reactions of a message, or all of one (normalised) emoji, were removed."""

    message_id: int
    channel_id: int
    emoji: str | None


@dataclass(frozen=True, slots=True)
class MessagesGone:
    """Messages were deleted, alone or in bulk; in which channel, and to which that belongs, where it was told."""

    message_ids: tuple[int, ...]
    server_id: int | None = None
    channel_id: int | None = None
    parent_id: int | None = None


@dataclass(frozen=True, slots=True)
class ChannelGone:
    """A channel or thread was deleted."""

    channel_id: int


@dataclass(frozen=True, slots=True)
class ServerLeft:
    """The bot, `bot_id`, was removed from a server (an outage is not one)."""

    server_id: int
    bot_id: int


@dataclass(frozen=True, slots=True)
class ServerBack:
    """The bot is in a server that it was removed from."""

    server_id: int


@dataclass(frozen=True, slots=True)
class ServerGone:
    """A server was left for so long that what belongs to it goes."""

    server_id: int


@dataclass(frozen=True, slots=True)
class PictureGone:
    """A message may show another picture than before, or none. `sources` name those that it shows now."""

    message_id: int
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A message whose picture is known was seen again: by whom, where and how it stands now."""

    message_id: int
    sighting: Sighting


@dataclass(frozen=True, slots=True)
class Rated:
    """A member answered for one image by button or menu: the emotions they chose, none to withdraw.

    `server_id` is the server whose label set was asked, None in direct messages. `narrows`: something is
    taken back and nothing added, which a pause does not stand in the way of. `origin`: the message it stands in.
    `roles`: theirs in that server. `mood` as of a reaction. `label_set_id`: what is taken back was felt with that
    label set, whichever the server has now.
    """

    member_id: int
    image_hash: str
    emotions: frozenset[str]
    server_id: int | None
    at: int
    narrows: bool = False
    origin: Origin | None = None
    roles: frozenset[int] = frozenset()
    mood: int | None = None
    label_set_id: str | None = None


AboutServer: TypeAlias = ServerLeft | ServerBack | ServerGone
Fact: TypeAlias = Reacted | Cleared | MessagesGone | ChannelGone | AboutServer | PictureGone | Shown | Rated
