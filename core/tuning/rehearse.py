"""REHEARSE: whether choices that were made without a part of the labels come true on that part.

Labels that are kept aside from a choice say what it is worth for this person (cross-fitting: Stone 1974, J. Royal
Statistical Society B 36), the only honest score before newer labels come. Nothing is asked.
"""

import dataclasses
import math
from collections.abc import Mapping, Sequence

from core.tuning.choose import choose
from core.tuning.constants import Constants
from core.tuning.evidence import better, paired
from core.tuning.items import Item, felt_often
from core.tuning.pool import Candidate, on_trial
from core.tuning.score import score
from core.vocabulary.explanation import CrossFit


def rehearse(
    candidates: Sequence[Candidate], hidden: Sequence[frozenset[int]], items: Sequence[Item], constants: Constants
) -> CrossFit:
    """The items of every `hidden` part, each judged by rules that were written, scored and chosen without it.

    As if the model followed every rule where it holds; where several do, their outcomes are averaged. It says too
    little rather than too much: a part is judged by what was written without it, while what is deployed is chosen
    from what all calls wrote, by all labels.
    """
    often = felt_often(items)
    favourite = max(sorted(often), key=often.__getitem__)
    gains = {i: gain for part in hidden for i, gain in _judged(candidates, part, items, constants).items()}
    told = paired(gains.values())
    lean = paired(gain - items[i].gain_of(favourite) for i, gain in gains.items())
    probability = better(told.right, told.wrong, _blind(often, items))
    return CrossFit(told, probability, lean.right > lean.wrong, constants.out_of_fold_of(len(items)))


def _judged(
    candidates: Sequence[Candidate], part: frozenset[int], items: Sequence[Item], constants: Constants
) -> Mapping[int, float]:
    without = [dataclasses.replace(item, held_out=True) if i in part else item for i, item in enumerate(items)]
    blind = [c.blind_to(part) for c in on_trial(candidates)]
    chosen = choose(score([c for c in blind if c.writers], without), without, constants)
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
