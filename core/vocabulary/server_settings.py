"""A server's settings: what is collected and shown there. Labels and feelprints belong to members."""

from dataclasses import dataclass, field

from core.vocabulary.emotions import MIKELS, LabelSet


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What an admin chose with /setup. `channels` empty: nothing is collected yet.

    `min_labels` and `min_emotions` are the thresholds for a first tuning run; `seed_reactions` lets the
    bot put the emotions' emojis under new pictures; age-restricted channels and spoilers are skipped
    unless the two flags say otherwise.
    """

    server_id: int
    channels: frozenset[int] = frozenset()
    label_set: LabelSet = field(default=MIKELS)
    min_labels: int = 12
    min_emotions: int = 3
    seed_reactions: bool = True
    allow_nsfw: bool = False
    allow_spoilers: bool = False
