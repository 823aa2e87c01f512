"""Calibration: how sure a prediction may sound, learned from shadow records.

One temperature, because it never changes which emotion comes first and needs few records (Guo et al.
2017, "On Calibration of Modern Neural Networks"); with too few, predictions stay as the model gave them.
"""

import math
from collections.abc import Sequence

from core.emotions import Distribution
from core.ports import Shadow

MIN_RECORDS = 40
_GRID = tuple(math.exp2(step / 8.0) for step in range(-8, 25))
_TINY = 1e-6


def tempered(distribution: Distribution, temperature: float) -> Distribution:
    """The distribution p^(1/T), normalised: T > 1 is less sure, T < 1 surer; the order stays."""
    if temperature == 1.0:
        return distribution
    powers = [max(p, _TINY) ** (1.0 / temperature) for p in distribution]
    total = math.fsum(powers)
    return tuple(p / total for p in powers)


def fitted(shadows: Sequence[Shadow]) -> float:
    """The temperature in [1/2, 8] that makes the first emotion's probability say best how often it is right.

    Least log loss of (probability of the first emotion, hit); 1.0 below 40 records.
    """
    if len(shadows) < MIN_RECORDS:
        return 1.0
    _, _, best = min((_loss(shadows, t), abs(math.log(t)), t) for t in _GRID)
    return best


def _loss(shadows: Sequence[Shadow], temperature: float) -> float:
    losses = []
    for shadow in shadows:
        sure = min(1.0 - _TINY, max(_TINY, *tempered(shadow.distribution, temperature)))
        losses.append(-shadow.hit * math.log(sure) - (1.0 - shadow.hit) * math.log(1.0 - sure))
    return math.fsum(losses)
