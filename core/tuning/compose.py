"""COMPOSE: add rules one at a time, each only for what it adds to those already chosen.

Nothing is asked: each rule's answers alone are known. Where several chosen rules hold for a picture
nobody knows which the model will follow, so their outcomes are averaged.
"""

import dataclasses
import math
from collections.abc import Sequence

from core.tuning.job import Candidate

ADDS_LITTLE = "It was right, but added too little to the rules that were chosen."
ENOUGH = "It was right, but a feelprint holds only the best few rules."


def compose(candidates: Sequence[Candidate], need: float, limit: int) -> list[Candidate]:
    """At most `limit` rules, chosen greedily by marginal W - L, each adding at least `need`.

    Ties go to the candidate that stands earlier.
    """
    chosen: list[Candidate] = []
    while len(chosen) < limit:
        rest = [c for c in candidates if c not in chosen]
        if not rest:
            break
        base = total(chosen)
        best = max(rest, key=lambda c: total([*chosen, c]) - base)
        if total([*chosen, best]) - base < need:
            break
        chosen.append(best)
    return chosen


def total(chosen: Sequence[Candidate]) -> float:
    """The expected W - L of rules together, from what each showed alone."""
    images = {i for candidate in chosen for i in candidate.gains}
    return math.fsum(_mean([c.gains[i] for c in chosen if i in c.gains]) for i in images)


def left_out(candidates: Sequence[Candidate], chosen: Sequence[Candidate], limit: int) -> list[Candidate]:
    """The tested candidates that were not chosen, each with the reason."""
    note = ENOUGH if len(chosen) >= limit else ADDS_LITTLE
    return [dataclasses.replace(c, note=note) for c in candidates if c not in chosen]


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
