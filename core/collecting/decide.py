"""The pure decision: what a fact means for what is stored.

Cheapest grounds first, so that most events are settled from memory alone: nobody's picture is fetched
before it is known that it counts. Taking something back never depends on a pause, channel or content:
what is not there cannot be withdrawn, and what is there must be.
"""

from dataclasses import dataclass
from typing import TypeAlias

from core.collecting.doors import ADDS_NOTHING, Act, lacks_role
from core.collecting.excluded import Exclusions
from core.collecting.policy import (
    MessageView,
    Picture,
    channel_counts,
    may_use_image,
    may_use_sighted,
    only_picture,
    spot_of_rated,
)
from core.collecting.refusals import Refusal
from core.vocabulary.changes import (
    Change,
    DropChannel,
    DropMessages,
    DropPicture,
    DropServer,
    LeaveServer,
    RecordRating,
    Restate,
    ReturnToServer,
    Sighting,
    WithdrawCleared,
    WithdrawReaction,
)
from core.vocabulary.consent import Standing
from core.vocabulary.emotions import LabelSet
from core.vocabulary.facts import (
    AboutServer,
    ChannelGone,
    Cleared,
    Fact,
    MessagesGone,
    PictureGone,
    Rated,
    Reacted,
    ServerBack,
    ServerGone,
    ServerLeft,
    Shown,
)
from core.vocabulary.own_moods import OwnMood
from core.vocabulary.server_settings import ServerSettings, label_set_at


@dataclass(frozen=True, slots=True)
class Ignore:
    """Nothing is stored."""

    reason: Refusal


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
    standing: Standing,
    message: MessageView | Sighting | None,
    exclusions: Exclusions,
    *,
    now: int = 0,
) -> Decision:
    """What a fact means. `place` is None in direct messages; `message` is None until it was needed, and a
    sighting where it is known which image the message shows.

    `now` stamps deletions, whose events carry no time of their own.
    """
    if isinstance(fact, Rated):
        return _rated(fact, place, standing, exclusions)
    if isinstance(fact, Reacted) and fact.added:
        return _reacted(fact, place, standing, message, exclusions)
    if isinstance(fact, Shown):
        return Write(Restate(fact.sighting))
    if isinstance(fact, ServerLeft | ServerBack | ServerGone):
        return Write(_of_server(fact, now))
    return Write(_taken_back(fact, now, place))


def _of_server(fact: AboutServer, now: int) -> Change:
    match fact:
        case ServerLeft():
            return LeaveServer(fact.server_id, fact.bot_id, now)
        case ServerBack():
            return ReturnToServer(fact.server_id)
        case ServerGone():
            return DropServer(fact.server_id, now)


def _taken_back(
    fact: Reacted | Cleared | MessagesGone | ChannelGone | PictureGone,
    now: int,
    place: ServerSettings | None,
) -> Change:
    match fact:
        case Reacted():
            return WithdrawReaction(fact.member_id, fact.message_id, fact.emoji, fact.burst, fact.at)
        case Cleared():
            return WithdrawCleared(fact.message_id, fact.emoji)
        case MessagesGone():
            return DropMessages(fact.message_ids, now, remember=_may_come_late(fact, place))
        case ChannelGone():
            return DropChannel(fact.channel_id, now)
        case PictureGone():
            return DropPicture(fact.message_id, fact.sources, now)


def _may_come_late(fact: MessagesGone, place: ServerSettings | None) -> bool:
    """Whether a reaction to what was deleted could count if it came now."""
    return fact.channel_id is None or channel_counts(fact.server_id, fact.channel_id, place, fact.parent_id)


def _label_set(fact: Reacted | Rated, place: ServerSettings | None) -> LabelSet:
    """The label set in which something counts: that of the place, in the mood in which it was heard."""
    label_set = label_set_at(place)
    return label_set.of_mood(OwnMood(fact.mood)) if fact.mood else label_set


def _emotion_meant(
    fact: Reacted, place: ServerSettings | None, standing: Standing
) -> tuple[LabelSet, str] | Ignore:
    """The label set and emotion that a reaction may stand for, judged without its message."""
    if fact.by_bot:
        return Ignore(Refusal.BY_BOT)
    if standing is not Standing.JOINED:
        return Ignore(ADDS_NOTHING[standing])
    if not channel_counts(fact.server_id, fact.channel_id, place, fact.parent_id):
        return Ignore(Refusal.OTHER_CHANNEL)
    if fact.roles is not None and lacks_role(Act.LABEL, place, fact.roles):
        return Ignore(Refusal.NO_ROLE)
    label_set = _label_set(fact, place)
    emotion = label_set.emotion_of(fact.emoji)
    return Ignore(Refusal.OTHER_EMOJI) if emotion is None else (label_set, emotion)


def _reacted(
    fact: Reacted,
    place: ServerSettings | None,
    standing: Standing,
    message: MessageView | Sighting | None,
    exclusions: Exclusions,
) -> Decision:
    meant = _emotion_meant(fact, place, standing)
    if isinstance(meant, Ignore):
        return meant
    if message is None:
        return NeedMessage()
    source: Picture | Sighting | Refusal
    if isinstance(message, Sighting):
        source = may_use_sighted(message, place, exclusions) or message
    else:
        source = only_picture(message, place, exclusions)
    if isinstance(source, Refusal):
        return Ignore(source)
    label_set, emotion = meant
    return Record(source, emotion, label_set)


def _rated(fact: Rated, place: ServerSettings | None, standing: Standing, exclusions: Exclusions) -> Decision:
    label_set = _label_set(fact, place)
    if standing is Standing.ABSENT or (standing is not Standing.JOINED and not fact.narrows):
        return Ignore(ADDS_NOTHING[standing])
    if not fact.emotions <= set(label_set.names):
        return Ignore(Refusal.OTHER_EMOTION)
    if not fact.narrows and lacks_role(Act.LABEL, place, fact.roles):
        return Ignore(Refusal.NO_ROLE)
    if not fact.narrows and (
        refusal := may_use_image(fact.image_hash, spot_of_rated(fact.server_id, fact.origin), exclusions)
    ):
        return Ignore(refusal)
    return Write(
        RecordRating(
            fact.member_id,
            fact.image_hash,
            fact.emotions,
            fact.label_set_id or label_set.id,
            fact.server_id,
            fact.at,
            origin=fact.origin,
        )
    )
