"""The weekly guessing game: a picture of the server, and what somebody felt about it who said yes to that.

Whom it is about is named, so nothing could hide them; but nobody is in it alone: it takes three people with
something to guess, and who was asked about longest ago is next. A question is open for two days, so that whoever
looks in once a day has a chance.
"""

FEWEST = 3
"""People with something to guess, below which there is no game."""

_HOUR_MS = 60 * 60 * 1000
OPEN_MS = 48 * _HOUR_MS
WEEK_MS = 7 * 24 * _HOUR_MS
_FIRST_FRIDAY_MS = (24 + 16) * _HOUR_MS
"""Friday at 16:00 in UTC, when most of the world is awake."""


def week_of(now_ms: int) -> int:
    """When the week of games began that a moment is in."""
    return now_ms - (now_ms - _FIRST_FRIDAY_MS) % WEEK_MS


def week_to_ask(now_ms: int) -> int:
    """Of which week a question is that is asked now: the one whose Friday is nearest. One that comes late in its
    week, as when the game has just been switched on, would be followed by the next at once.
    """
    return week_of(now_ms + WEEK_MS // 2)
