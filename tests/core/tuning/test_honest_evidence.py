"""What a rule shows on labels that its writer saw is not what it will do on others."""

from types import SimpleNamespace

import pytest

from core.asking.questions import Description, Generic
from core.tuning.constants import Constants
from core.tuning.items import item_of
from core.tuning.pool import Candidate
from core.tuning.propose import hands, parts, pool
from core.tuning.rehearse import rehearse
from core.tuning.score import promise
from core.vocabulary.emotions import MIKELS
from core.vocabulary.feelprint import Evidence, Rule
from core.vocabulary.images import Image
from core.vocabulary.label import Label


def items(felt, guess="awe"):
    generic = Generic(MIKELS.distribution({guess: 1}), Description("", ("x",)), "")
    return [
        item_of(MIKELS, Image(f"{i:064}", b"", 1, 1), Label(1, f"{i:064}", {name: 1.0}, i), generic)
        for i, name in enumerate(felt)
    ]


def candidate(held, seen, feel="fear", when="dark ground", **more):
    return Candidate(Rule(when, feel, ""), 1, (frozenset(seen),), frozenset(held), **more)


def job(felt, **constants):
    return SimpleNamespace(items=items(felt), seed=5, constants=Constants(**constants))


def test_after_the_one_who_sees_all_every_writer_misses_another_part_with_every_emotion_in_it():
    felt = ["fear"] * 8 + ["awe"] * 8
    given = [set(hand) for hand in hands(job(felt, parts=4))]
    everything = set(range(16))
    assert given[0] == everything
    missed = [everything - hand for hand in given[1:]]
    assert [len(part) for part in missed] == [4] * 4
    assert set().union(*missed) == everything
    assert all({felt[i] for i in part} == {"fear", "awe"} for part in missed)
    assert hands(job(felt)) == hands(job(felt))
    assert missed == [set(part) for part in parts(job(felt))]


def test_with_nothing_held_out_the_one_writer_sees_all():
    assert hands(job(["fear", "awe"] * 5, parts=0)) == [list(range(10))]


def test_of_a_rule_that_two_wrote_only_what_both_saw_is_no_test():
    rule = Rule("dark ground", "fear", "")
    calls = [[Candidate(rule, 1, (frozenset({0, 1, 2}),))], [Candidate(rule, 2, (frozenset({1, 2, 3}),))]]
    (only,) = pool(calls, [Candidate(rule, None, (frozenset({2, 5}),))], MIKELS.names)
    assert only.seen == {2}
    assert only.writer == 1


HALVES = [frozenset(range(8)), frozenset(range(8, 16))]


def test_a_label_is_judged_only_by_rules_that_were_written_without_it():
    """Blind to the first half: a rule that is right everywhere; to the second: one that is right nowhere."""
    felt = ["fear"] * 16
    good = candidate(range(16), range(8, 16))
    bad = candidate(range(8), range(8), feel="anger", when="light ground")
    told = rehearse([good, bad], HALVES, items(felt), Constants()).evidence
    assert (told.right, told.wrong, told.held) == (8.0, 0.0, 16)


def test_what_only_fits_the_labels_it_was_written_from_fails_on_the_others():
    felt = ["fear"] * 8 + ["awe"] * 8
    told = rehearse([candidate(range(16), range(8))], HALVES, items(felt), Constants()).evidence
    assert (told.right, told.wrong) == (0.0, 8.0)


def test_a_part_that_every_rule_has_seen_says_nothing():
    told = rehearse([candidate(range(16), range(16))], HALVES, items(["fear"] * 16), Constants()).evidence
    assert (told.right, told.wrong) == (0.0, 0.0)


def test_who_feels_as_most_do_needs_more_to_be_believed():
    """Nothing told, or the same few wins: beside most people's answer that is right of them seldom, or often."""
    seldom = items((["anger"] * 3 + ["awe"] + ["fear"] * 6) * 2)
    often = items((["awe"] * 8 + ["fear"] * 2) * 2)
    halves = [frozenset(range(10)), frozenset(range(10, 20))]
    assert rehearse([], halves, often, Constants()).probability < 0.3
    assert rehearse([], halves, seldom, Constants()).probability > 0.5
    few = [candidate([8, 9, 18, 19], [18, 19]), candidate([8, 9, 18, 19], [8, 9])]
    rash = Constants(doubt=0.0)
    assert rehearse(few, halves, often, rash).evidence == Evidence(20, 4.0, 0.0)
    told = [rehearse(few, halves, often, rash).probability, rehearse(few, halves, seldom, rash).probability]
    assert told[0] < told[1]


def test_to_lean_to_the_favourite_emotion_tells_no_pictures_apart():
    """Fear, whatever is seen; and fear in the dark, with anger in the light."""
    felt = ["fear", "fear", "fear", "anger", "anger"] * 4
    halves = [frozenset(range(10)), frozenset(range(10, 20))]
    dark = [i for i in range(20) if felt[i] == "fear"]
    light = [i for i in range(20) if felt[i] == "anger"]
    lean = [candidate(range(20), half) for half in halves]
    tell = [candidate(dark, half) for half in halves]
    tell += [candidate(light, half, feel="anger", when="light ground") for half in halves]
    assert not rehearse(lean, halves, items(felt), Constants()).beats_favourite
    assert rehearse(tell, halves, items(felt), Constants()).beats_favourite


def test_a_promise_is_shrunk_towards_what_the_emotion_does_anywhere():
    assert promise(3.0, 3.0, 3, 0.0, 3.0) == pytest.approx(1.5)
    assert promise(3.0, 3.0, 3, -0.5, 3.0) < promise(3.0, 3.0, 3, 0.0, 3.0)
    assert promise(0.0, 0.0, 0, 0.9, 3.0) == 0.0
