"""A server's settings: what is collected and shown there. Labels and feelprints belong to members.

What holds where there is no server (direct messages) is answered here too, so that nobody else needs to know
a default.
"""

import math
from dataclasses import dataclass, field

from core.vocabulary.emotions import MIKELS, LabelSet


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number that an admin may choose between two ends, and what it is until then."""

    least: int
    most: int
    default: int

    def allows(self, value: int) -> bool:
        """Whether it may be chosen."""
        return self.least <= value <= self.most


GRACE_DAYS = 30
"""So long what belongs to a server is kept after the bot was removed from it."""

MIN_LABELS = Threshold(8, 100, default=12)
"""Labels before a member's first tuning run."""

MIN_EMOTIONS = Threshold(2, 8, default=3)
"""Different emotions among them."""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What an admin chose with /setup. `channels` empty: nothing is collected yet.

    `min_labels` and `min_emotions` are the thresholds for a first tuning run; `seed_reactions` lets the
    bot put the emotions' emojis under new pictures; age-restricted channels and spoilers are skipped
    unless the two flags say otherwise; `notices_channel` is where people who manage the server are told what they
    must know (None: where Discord tells them such things); who may label and who may ask there has one of
    some roles (none: everybody may); `game_channel` is where the weekly game is played (None: nowhere);
    `usd_per_day` is what the model may cost there in 24 hours, and `member_usd_per_day` what whoever asks there
    may have cost by then, in all places (None: what whoever runs the bot allows).
    Raises ValueError for thresholds or dollars that nobody may choose, so none can be stored.
    """

    server_id: int
    channels: frozenset[int] = frozenset()
    label_set: LabelSet = field(default=MIKELS)
    min_labels: int = MIN_LABELS.default
    min_emotions: int = MIN_EMOTIONS.default
    seed_reactions: bool = True
    allow_nsfw: bool = False
    allow_spoilers: bool = False
    notices_channel: int | None = None
    label_roles: frozenset[int] = frozenset()
    ask_roles: frozenset[int] = frozenset()
    game_channel: int | None = None
    usd_per_day: float | None = None
    member_usd_per_day: float | None = None

    def __post_init__(self) -> None:
        if not (MIN_LABELS.allows(self.min_labels) and MIN_EMOTIONS.allows(self.min_emotions)):
            raise ValueError(f"no such thresholds: {self.min_labels} labels, {self.min_emotions} emotions")
        for usd in (self.usd_per_day, self.member_usd_per_day):
            if usd is not None and not 0 <= usd < math.inf:
                raise ValueError(f"no such budget: {usd}")

    @property
    def emotions_needed(self) -> int:
        """Different emotions before a first run: what was chosen, but not more than there are."""
        return min(self.min_emotions, len(self.label_set.names))


def label_set_at(place: ServerSettings | None) -> LabelSet:
    """The label set that holds in a place: the server's, the default one in direct messages."""
    return MIKELS if place is None else place.label_set


def thresholds_at(place: ServerSettings | None) -> tuple[int, int]:
    """Labels and emotions that a first tuning run takes in a place."""
    if place is None:
        return MIN_LABELS.default, MIN_EMOTIONS.default
    return place.min_labels, place.emotions_needed
