"""SCREEN: drop rules that cannot help, for nothing.

If the model followed a rule wherever its condition holds, where would it be right and most people
wrong, and where the opposite? The generic answers are there already, so this costs no call.
"""

import dataclasses
from collections.abc import Sequence

from core.tuning.evidence import net, paired
from core.tuning.items import Item
from core.tuning.job import Candidate
from core.tuning.promise import chance_of
from core.vocabulary.reasons import RuleReason, RuleStatus


def screen(candidates: Sequence[Candidate], items: Sequence[Item]) -> list[Candidate]:
    """All candidates with their free evidence; those with wins - losses < 1 are dropped with a reason."""
    chances = {c.rule.feel: chance_of(c.rule.feel, items) for c in candidates}
    return [_screened(c, items, chances[c.rule.feel]) for c in candidates]


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
            others.append(dataclasses.replace(candidate, reason=RuleReason.DUPLICATE))
    return [*first.values(), *others]


def survivors(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those still under trial: neither dropped nor left with a reason."""
    return [c for c in candidates if c.status != RuleStatus.DROPPED and c.reason is None]


def _screened(candidate: Candidate, items: Sequence[Item], chance: float) -> Candidate:
    """What it would win and lose as if the model followed it wherever it holds."""
    gains = {i: items[i].gain_of(candidate.rule.feel) for i in sorted(candidate.held)}
    screened = dataclasses.replace(candidate, chance=chance, screened=paired(gains.values()), gains=gains)
    if net(screened.screened) < 1.0:
        reason = RuleReason.NO_GAIN if candidate.held else RuleReason.HOLDS_NOWHERE
        return dataclasses.replace(screened, status=RuleStatus.DROPPED, reason=reason)
    return screened
