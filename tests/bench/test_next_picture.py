"""NEXT: the picture whose label would decide most comes first."""

from dataclasses import replace

from core.vocabulary.feelprint import Evidence, RuleRecord
from core.vocabulary.reasons import RuleStatus
from tests.bench.next_picture import Unlabelled, ranking
from tests.scripted import rule

SURE = RuleRecord(rule("storm", "awe"), RuleStatus.DEPLOYED, Evidence(20, 20, 0))
OPEN = RuleRecord(rule("sea", "awe"), RuleStatus.UNUSED, Evidence(2, 1, 1))
GONE = RuleRecord(rule("cake", "awe"), RuleStatus.DROPPED, Evidence(2, 1, 1))


def test_next_is_the_picture_where_an_undecided_rule_would_speak() -> None:
    pictures = [
        Unlabelled("fear", frozenset({SURE.rule.id, GONE.rule.id})),
        Unlabelled("fear", frozenset({OPEN.rule.id})),
        Unlabelled("awe", frozenset({OPEN.rule.id})),
    ]
    assert ranking([SURE, OPEN, GONE], pictures) == [1, 0, 2]


def test_with_no_rules_yet_pictures_keep_their_order() -> None:
    pictures = [Unlabelled("fear", frozenset({OPEN.rule.id})), Unlabelled("awe", frozenset())]
    assert ranking([], pictures) == [0, 1]


def test_two_wordings_of_one_emotion_count_once_and_two_emotions_twice() -> None:
    again = replace(OPEN, rule=rule("water", "awe"))
    other = replace(OPEN, rule=rule("waves", "anger"))
    ids = [record.rule.id for record in (OPEN, again, other)]
    pictures = [Unlabelled("fear", frozenset(ids[:2])), Unlabelled("fear", frozenset({ids[0], ids[2]}))]
    assert ranking([OPEN, again, other], pictures) == [1, 0]
