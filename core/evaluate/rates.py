"""How often rules are right where they speak: what lives tell of all rules that were ever written in them.

A rule speaks where its condition holds and most people would feel something else. Only labels count that not all
its writers saw, so none vouches for what was made of it. Where it holds is asked again for all rules and labels,
or the record of a rule would end with the run that dropped it.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from core.tuning.items import Item
from core.vocabulary.emotions import LabelSet
from core.vocabulary.feelprint import RuleRecord
from core.vocabulary.images import reference_of


@dataclass(frozen=True, slots=True)
class Rates:
    """So many `rules` spoke in so many `places`; how often, in [0, 1], the rule was right there, most people's
    answer, and neither; where two emotions were felt as strongly both may be.
    """

    rules: int = 0
    places: int = 0
    right: float = 0.0
    generic: float = 0.0
    neither: float = 0.0


@dataclass(frozen=True, slots=True)
class Spoke:
    """One rule in one place: its hit and most people's there, in [0, 1]; `used`: a version had it once."""

    rule: tuple[int, str]
    used: bool
    hit: float
    generic_hit: float


def spoken(
    label_set: LabelSet,
    records: Sequence[RuleRecord],
    items: Sequence[Item],
    holds: Collection[tuple[str, int]],
    *,
    used: Collection[str],
    member_id: int,
) -> Iterator[Spoke]:
    """Every place in which one person's rules speak; `holds`: of which condition for which item; `used`: ids."""
    for record in records:
        rule, seen = record.rule, frozenset(record.seen)
        for place, item in enumerate(items):
            if (rule.when, place) not in holds or reference_of(item.image.hash) in seen:
                continue
            if label_set.top(item.generic.distribution) != rule.feel:
                own = item.generic_hit + item.gain_of(rule.feel)
                yield Spoke((member_id, rule.id), rule.id in used, own, item.generic_hit)


def rates_of(places: Iterable[Spoke]) -> Rates:
    """The rates over some places; all 0 over none."""
    there = list(places)
    if not there:
        return Rates()
    n = len(there)
    return Rates(
        rules=len({place.rule for place in there}),
        places=n,
        right=sum(place.hit for place in there) / n,
        generic=sum(place.generic_hit for place in there) / n,
        neither=sum(1.0 - max(place.hit, place.generic_hit) for place in there) / n,
    )
