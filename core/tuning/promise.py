"""How much a rule may be hoped to add on pictures that nobody has seen yet.

The best of many candidates on the labels they were written from looks better than it is (the optimiser's
curse: Smith & Winkler 2006, Management Science 52). So what it showed on those counts only as far as such
showings have come true for this member (`retention`), and all is shrunk towards what its emotion would do if
the condition meant nothing (empirical Bayes: Efron & Morris 1975, JASA 70).
"""

import math
from collections.abc import Sequence

from core.tuning.items import Item
from core.tuning.job import Candidate

BELIEF, BELIEF_WORTH = 0.5, 4.0


def promise(gain: float, held: float, pictures: int, chance: float, doubt: float) -> float:
    """Expected W - L of a rule on as many new images as these labels.

    m (G + k chance) / (h + k): over the m = `pictures` where the rule holds, `gain` G and `held` h are sums
    in which a picture counts as the rule's writer had seen it or not; `chance` is the mean gain per image of
    its emotion on any image, k = `doubt`. 0 where it holds nowhere.
    """
    return pictures * (gain + doubt * chance) / (held + doubt) if pictures else 0.0


def retention(candidates: Sequence[Candidate], items: Sequence[Item]) -> float:
    """How much of what rules show on pictures that their writer saw comes back on pictures it did not see.

    (sum of gains on unseen pictures + k r0) / (sum of the gains hoped for there + k), in [0, 1]: for each
    unseen picture the mean over the rules that hold for it, the hope of a rule being its mean gain where its
    writer saw the label. r0 = `BELIEF` and k = `BELIEF_WORTH` stand in where there is little to go by. Free:
    the generic answers say what each emotion would win.
    """
    came: dict[int, list[float]] = {}
    hoped: dict[int, list[float]] = {}
    for c in candidates:
        shown = [items[i].gain_of(c.rule.feel) for i in sorted(c.held & c.seen)]
        if math.fsum(shown) <= 0.0:
            continue
        for i in sorted(c.held - c.seen):
            came.setdefault(i, []).append(items[i].gain_of(c.rule.feel))
            hoped.setdefault(i, []).append(math.fsum(shown) / len(shown))
    came_true = math.fsum(math.fsum(gains) / len(gains) for gains in came.values())
    hope = math.fsum(math.fsum(gains) / len(gains) for gains in hoped.values())
    return min(1.0, max(0.0, (came_true + BELIEF * BELIEF_WORTH) / (hope + BELIEF_WORTH)))


def chance_of(emotion: str, items: Sequence[Item]) -> float:
    """Mean gain per image, weighted, of answering this emotion everywhere: what an empty condition would do."""
    weight = math.fsum(item.weight for item in items)
    return math.fsum(item.gain_of(emotion) for item in items) / weight if weight > 0.0 else 0.0
