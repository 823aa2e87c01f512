"""ASIDE: what this way of choosing is worth for this person, told by labels that were kept aside from it.

The rules that were written without a part of the labels are screened and composed without it as well, and the
part says how they would have done. So each label is judged by rules that never saw it (cross-fitting, as in
Stone 1974, J. Royal Statistical Society B 36): the only honest score before newer labels come. It costs no
image call. It says too little rather than too much: who is blind to a part is one reading of the rest, while
what is deployed rests on all readings of all labels.
"""

import dataclasses
import math
from collections.abc import Mapping, Sequence

from core.tuning.compose import compose
from core.tuning.evidence import better, net, paired
from core.tuning.items import Item, felt_often
from core.tuning.job import Candidate
from core.tuning.presets import Preset
from core.tuning.screen import screen, survivors
from core.vocabulary.feelprint import Evidence


@dataclasses.dataclass(frozen=True, slots=True)
class Aside:
    """What came of the labels that were kept aside.

    W and L against the `generic` prompt and against always naming the `favourite` emotion; `probability` that
    what is chosen in this way is better than the generic prompt for this person.
    """

    generic: Evidence
    favourite: Evidence
    probability: float

    @property
    def apart(self) -> bool:
        """Whether the rules tell pictures apart, and do not only lean to what is felt most often."""
        return net(self.favourite) > 0.0


def aside(
    candidates: Sequence[Candidate], hidden: Sequence[frozenset[int]], items: Sequence[Item], preset: Preset
) -> Aside:
    """The items of every `hidden` part, each judged by rules that are blind to the part.

    As if the model followed every rule where it holds; where several do, their outcomes are averaged.
    """
    often = felt_often(items)
    favourite = max(sorted(often), key=often.__getitem__)
    # With fewer labels less can be promised: what all rules must be worth together is asked only of the whole.
    rest = dataclasses.replace(preset, worth=0.0)
    gains = {i: gain for part in hidden for i, gain in _judged(candidates, part, items, rest).items()}
    told = paired(gains.values())
    lean = paired(gain - items[i].gain_of(favourite) for i, gain in gains.items())
    return Aside(told, lean, better(told.right, told.wrong, _blind(often, items)))


def _judged(
    candidates: Sequence[Candidate], part: frozenset[int], items: Sequence[Item], preset: Preset
) -> Mapping[int, float]:
    without = [dataclasses.replace(item, held_out=True) if i in part else item for i, item in enumerate(items)]
    alone = [
        dataclasses.replace(c, writers=tuple(seen for seen in c.writers if not seen & part)) for c in candidates
    ]
    blind = [c for c in alone if c.writers]
    chosen = compose(survivors(screen(blind, without)), without, preset)
    gains = {}
    for i in sorted(part):
        spoken = [items[i].gain_of(c.rule.feel) for c in chosen if i in c.held]
        gains[i] = math.fsum(spoken) / len(spoken) if spoken else 0.0
    return gains


def _blind(often: Mapping[str, float], items: Sequence[Item]) -> float:
    """The win rate that is expected before anything is told: that of ideas which know nothing of pictures, each
    emotion named at random as often as it is felt.

    Who mostly feels as most people do has more to lose by that, so ideas about them must show more.
    """
    total = math.fsum(often.values())
    blind = paired(often[name] / total * item.gain_of(name) for name in sorted(often) for item in items)
    return (blind.right + 0.5) / (blind.right + blind.wrong + 1.0)
