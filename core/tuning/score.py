"""SCORE: what each rule would win and lose if the model followed it wherever it holds, and what that promises.

The generic answers are there already, so this costs no call. A short record says little, so a promise is shrunk
towards what the rule's emotion would do if the condition meant nothing (empirical Bayes: Efron & Morris 1975, JASA
70). The best of many candidates on the labels that they were written from looks better than it is (the optimiser's
curse: Smith & Winkler 2006, Management Science 52), so CHOOSE takes off what a rule owes to luck.
"""

import dataclasses
from collections.abc import Sequence

from core.tuning.evidence import net, paired
from core.tuning.items import Item, chance_of
from core.tuning.pool import Candidate
from core.vocabulary.reasons import RuleReason, RuleStatus


def score(candidates: Sequence[Candidate], items: Sequence[Item]) -> list[Candidate]:
    """All candidates with their free evidence; those with wins - losses < 1 are dropped with a reason."""
    chances = {c.rule.feel: chance_of(c.rule.feel, items) for c in candidates}
    return [_scored(c, items, chances[c.rule.feel]) for c in candidates]


def _scored(candidate: Candidate, items: Sequence[Item], chance: float) -> Candidate:
    gains = {i: items[i].gain_of(candidate.rule.feel) for i in sorted(candidate.held)}
    scored = dataclasses.replace(candidate, chance=chance, screened=paired(gains.values()), gains=gains)
    if candidate.reason is None and net(scored.screened) < 1.0:
        reason = RuleReason.NO_GAIN if candidate.held else RuleReason.HOLDS_NOWHERE
        return dataclasses.replace(scored, status=RuleStatus.DROPPED, reason=reason)
    return scored


def apart(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates, of those that name one emotion for the same images only the first under trial.

    However they are worded, they are one idea about these labels: whoever came to it without seeing a label
    has not learned it there.
    """
    first: dict[tuple[str, frozenset[int]], Candidate] = {}
    others = []
    for candidate in candidates:
        idea = (candidate.rule.feel, candidate.held)
        if not candidate.held or idea not in first:
            first[idea if candidate.held else (candidate.rule.id, frozenset())] = candidate
        else:
            first[idea] = first[idea].also(candidate)
            same_as = first[idea].rule.id
            others.append(dataclasses.replace(candidate, reason=RuleReason.DUPLICATE, same_as=same_as))
    return [*first.values(), *others]


def promise(gain: float, held: float, pictures: int, chance: float, doubt: float) -> float:
    """Expected W - L of a rule on as many new images as these labels.

    m (G + k chance) / (h + k): over the m = `pictures` where the rule holds, `gain` G is the sum of d_i and
    `held` h how many of them count; `chance` is the mean gain per image of its emotion on any image,
    k = `doubt`. 0 where it holds nowhere.
    """
    return pictures * (gain + doubt * chance) / (held + doubt) if pictures else 0.0
