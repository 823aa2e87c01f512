"""The pure decision: what a fact means for what is stored.

Cheapest grounds first, so that most events are settled from memory alone: nobody's picture is fetched
before it is known that it counts. Taking something back never depends on consent, channel or content:
what is not there cannot be withdrawn, and what is there must be.
"""

from dataclasses import dataclass
from typing import TypeAlias

from core.vocabulary.changes import (
    Change,
    DropChannel,
    DropMessages,
    DropServer,
    RecordRating,
    Sighting,
    WithdrawCleared,
    WithdrawReaction,
)
from core.vocabulary.emotions import MIKELS, LabelSet
from core.vocabulary.facts import ChannelGone, Cleared, Fact, MessagesGone, Rated, Reacted, ServerGone
from core.vocabulary.server_settings import ServerSettings


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in a message, not yet downloaded. `size` is in bytes, None where Discord does not say."""

    url: str
    size: int | None = None
    spoiler: bool = False


@dataclass(frozen=True, slots=True)
class MessageView:
    """What a message shows: its pictures (uploaded, or linked and proxied by Discord), nothing else."""

    message_id: int
    channel_id: int
    server_id: int | None
    posted_at: int
    pictures: tuple[Picture, ...]
    nsfw: bool = False


@dataclass(frozen=True, slots=True)
class Ignore:
    """Nothing is stored. `reason` is for logs and tests."""

    reason: str


@dataclass(frozen=True, slots=True)
class NeedMessage:
    """The fact may count; what the message shows decides."""


@dataclass(frozen=True, slots=True)
class Record:
    """A reaction counts for this emotion. `source` is the picture that is still to be downloaded and
    normalised, or where the image was seen before.
    """

    source: Picture | Sighting
    emotion: str
    label_set: LabelSet


@dataclass(frozen=True, slots=True)
class Write:
    """A change that needs no picture."""

    change: Change


Decision: TypeAlias = Ignore | NeedMessage | Record | Write


def decide(
    fact: Fact,
    place: ServerSettings | None,
    joined: bool,
    message: MessageView | Sighting | None,
    now: int = 0,
) -> Decision:
    """What a fact means. `place` is None in direct messages; `message` is None until it was needed, and a
    sighting where the message was found usable before.

    `now` stamps deletions, whose events carry no time of their own.
    """
    if isinstance(fact, Rated):
        return _rated(fact, place, joined)
    if isinstance(fact, Reacted) and fact.added:
        return _reacted(fact, place, joined, message)
    return Write(_taken_back(fact, now))


def _taken_back(fact: Reacted | Cleared | MessagesGone | ChannelGone | ServerGone, now: int) -> Change:
    match fact:
        case Reacted():
            return WithdrawReaction(fact.member_id, fact.message_id, fact.emoji, fact.burst, fact.at)
        case Cleared():
            return WithdrawCleared(fact.message_id, fact.emoji)
        case MessagesGone():
            return DropMessages(fact.message_ids, now)
        case ChannelGone():
            return DropChannel(fact.channel_id, now)
        case ServerGone():
            return DropServer(fact.server_id, now)


def _emotion_meant(fact: Reacted, place: ServerSettings | None, joined: bool) -> tuple[LabelSet, str] | Ignore:
    """The label set and emotion that a reaction may stand for, judged without its message."""
    if fact.by_bot:
        return Ignore("a bot reacted")
    if not joined:
        return Ignore("has not joined")
    if fact.server_id is not None and (place is None or fact.channel_id not in place.channels):
        return Ignore("not a chosen channel")
    label_set = place.label_set if place else MIKELS
    emotion = label_set.emotion_of(fact.emoji)
    return Ignore("not an emotion's emoji") if emotion is None else (label_set, emotion)


def only_picture(message: MessageView, place: ServerSettings | None) -> Picture | Ignore:
    """The one picture that a reaction to the message can mean, if it may be used."""
    if message.nsfw and not (place and place.allow_nsfw):
        return Ignore("age-restricted channel")
    if not message.pictures:
        return Ignore("no picture")
    if len(message.pictures) > 1:
        return Ignore("several pictures")
    if message.pictures[0].spoiler and not (place and place.allow_spoilers):
        return Ignore("spoiler")
    return message.pictures[0]


def wants_seeds(message: MessageView, place: ServerSettings) -> bool:
    """Whether the bot puts the emotions' emojis under a new message: one usable picture, a chosen channel."""
    return (
        place.seed_reactions
        and message.channel_id in place.channels
        and not isinstance(only_picture(message, place), Ignore)
    )


def _reacted(
    fact: Reacted, place: ServerSettings | None, joined: bool, message: MessageView | Sighting | None
) -> Decision:
    meant = _emotion_meant(fact, place, joined)
    if isinstance(meant, Ignore):
        return meant
    if message is None:
        return NeedMessage()
    source = message if isinstance(message, Sighting) else only_picture(message, place)
    if isinstance(source, Ignore):
        return source
    label_set, emotion = meant
    return Record(source, emotion, label_set)


def _rated(fact: Rated, place: ServerSettings | None, joined: bool) -> Decision:
    label_set = place.label_set if place else MIKELS
    if not joined:
        return Ignore("has not joined")
    if not fact.emotions <= set(label_set.names):
        return Ignore("not an emotion of the label set")
    return Write(
        RecordRating(fact.member_id, fact.image_hash, fact.emotions, label_set.id, fact.server_id, fact.at)
    )
