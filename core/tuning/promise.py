"""How much a rule may be hoped to add on pictures that nobody has seen yet.

The best of many candidates on the labels they were written from looks better than it is (the optimiser's
curse: Smith & Winkler 2006, Management Science 52). So its record is shrunk towards what its emotion would
do if the condition meant nothing (empirical Bayes: Efron & Morris 1975, JASA 70).
"""

import math
from collections.abc import Sequence

from core.tuning.items import Item


def promise(gain: float, held: float, pictures: int, chance: float, doubt: float) -> float:
    """Expected W - L of a rule on as many new images as these labels.

    m (G + k chance) / (h + k): over the m = `pictures` where the rule holds, `gain` G and `held` h are sums
    of d_i and of w_i; `chance` is the mean gain per image of its emotion on any image, k = `doubt`. 0 where
    it holds nowhere.
    """
    return pictures * (gain + doubt * chance) / (held + doubt) if pictures else 0.0


def chance_of(emotion: str, items: Sequence[Item]) -> float:
    """Mean gain per image, weighted, of answering this emotion everywhere: what an empty condition would do."""
    weight = math.fsum(item.weight for item in items)
    return math.fsum(item.gain_of(emotion) for item in items) / weight if weight > 0.0 else 0.0
