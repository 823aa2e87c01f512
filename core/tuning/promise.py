"""How much a rule may be hoped to add on pictures that nobody has seen yet.

A short record says little, so it is shrunk towards what the rule's emotion would do if the condition meant
nothing (empirical Bayes: Efron & Morris 1975, JASA 70). And the best of many candidates on the labels that they
were written from looks better than it is (the optimiser's curse: Smith & Winkler 2006, Management Science 52).
"""

import math
from collections.abc import Sequence

from core.tuning.items import Item


def promise(gain: float, held: float, pictures: int, chance: float, doubt: float) -> float:
    """Expected W - L of a rule on as many new images as these labels.

    m (G + k chance) / (h + k): over the m = `pictures` where the rule holds, `gain` G is the sum of d_i and
    `held` h how many of them count; `chance` is the mean gain per image of its emotion on any image,
    k = `doubt`. 0 where it holds nowhere.
    """
    return pictures * (gain + doubt * chance) / (held + doubt) if pictures else 0.0


def chance_of(emotion: str, items: Sequence[Item]) -> float:
    """Mean gain per image of answering this emotion everywhere: what an empty condition would do."""
    return _mean([item.gain_of(emotion) for item in items], items)


def at_stake(items: Sequence[Item]) -> float:
    """The share of images for which most people's answer is right: what a rule can spoil.

    On development worlds records of every length came out lower on new images, by .18 for each where this share
    was .28 and by .30 where it was .42: what a picked rule owes to luck goes with it.
    """
    return _mean([0.0 if item.held_out else item.generic_hit for item in items], items)


def _mean(values: Sequence[float], items: Sequence[Item]) -> float:
    """Over the items that are not held out; the values of the others are 0."""
    counted = sum(1 for item in items if not item.held_out)
    return math.fsum(values) / counted if counted else 0.0
