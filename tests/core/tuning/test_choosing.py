"""Scoring and choosing: which rules are worth a call, and which together."""

import asyncio
import dataclasses

from core.asking.questions import Description, Generic
from core.tuning.choose import adds, choose, left_out, marginal
from core.tuning.constants import Constants
from core.tuning.evidence import net, paired
from core.tuning.items import Item, at_stake, chance_of, item_of
from core.tuning.match import anywhere
from core.tuning.pool import Candidate, Job, on_trial
from core.tuning.score import apart, promise, score
from core.tuning.session import Session
from core.vocabulary.emotions import MIKELS
from core.vocabulary.feelprint import Evidence, RuleRecord
from core.vocabulary.label import Label
from core.vocabulary.reasons import RuleReason, RuleStatus, RunReason
from tests.scripted import ScriptedAsker, picture, rule
from tests.storage.lives import feelprint

ALL = Constants()


def felt(*pairs: tuple[str, str]) -> list[Item]:
    """Items from (what most people say, what this person felt)."""
    items = []
    for k, (said, own) in enumerate(pairs):
        generic = Generic(MIKELS.distribution({said: 1.0}), Description("", ()), "")
        image = picture(f"picture {k}")
        items.append(item_of(MIKELS, image, Label.of(1, image.hash, [own], k), generic))
    return items


def holding(when: str, feel: str, *held: int) -> Candidate:
    return Candidate(rule(when, feel), 1, held=frozenset(held))


WORLD = felt(*[("fear", "awe")] * 6, *[("contentment", "contentment")] * 10, *[("fear", "anger")] * 4)


def test_scoring_counts_what_following_the_rule_would_win_and_lose() -> None:
    (judged,) = score([holding("storms", "awe", 0, 1, 2, 6)], WORLD)
    assert (judged.screened.right, judged.screened.wrong) == (3.0, 1.0)


def test_a_rule_that_wins_nothing_is_dropped_and_says_why() -> None:
    harmful, empty = score([holding("fields", "awe", 0, 6, 7), holding("whales", "awe")], WORLD)
    assert harmful.status == empty.status == RuleStatus.DROPPED
    assert (harmful.reason, empty.reason) == (RuleReason.NO_GAIN, RuleReason.HOLDS_NOWHERE)


def test_two_wordings_of_one_idea_are_one_and_have_seen_what_both_saw() -> None:
    first = dataclasses.replace(holding("storms", "awe", 0, 1, 2), writers=(frozenset({0, 1, 2, 3}),))
    again = dataclasses.replace(holding("dark clouds", "awe", 0, 1, 2), writers=(frozenset({1, 2, 3, 4}),))
    other = dataclasses.replace(holding("dark clouds", "anger", 0, 1, 2), writers=(frozenset({7}),))
    found = apart([first, again, other])
    assert [c.rule for c in on_trial(found)] == [first.rule, other.rule]
    assert [c.seen for c in on_trial(found)] == [{1, 2, 3}, {7}]
    assert (found[2].reason, found[2].same_as) == (RuleReason.DUPLICATE, first.rule.id)


def test_ideas_that_hold_nowhere_are_not_taken_for_one() -> None:
    assert len(on_trial(apart([holding("whales", "awe"), holding("harbours", "awe")]))) == 2


def believed(*candidates: Candidate) -> list[Candidate]:
    return on_trial(score(candidates, WORLD))


def test_choosing_takes_what_adds_most_and_leaves_what_only_repeats() -> None:
    best, same, other = believed(
        holding("storms", "awe", 0, 1, 2, 3, 4, 5),
        holding("dark clouds", "awe", 0, 1, 2, 3, 4),
        holding("crowds", "anger", 16, 17, 18, 19),
    )[:3]
    chosen = choose([best, same, other], WORLD, ALL)
    assert {c.rule.when for c in chosen} == {"storms", "crowds"}
    (left,) = left_out([same], len(chosen), ALL.max_rules)
    assert left.reason is RuleReason.TOO_LITTLE_EVIDENCE


def test_rules_that_disagree_about_a_picture_share_it() -> None:
    one, other = score([holding("storms", "awe", 0, 1, 2), holding("night", "anger", 2, 16)], WORLD)
    assert marginal(other, [one]) == {2: -0.5, 16: 1.0}


def test_never_more_rules_than_a_feelprint_holds() -> None:
    rules = believed(holding("storms", "awe", 0, 1, 2, 3, 4, 5), holding("crowds", "anger", 16, 17, 18, 19))
    assert len(choose(rules, WORLD, dataclasses.replace(ALL, max_rules=1))) == 1


