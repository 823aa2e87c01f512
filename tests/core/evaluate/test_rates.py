"""A rule's rates come from places where it says other than most people, on labels that cannot vouch for it."""

from core.asking.questions import Description, Generic
from core.evaluate.rates import Rates, rates_of, spoken
from core.tuning.items import Item, item_of
from core.vocabulary.emotions import MIKELS
from core.vocabulary.feelprint import Rule, RuleRecord
from core.vocabulary.images import Image, reference_of
from core.vocabulary.label import Label
from core.vocabulary.reasons import RuleStatus

ME = 7


def hash_of(n: int) -> str:
    """References are a hash's beginning."""
    return f"{n:064x}"[::-1]


def item(n: int, felt: dict[str, float], usual: str = "awe") -> Item:
    shares = tuple(float(name == usual) for name in MIKELS.names)
    image = Image(hash_of(n), b"", 1, 1)
    return item_of(MIKELS, image, Label(ME, image.hash, felt, n), Generic(shares, "r", Description("c", ())))


def record(when: str, feel: str, *seen: int) -> RuleRecord:
    refs = tuple(reference_of(hash_of(n)) for n in seen)
    return RuleRecord(Rule(when, feel, ""), RuleStatus.UNUSED, seen=refs)


def test_a_rule_counts_where_it_speaks_and_was_not_made_of_the_label() -> None:
    items = [
        item(0, {"fear": 1.0}),  # the rule's writers all saw it
        item(1, {"fear": 1.0}),
        item(2, {"awe": 1.0}),
        item(3, {"sadness": 1.0}),
        item(4, {"fear": 1.0}, usual="fear"),  # most people say the same
        item(5, {"fear": 0.5, "awe": 0.5}),
        item(6, {"fear": 1.0}),  # the condition does not hold
    ]
    fear = record("a storm", "fear", 0)
    holds = {("a storm", place) for place in range(6)}
    found = list(spoken(MIKELS, [fear], items, holds, used={fear.rule.id}, member_id=ME))
    assert [(place.hit, place.generic_hit) for place in found] == [(1, 0), (0, 1), (0, 0), (1, 1)]
    assert rates_of(found) == Rates(rules=1, places=4, right=0.5, generic=0.5, neither=0.25)
    assert all(place.used for place in found)


def test_rules_of_two_people_are_two_and_over_no_place_there_are_no_rates() -> None:
    items, fear = [item(1, {"fear": 1.0})], record("a storm", "fear")
    both = [
        place
        for member in (1, 2)
        for place in spoken(MIKELS, [fear], items, {("a storm", 0)}, used=(), member_id=member)
    ]
    assert (rates_of(both).rules, rates_of(both).places, both[0].used) == (2, 2, False)
    assert rates_of([]) == Rates()
