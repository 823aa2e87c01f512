"""Moments in Discord's own time.

Discord's ids grow with time, for messages and for what a person presses alike. So "was this posted before
they said no?" is a comparison of two ids, and no clock of ours, which may be wrong, has a say in it.
"""

_EPOCH_MS = 1_420_070_400_000
_SHIFT = 22
NEVER = 2**63 - 1
"""After every id that Discord will ever give."""


def moment_of(at: int) -> int:
    """The smallest id that Discord gives at a time, in milliseconds since 1970."""
    return max(0, at - _EPOCH_MS) << _SHIFT


def ms_of(moment: int) -> int:
    """When Discord gave an id, in milliseconds since 1970."""
    return (moment >> _SHIFT) + _EPOCH_MS
