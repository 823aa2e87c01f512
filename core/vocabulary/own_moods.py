"""A member's own moods: several profiles of one person, of which one is active, as taste differs by setting.

A mood is written behind the label set's id (`<set>.<number>`), under which everything that is learned of a member
is kept anyway. So each mood is a profile of its own for whatever works on one, no table and no query has a field
more, and nothing is different for those who have only the first, whose ids have nothing behind them. What compares
people keeps to the ids without one.
"""

from dataclasses import dataclass, field

MOST_MOODS = 5
"""So many has a member at most, the first among them."""

LONGEST_NAME = 32


@dataclass(frozen=True, slots=True)
class OwnMood:
    """One mood. `number` is its own for ever, 0 the first mood's; `name` is empty where the first has none."""

    number: int
    name: str = field(default="", compare=False)


FIRST = OwnMood(0)
"""The mood that everybody has, and most have alone."""


@dataclass(frozen=True, slots=True)
class MoodKept:
    """A mood as it is listed: labels and versions with every label set, and whether it is the active one."""

    mood: OwnMood
    active: bool
    labels: int = 0
    versions: int = 0


def in_mood(label_set_id: str, number: int) -> str:
    """The id of a label set's profile in a mood."""
    return f"{shared_id(label_set_id)}.{number}" if number else shared_id(label_set_id)


def shared_id(label_set_id: str) -> str:
    """The label set's own id, the same in every mood."""
    return label_set_id.partition(".")[0]


def number_of(label_set_id: str) -> int:
    """The mood that an id stands for; 0 for the first."""
    return int(label_set_id.partition(".")[2] or 0)


def ending(number: int) -> str:
    """How every id in that mood ends; not for the first."""
    return f".{number}"


def named_so(name: str) -> str:
    """A name as it is kept: on one line, without blanks around it. Empty for one that cannot be."""
    name = " ".join(name.split())
    return name if len(name) <= LONGEST_NAME and name.isprintable() else ""
