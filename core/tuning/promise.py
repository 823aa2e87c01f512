"""How much a rule may be hoped to add on pictures that nobody has seen yet.

The best of many candidates on the labels they were written from looks better than it is (the optimiser's
curse: Smith & Winkler 2006, Management Science 52), so its record is discounted and shrunk towards what
its emotion would do if the condition meant nothing (empirical Bayes: Efron & Morris 1975, JASA 70).
Measured: W - L >= 2 alone let through rules of which half did harm.
"""

import math
from collections.abc import Sequence

from core.tuning.items import Item
from core.tuning.presets import Preset


def promise(gain: float, held: float, chance: float, preset: Preset) -> float:
    """Expected W - L of a rule on as many new images as these labels.

    h (W - L - curse + k chance) / (h + k): `gain` is W - L over the `held` = h images where the rule
    holds, `chance` the mean gain per image of its emotion on any image, k = `preset.doubt`. 0 where it
    holds nowhere.
    """
    if held <= 0.0:
        return 0.0
    return held * (gain - preset.curse + preset.doubt * chance) / (held + preset.doubt)


def chance_of(emotion: str, items: Sequence[Item]) -> float:
    """Mean gain per image, weighted, of answering this emotion everywhere: what an empty condition would do."""
    weight = math.fsum(item.weight for item in items)
    return math.fsum(item.gain_of(emotion) for item in items) / weight if weight > 0.0 else 0.0
