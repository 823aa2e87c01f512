"""What a rule shows on labels that its writer saw is not what it will do on others."""

from types import SimpleNamespace

import pytest

from core.asking.questions import Description, Generic
from core.emotions import MIKELS
from core.feelprint import Evidence, Rule, RuleRecord
from core.images import Image
from core.labels import Label
from core.tuning.compose import adds, compose
from core.tuning.items import item_of
from core.tuning.job import Candidate
from core.tuning.presets import Preset
from core.tuning.promise import promise, retention
from core.tuning.write import Written, hands, pool


def items(felt, guess="awe"):
    generic = Generic(MIKELS.distribution({guess: 1}), Description("", ("x",)), "")
    return [
        item_of(MIKELS, Image(f"{i:064}", b"", 1, 1), Label(1, f"{i:064}", {name: 1.0}, i), generic)
        for i, name in enumerate(felt)
    ]


def candidate(held, seen, feel="fear", when="dark ground", **more):
    return Candidate(Rule(when, feel, ""), "writer 1", frozenset(seen), frozenset(held), **more)


def job(felt, **preset):
    return SimpleNamespace(items=items(felt), seed=5, preset=Preset(**preset))


def test_every_writer_but_the_first_misses_another_part_with_every_emotion_in_it():
    felt = ["fear"] * 8 + ["awe"] * 8
    first, second, third = (set(hand) for hand in hands(job(felt)))
    everything = set(range(16))
    assert first == everything
    missed = [everything - second, everything - third]
    assert [len(part) for part in missed] == [4, 4]
    assert not missed[0] & missed[1]
    assert all({felt[i] for i in part} == {"fear", "awe"} for part in missed)
    assert hands(job(felt)) == hands(job(felt))


def test_with_nothing_held_out_every_writer_sees_all():
    assert hands(job(["fear", "awe"] * 5, held_out=0)) == [list(range(10))] * 3


def test_of_a_rule_that_two_wrote_only_what_both_saw_is_no_test():
    rule = Rule("dark ground", "fear", "")
    calls = [Written("writer 1", [rule], frozenset({0, 1, 2})), Written("writer 2", [rule], frozenset({1, 2, 3}))]
    known = [(RuleRecord(rule, "unused"), frozenset({2, 5}))]
    (only,) = pool(calls, known, MIKELS.names)
    assert only.seen == {2}
    assert only.source == "writer 1"


@pytest.mark.parametrize(("unseen", "expected"), [("fear", 1.0), ("awe", 0.0)])
def test_retention_goes_to_what_the_unseen_labels_say(unseen, expected):
    felt = ["fear"] * 40 + [unseen] * 40
    rules = [candidate(range(80), range(40))]
    assert retention(rules, items(felt)) == pytest.approx(expected, abs=0.06)


def test_without_unseen_labels_retention_is_a_belief_of_one_half():
    assert retention([candidate(range(4), range(4))], items(["fear"] * 4)) == 0.5
    assert retention([], []) == 0.5


def test_many_wordings_of_one_insight_count_as_one():
    felt = ["fear"] * 8 + ["awe"] * 2
    one = [candidate(range(10), range(8))]
    many = [candidate(range(10), range(8), when=f"wording {chr(97 + n)}") for n in range(20)]
    assert retention(many, items(felt)) == pytest.approx(retention(one, items(felt)))


def test_a_promise_is_shrunk_towards_what_the_emotion_does_anywhere():
    assert promise(3.0, 3.0, 3, 0.0, 3.0) == pytest.approx(1.5)
    assert promise(3.0, 3.0, 3, -0.5, 3.0) < promise(3.0, 3.0, 3, 0.0, 3.0)
    assert promise(0.0, 0.0, 0, 0.9, 3.0) == 0.0


def test_the_same_record_promises_more_where_the_writer_had_not_seen_it():
    seen = candidate(range(3), range(3), retained=0.2, gains=dict.fromkeys(range(3), 1.0))
    fresh = candidate(range(3), (), retained=0.2, gains=dict.fromkeys(range(3), 1.0))
    there = items(["fear"] * 3)
    assert adds(fresh, [], there, 3.0) > 2 * adds(seen, [], there, 3.0)


def test_a_record_that_never_comes_true_does_not_get_into_a_feelprint():
    there = items(["fear"] * 2 + ["anger"] * 6)
    record = Evidence(2, 2.0)
    hollow = candidate(range(2), range(8), retained=0.0, chance=-0.1, alone=record, gains={0: 1.0, 1: 1.0})
    solid = candidate(range(2), (), retained=0.0, chance=-0.1, alone=record, gains={0: 1.0, 1: 1.0})
    assert compose([hollow], there, Preset()) == []
    assert compose([solid], there, Preset()) == [solid]
