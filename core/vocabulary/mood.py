"""The mood of a server: what its people felt in a week, without what any of them felt.

One number over all must not tell of one, so: at least five people, each counting as much as another however many
labels they have; shares in tenths; and only of a week that is over, looked at once. A figure that follows who
joins and leaves could be subtracted from the one before, and what is left is one person. Weeks share no label, so
there is nothing to subtract (Dwork 2006, *Differential Privacy*, on why a least number of people is not enough).
"""

from collections.abc import Mapping
from dataclasses import dataclass

FEWEST = 5
"""People below which nothing is said."""

_STEPS = 10
_DAY_MS = 24 * 60 * 60 * 1000
WEEK_MS = 7 * _DAY_MS
_FIRST_MONDAY_MS = 4 * _DAY_MS


@dataclass(frozen=True, slots=True)
class Mood:
    """Shares by emotion in [0, 1], in tenths, of what so many people felt; what rounds to none is left out."""

    shares: Mapping[str, float]
    people: int


def last_week(now_ms: int) -> int:
    """When the last week began that is over, Monday to Sunday in UTC."""
    return now_ms - (now_ms - _FIRST_MONDAY_MS) % WEEK_MS - WEEK_MS


def mood_of(felt: Mapping[int, Mapping[str, float]]) -> Mood | None:
    """The mood of people by what each felt, as weights by emotion; None where they are too few."""
    people = [weights for weights in felt.values() if sum(weights.values()) > 0]
    if len(people) < FEWEST:
        return None
    shares: dict[str, float] = {}
    for weights in people:
        for emotion, weight in weights.items():
            shares[emotion] = shares.get(emotion, 0.0) + weight / sum(weights.values()) / len(people)
    rounded = {emotion: round(share * _STEPS) / _STEPS for emotion, share in shares.items()}
    return Mood({emotion: share for emotion, share in rounded.items() if share}, len(people))
