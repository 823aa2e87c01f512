"""Taste changes: notice it on shadow records, and let old labels count less.

Harm concentrates in people whose taste changed on the way (algorithm 2.6); the deployed version is then
right less often on the latest labels than before.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.ports import Shadow
from core.tuning.evidence import fell

LATEST = 12
SURE = 0.9
HALF_LIFE = 20.0
"""Labels after which a label counts half, once drift is suspected."""


@dataclass(frozen=True, slots=True)
class Aftercare:
    """What is done after deployment: rules retired, versions rolled back, old labels weighed less."""

    retire: bool = True
    roll_back: bool = True
    weigh: bool = True


CARE = Aftercare()


def suspected(shadows: Sequence[Shadow]) -> bool:
    """Whether the last twelve labels were predicted less well than the earlier ones, P(rate fell) > .9.

    `shadows` are oldest first; fewer than four earlier ones say nothing.
    """
    ordered = sorted(shadows, key=lambda s: (s.at, s.image_hash))
    earlier, latest = ordered[:-LATEST], ordered[-LATEST:]
    if len(earlier) < 4 or len(latest) < LATEST:
        return False
    hits = [sum(s.hit for s in part) for part in (earlier, latest)]
    return fell(hits[0], len(earlier), hits[1], len(latest)) > SURE


def weights(count: int, drifting: bool) -> list[float]:
    """Weights of labels, oldest first: 1 each, or 2^(-age/20) with age in labels since."""
    return [2.0 ** (-(count - 1 - i) / HALF_LIFE) if drifting else 1.0 for i in range(count)]
