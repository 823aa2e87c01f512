"""Consent: nothing is stored or downloaded for a member before they join, or once it has lapsed.

Discord does not tell when a reaction was made. So a "no" (not counting the past, a pause, leaving) is kept as
a moment, and what is merely found standing counts only if it is known to have been made after it.

The version counts what members agreed to. It is raised when more is kept, or kept for longer, than the
sentences of `/join` said; everybody is then asked again and nothing new is collected meanwhile.
"""

from dataclasses import dataclass
from enum import StrEnum

CONSENT_VERSION = 1


class Standing(StrEnum):
    """How somebody stands to us: what may be kept of them now."""

    ABSENT = "absent"
    """Never joined, or forgotten: nothing is kept."""
    JOINED = "joined"
    """Reactions and answers may be kept."""
    PAUSED = "paused"
    """What is there stays, may be read and taken back; nothing new is kept."""
    LAPSED = "lapsed"
    """They agreed to less than is kept today; until they are asked again it is like a pause."""


@dataclass(frozen=True, slots=True)
class Membership:
    """A member's standing consent. `paused`: keep what is there, collect nothing new. `counts_from`: the moment
    (`core.vocabulary.moments`) at which they joined, or came back from a pause.
    """

    member_id: int
    consent_version: int
    joined_at: int
    paused: bool = False
    counts_from: int = 0


@dataclass(frozen=True, slots=True)
class Past:
    """What a member answered when asked whether reactions from before count in a server, and at which moment.

    `done`: whether all that this lets count has been looked at.
    """

    member_id: int
    server_id: int
    wanted: bool
    moment: int
    done: bool = False


EVERYBODY, ANYWHERE = 0, 0
"""In a yes: to all members of a server; to one person, wherever they are."""


class YesTo(StrEnum):
    """What somebody says yes to."""

    COMPARE = "compare"
    """To be compared: each of two must have said it to the other."""
    ASK = "ask"
    """To be guessed about: the other may ask how they would feel about a picture."""
    GAME = "game"
    """To be in the weekly game: others guess what they felt about a picture, and are told."""
    RESEARCH = "research"
    """To be in files for research; said to `EVERYBODY` `ANYWHERE`."""


@dataclass(frozen=True, slots=True)
class Yes:
    """A member's yes to one person `ANYWHERE`, or to `EVERYBODY` in a server; to research both."""

    member_id: int
    server_id: int
    other_id: int
    to: YesTo = YesTo.COMPARE


def counts_from(joined: int, past: Past | None) -> int:
    """The moment from which reactions in a server count, given the one of joining; 0: from ever.

    No answer is a no, and an answer holds until the member next pauses or leaves.
    """
    if past is None or past.moment < joined:
        return joined
    return 0 if past.wanted else past.moment


def may_count(made_after: int | None, since: int) -> bool:
    """The policy: whether a reaction counts that is known to have been made after a moment, where reactions
    count since another. None: it was made just now, as Discord told.
    """
    return made_after is None or made_after >= since


def standing_of(membership: Membership | None) -> Standing:
    """What a membership amounts to today."""
    if membership is None:
        return Standing.ABSENT
    if membership.paused:
        return Standing.PAUSED
    return Standing.LAPSED if must_ask_again(membership) else Standing.JOINED


def may_collect(membership: Membership | None) -> bool:
    """Whether a member's reactions may be kept now."""
    return standing_of(membership) is Standing.JOINED


def must_ask_again(membership: Membership) -> bool:
    """Whether the member agreed to less than what is kept today."""
    return membership.consent_version < CONSENT_VERSION
