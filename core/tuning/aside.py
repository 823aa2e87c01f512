"""ASIDE: what this way of choosing is worth for this person, told by labels that were kept aside from it.

The rules that were written without a part of the labels are screened and composed without it as well, and the
part says how they would have done. So each label is judged by rules that never saw it (cross-fitting, as in
Stone 1974, J. Royal Statistical Society B 36): the only honest score before newer labels come. It costs no
image call.
"""

import dataclasses
import math
from collections import defaultdict
from collections.abc import Sequence

from core.feelprint import Evidence
from core.tuning.compose import compose
from core.tuning.evidence import better, paired
from core.tuning.items import Item
from core.tuning.job import Candidate
from core.tuning.presets import Preset
from core.tuning.screen import screen, survivors


def aside(
    candidates: Sequence[Candidate], hidden: Sequence[frozenset[int]], items: Sequence[Item], preset: Preset
) -> Evidence:
    """W and L against the generic prompt over the items of all `hidden` parts, each judged by rules blind to it.

    As if the model followed every rule where it holds; where several do, their outcomes are averaged.
    """
    return paired(gain for part in hidden for gain in _judged(candidates, part, items, preset))


def believed(told: Evidence, items: Sequence[Item]) -> float:
    """Probability that what is chosen in this way is better than the generic prompt for this person.

    Before anything is told, no more wins are expected than ideas would have that know nothing of pictures: each
    emotion named at random, as often as it is felt. Who mostly feels as most people do has more to lose by that,
    so ideas about them must show more.
    """
    often: defaultdict[str, float] = defaultdict(float)
    for item in items:
        for name, share in item.felt.items():
            often[name] += item.weight * share
    total = math.fsum(often.values())
    blind = paired(often[name] / total * item.gain_of(name) for name in sorted(often) for item in items)
    return better(told.right, told.wrong, (blind.right + 0.5) / (blind.right + blind.wrong + 1.0))


def _judged(
    candidates: Sequence[Candidate], part: frozenset[int], items: Sequence[Item], preset: Preset
) -> list[float]:
    without = [dataclasses.replace(item, weight=0.0) if i in part else item for i, item in enumerate(items)]
    blind = [c for c in candidates if not c.seen & part]
    chosen = compose(survivors(screen(blind, without)), without, preset)
    gains = []
    for i in sorted(part):
        spoken = [items[i].gain_of(c.rule.feel) for c in chosen if i in c.held]
        gains.append(math.fsum(spoken) / len(spoken) if spoken else 0.0)
    return gains
