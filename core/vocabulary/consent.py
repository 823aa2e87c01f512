"""Consent: nothing is stored or downloaded for a member before they join, or once it has lapsed.

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
    """A member's standing consent. `paused`: keep what is there, collect nothing new."""

    member_id: int
    consent_version: int
    joined_at: int
    paused: bool = False


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
