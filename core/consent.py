"""Consent: nothing is stored or downloaded for a member before they join, or once it has lapsed.

The version counts what members agreed to. It is raised when more is kept, or kept for longer, than the
sentences of `/join` said; everybody is then asked again and nothing new is collected meanwhile.
"""

from core.ports import Membership

CONSENT_VERSION = 1


def may_collect(membership: Membership | None) -> bool:
    """Whether a member's reactions may be kept now."""
    return membership is not None and not membership.paused and not must_ask_again(membership)


def must_ask_again(membership: Membership) -> bool:
    """Whether the member agreed to less than what is kept today."""
    return membership.consent_version < CONSENT_VERSION
