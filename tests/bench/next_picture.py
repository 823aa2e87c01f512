"""NEXT: which picture would decide most, for whoever may choose what a member is shown.

A picture is worth asking about where undecided rules would speak. It goes by descriptions and by the pool alone,
never by labels, so records stay honest however pictures are chosen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.tuning.evidence import better
from core.vocabulary.feelprint import RuleRecord
from core.vocabulary.reasons import RuleStatus


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """A picture that has no label yet: what most people would feel, and the ids of the rules that hold for it."""

    usual: str
    held: frozenset[str]


def ranking(records: Sequence[RuleRecord], pictures: Sequence[Unlabelled]) -> list[int]:
    """Indices of the pictures, the one that would decide most first; ties keep their order."""
    doubts = {r.rule.id: (r.rule.feel, _doubt(r)) for r in records if r.status != RuleStatus.DROPPED}
    values = [_value(picture, doubts) for picture in pictures]
    return sorted(range(len(pictures)), key=lambda i: -values[i])


def _value(picture: Unlabelled, doubts: Mapping[str, tuple[str, float]]) -> float:
    """For each emotion the largest doubt among the rules that would speak there, summed."""
    most: dict[str, float] = {}
    for rule_id in picture.held & doubts.keys():
        feel, doubt = doubts[rule_id]
        if feel != picture.usual:
            most[feel] = max(most.get(feel, 0.0), doubt)
    return sum(most.values())


def _doubt(record: RuleRecord) -> float:
    """P (1 - P), P being that the rule is better than most people's answer, by all labels where it speaks."""
    p = better(record.screened.right, record.screened.wrong)
    return p * (1.0 - p)
