"""CHOOSE: greedily the few rules that promise most, each only for what it adds to those already chosen.

Where several chosen rules hold for a picture nobody knows which the model will follow, so their outcomes are
averaged. Nothing is asked.
"""

import dataclasses
import math
from collections.abc import Sequence

from core.tuning.constants import Constants
from core.tuning.items import Item, at_stake
from core.tuning.pool import Candidate, on_trial
from core.tuning.score import promise
from core.vocabulary.reasons import RuleReason


def choose(candidates: Sequence[Candidate], items: Sequence[Item], constants: Constants) -> list[Candidate]:
    """At most `constants.max_rules` rules, chosen greedily by what each may be hoped to add.

    None that is refuted; each must add `constants.net` (W - L) and promise something. Ties go to the candidate
    that stands earlier.
    """
    chosen: list[Candidate] = []
    good = [c for c in on_trial(candidates) if not refuted(c)]
    owed = constants.luck * at_stake(items)
    while len(chosen) < constants.max_rules:
        able = [c for c in good if c not in chosen and sum(marginal(c, chosen).values()) >= constants.net]
        promised = {c.rule.id: adds(c, chosen, items, constants.doubt, owed) for c in able}
        best = max(able, key=lambda c: promised[c.rule.id], default=None)
        if best is None or promised[best.rule.id] <= 0.0:
            break
        chosen.append(best)
    return chosen


def refuted(candidate: Candidate) -> bool:
    """Whether it lost more than it won on labels that not all of its writers had seen."""
    return math.fsum(gain for i, gain in candidate.gains.items() if i not in candidate.seen) < 0.0


def adds(
    candidate: Candidate, chosen: Sequence[Candidate], items: Sequence[Item], doubt: float, owed: float
) -> float:
    """What a rule may be hoped to add to those chosen.

    That is its promise without what it owes to luck, `owed` for each of the images where it holds.
    """
    held, counted = len(candidate.held), sum(1 for i in candidate.held if not items[i].held_out)
    gain = math.fsum(marginal(candidate, chosen).values())
    return promise(gain, counted, held, candidate.chance, doubt) - owed * held


def marginal(candidate: Candidate, chosen: Sequence[Candidate]) -> dict[int, float]:
    """The expected gain per image that a rule adds to those chosen, if the model follows each."""
    added = {}
    for i, gain in sorted(candidate.gains.items()):
        others = [other.gains[i] for other in chosen if i in other.gains]
        before = math.fsum(others) / len(others) if others else 0.0
        added[i] = (math.fsum(others) + gain) / (len(others) + 1) - before
    return added


def left_out(candidates: Sequence[Candidate], chosen: int, limit: int) -> list[Candidate]:
    """Candidates that were not chosen, beside so many that were, each with a reason."""
    full = RuleReason.FEELPRINT_FULL if chosen >= limit else RuleReason.TOO_LITTLE_EVIDENCE
    why = [c.reason or (RuleReason.REFUTED if refuted(c) else full) for c in candidates]
    return [dataclasses.replace(c, reason=reason) for c, reason in zip(candidates, why, strict=True)]
