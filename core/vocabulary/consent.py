"""Consent: nothing is stored or downloaded for a member before they join, or once it has lapsed.

The version counts what members agreed to. It is raised when more is kept, or kept for longer, than the
sentences of `/join` said; everybody is then asked again and nothing new is collected meanwhile.
"""

from dataclasses import dataclass

CONSENT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Membership:
    """A member's standing consent. `paused`: keep what is there, collect nothing new."""

    member_id: int
    consent_version: int
    joined_at: int
    paused: bool = False


def may_collect(membership: Membership | None) -> bool:
    """Whether a member's reactions may be kept now."""
    return membership is not None and not membership.paused and not must_ask_again(membership)


def must_ask_again(membership: Membership) -> bool:
    """Whether the member agreed to less than what is kept today."""
    return membership.consent_version < CONSENT_VERSION