def test_a_promise_shrinks_to_chance_with_little_evidence_and_to_the_record_with_much() -> None:
    few, many = promise(2.0, 2.0, 2, -0.4, 3.0) / 2, promise(200.0, 200.0, 200, -0.4, 3.0) / 200
    assert -0.4 < few < 0.5 < many <= 1.0
    assert promise(0.0, 0.0, 0, 0.3, 3.0) == 0.0


def test_chance_is_what_the_emotion_would_win_everywhere() -> None:
    assert chance_of("awe", WORLD) == (6 - 10) / 20


def test_what_is_at_stake_is_what_most_people_are_right_about() -> None:
    assert at_stake(WORLD) == 0.5
    assert at_stake([dataclasses.replace(item, held_out=True) for item in WORLD[:10]] + WORLD[10:]) == 6 / 10
    assert at_stake([]) == 0.0


def test_the_more_often_most_people_are_right_the_more_an_idea_owes_to_luck() -> None:
    """Right three times, wrong twice: enough beside an answer that is seldom right, not beside a good one."""

    def taken(agreeing: int, luck: float) -> bool:
        others = [("contentment", "contentment")] * agreeing + [("fear", "anger")] * (20 - agreeing)
        items = felt(*[("fear", "awe")] * 3, *[("sadness", "sadness")] * 2, *others)
        (candidate,) = on_trial(score([holding("storms", "awe", 0, 1, 2, 3, 4)], items))
        return bool(choose([candidate], items, Constants(doubt=0.0, luck=luck)))

    assert taken(4, 0.55)
    assert not taken(19, 0.55)
    assert taken(19, 0.0)


def test_rules_that_promise_nothing_beyond_what_they_owe_to_luck_are_all_left() -> None:
    """Two rules that hold for three pictures each, right on all."""
    rules = believed(holding("storms", "awe", 0, 1, 2), holding("night", "awe", 3, 4, 5))
    plain = Constants(doubt=3.0)
    for luck in (0.0, 0.55, 1.0):
        promised = [adds(rule, [], WORLD, plain.doubt, luck * at_stake(WORLD)) for rule in rules]
        chosen = choose(rules, WORLD, dataclasses.replace(plain, luck=luck))
        assert (promised[0] > 0.0) is bool(chosen)
    assert not chosen
    (left, _) = left_out(rules, 0, plain.max_rules)
    assert left.reason is RuleReason.TOO_LITTLE_EVIDENCE


def test_who_agrees_with_most_people_more_often_than_not_is_told_so() -> None:
    def why(agreeing: int, deployed: bool = False) -> RunReason:
        others = [("fear", "anger")] * (20 - agreeing)
        items = felt(*[("contentment", "contentment")] * agreeing, *others)
        active = feelprint(7, 1, at=1) if deployed else None
        session = Session(asyncio.Semaphore(1))
        return Job(session, ScriptedAsker({}), MIKELS, items, ALL, 7, 1, active=active).why_kept()

    assert why(11) is RunReason.FEELS_AS_MOST
    assert why(10) is why(0) is RunReason.NOTHING_RELIABLE
    assert why(11, deployed=True) is RunReason.STILL_BEST


def test_where_descriptions_are_not_trusted_a_rule_that_cannot_win_twice_waits_with_what_is_known_of_it() -> None:
    items = felt(*[("fear", "awe")] * 3, ("fear", "anger"))
    known, new, able = holding("whales", "anger"), holding("storms", "anger"), holding("clouds", "awe")
    record = RuleRecord(known.rule, RuleStatus.UNUSED, Evidence(9, 5.0, 1.0))
    job = Job(Session(asyncio.Semaphore(1)), ScriptedAsker({}), MIKELS, items, ALL, 7, 1, records=[record])
    placed = anywhere(job, [known, new, able])
    assert [(c.rule, c.reason, c.status) for c in placed] == [
        (new.rule, RuleReason.OUT_OF_CALLS, RuleStatus.UNUSED),
        (able.rule, None, RuleStatus.UNUSED),
    ]
    assert placed[1].held == {0, 1, 2}, "where it would win"


def test_net_is_wins_without_losses() -> None:
    assert net(paired([1.0, 1.0, -1.0])) == 1.0


def test_what_failed_on_labels_that_its_writer_had_not_seen_is_not_taken() -> None:
    wins, losses = range(6), [6, 7]
    one = dataclasses.replace(holding("storms", "awe", *wins, *losses), writers=(frozenset(wins),))
    (failed,), (fits,) = (
        score([one], WORLD),
        score([dataclasses.replace(one, writers=(frozenset({6, 7}),))], WORLD),
    )
    assert choose([failed], WORLD, ALL) == []
    assert left_out([failed], 0, ALL.max_rules)[0].reason is RuleReason.REFUTED
    assert choose([fits], WORLD, ALL) == [fits]
