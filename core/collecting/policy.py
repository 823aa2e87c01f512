"""May a picture be used here? Asked by reactions, catch-up, seeds, questions and ratings, and nowhere else.

A reaction counts only in a channel that the server chose; a question or a rating is a person's own wish and
may be made anywhere. Whatever else keeps a picture out (age restriction, spoilers, its author's no, an admin's
exclusion) keeps it out of both.
"""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from core.collecting.excluded import Exclusions
from core.collecting.refusals import Refusal
from core.vocabulary.changes import Origin, Sighting
from core.vocabulary.server_settings import ServerSettings


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in a message, not yet downloaded. `size` is in bytes, None where Discord does not say;
    `proxy` is where Discord hands it out in other formats.
    """

    url: str
    size: int | None = None
    spoiler: bool = False
    proxy: str | None = None

    @property
    def source(self) -> str:
        """Which file it is: its address without host and signatures, which change."""
        path = urlsplit(self.url).path
        return path.partition("/external/")[2].partition("/")[2] or path


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a picture stands or is asked about; `server_id` is None in direct messages.

    `parent_id` is the channel that a thread or post belongs to; `message_id` and `author_id` say which message
    shows it and who posted that, None for a picture that is given with a command.
    """

    server_id: int | None
    channel_id: int
    nsfw: bool = False
    parent_id: int | None = None
    message_id: int | None = None
    author_id: int | None = None


@dataclass(frozen=True, slots=True)
class MessageView:
    """What a message shows: its pictures (uploaded, or linked and proxied by Discord), nothing else."""

    message_id: int
    channel_id: int
    server_id: int | None
    posted_at: int
    pictures: tuple[Picture, ...]
    nsfw: bool = False
    parent_id: int | None = None
    author_id: int | None = None

    @property
    def spot(self) -> Spot:
        """Where it stands."""
        return Spot(self.server_id, self.channel_id, self.nsfw, self.parent_id, self.message_id, self.author_id)


class Use(StrEnum):
    """What a picture is wanted for."""

    REACTION = "reaction"
    """Reactions to it count, and the bot's own emojis go under it."""
    REQUEST = "request"
    """A person asks about it, or rates it, of their own accord."""


def may_use(
    picture: Picture, spot: Spot, place: ServerSettings | None, use: Use, exclusions: Exclusions
) -> Refusal | None:
    """Why a picture may not be used there; None: it may. `place` is None in direct messages.

    What it shows is not known before it is downloaded: then `may_use_image` is asked too.
    """
    if use is Use.REACTION and not channel_counts(spot.server_id, spot.channel_id, place, spot.parent_id):
        return Refusal.OTHER_CHANNEL
    if spot.nsfw and not (place and place.allow_nsfw):
        return Refusal.AGE_RESTRICTED
    if picture.spoiler and not (place and place.allow_spoilers):
        return Refusal.SPOILER
    return exclusions.refusal(spot)


def may_use_image(image_hash: str, spot: Spot, exclusions: Exclusions) -> Refusal | None:
    """Why an image may not be used there, now that it is known which one it is; None: it may."""
    return exclusions.refusal(spot, image_hash)


def may_use_sighted(sighting: Sighting, place: ServerSettings | None, exclusions: Exclusions) -> Refusal | None:
    """Why a reaction to a picture that was found usable before counts no longer; None: it counts."""
    spot = spot_of(sighting)
    picture = Picture("", spoiler=bool(sighting.spoiler))
    return may_use(picture, spot, place, Use.REACTION, exclusions) or may_use_image(
        sighting.image_hash, spot, exclusions
    )


def spot_of(sighting: Sighting) -> Spot:
    """Where a sighted picture stands."""
    return Spot(
        sighting.server_id,
        sighting.channel_id,
        bool(sighting.nsfw),
        sighting.parent_id,
        sighting.message_id,
        sighting.author_id,
    )


def channel_counts(
    server_id: int | None, channel_id: int, place: ServerSettings | None, parent_id: int | None = None
) -> bool:
    """Whether reactions count in a channel at all; known before any message is looked at.

    A thread, or a post of a forum, counts as the channel that it belongs to.
    """
    return server_id is None or (place is not None and not place.channels.isdisjoint((channel_id, parent_id)))


def spot_of_rated(server_id: int | None, origin: Origin | None) -> Spot:
    """Where a picture stands that somebody answered about; without an origin it came with a command."""
    if origin is None:
        return Spot(server_id, 0)
    return Spot(server_id, origin.channel_id, message_id=origin.message_id, author_id=origin.author_id)


def only_picture(message: MessageView, place: ServerSettings | None, exclusions: Exclusions) -> Picture | Refusal:
    """The one picture that a reaction to a message can mean, if it may be used."""
    if not message.pictures:
        return Refusal.NO_PICTURE
    if len(message.pictures) > 1:
        return Refusal.SEVERAL_PICTURES
    picture = message.pictures[0]
    return may_use(picture, message.spot, place, Use.REACTION, exclusions) or picture


def wants_seeds(message: MessageView, place: ServerSettings | None, exclusions: Exclusions) -> bool:
    """Whether the bot puts the emotions' emojis under a new message: one usable picture, in a chosen channel."""
    seeds = place is not None and place.seed_reactions
    return seeds and isinstance(only_picture(message, place, exclusions), Picture)
