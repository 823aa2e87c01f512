"""Testing alone and the gate: what a rule must survive before a member gets it."""

import asyncio
from dataclasses import replace

import pytest

from core.asking.questions import Description, Generic
from core.tuning.alone import affordable, alone
from core.tuning.items import item_of
from core.tuning.method import STEPS, by_rules
from core.tuning.pool import Candidate, Job
from core.tuning.presets import PRESETS, Preset
from core.tuning.propose import propose
from core.tuning.score import score
from core.tuning.session import Session
from core.tuning.verify import verify
from core.vocabulary.calls import Failure, Purpose
from core.vocabulary.emotions import MIKELS
from core.vocabulary.feelprint import Feelprint, Rule, block_of
from core.vocabulary.images import Image, reference_of
from core.vocabulary.label import Label
from core.vocabulary.reasons import Mode, RuleReason, RuleStatus, RunReason, RunResult
from tests.scripted import ScriptedAsker, picture, rule

MAJORITY = {"sea": "contentment", "storm": "fear"}
STORM = rule("storm", "excitement")
SPREADS = Rule("storm", "excitement", "When a picture shows of, this person tends to feel excitement.")
"""Says `storm`, but its sentence is understood to hold everywhere."""


def job(storms: int = 6, seas: int = 8, active: Feelprint | None = None, **asker: object) -> Job:
    """A member who is excited by storms and otherwise feels as most do."""
    model = ScriptedAsker(MAJORITY, **asker)
    items = []
    for k, kind in enumerate(["storm"] * storms + ["sea"] * seas):
        image = picture(f"{kind} {k}")
        common = MIKELS.distribution({MAJORITY[kind]: 1.0})
        label = Label.of(7, image.hash, ["excitement" if kind == "storm" else MAJORITY[kind]], k)
        items.append(item_of(MIKELS, image, label, Generic(common, Description(f"{kind} {k}", (kind,)), "")))
    return Job(Session(asyncio.Semaphore(4)), model, MIKELS, items, Preset(), 7, 1, active=active)


def storms(one: Job, tried: Rule = STORM) -> Candidate:
    held = frozenset(i for i, item in enumerate(one.items) if item.generic.description.tags == ("storm",))
    return Candidate(tried, 1, held=held)


def test_the_method_is_the_list_of_its_steps() -> None:
    names = ["propose", "match", "rehearse", "score", "choose", "alone", "verify"]
    assert [step.__name__.strip("_") for step in STEPS] == names


async def test_a_step_is_left_out_by_giving_another_list() -> None:
    whole, without = (job(storms=10, seas=12, writes=[STORM]) for _ in range(2))
    assert (await by_rules(whole)).explanation.verification is not None
    outcome = await by_rules(without, STEPS[:-1])
    assert (outcome.result, outcome.explanation.verification) == (RunResult.DEPLOYED, None)
    assert without.session.asked[Purpose.VERIFY] == 0


async def test_a_rule_that_pulls_other_pictures_along_is_dropped() -> None:
    one = job()
    good, bad = await alone(one, [storms(one), storms(one, SPREADS)], controls=2)
    assert (good.status, good.reason, good.alone.right) == (RuleStatus.UNUSED, None, 6.0)
    assert (bad.status, bad.reason) == (RuleStatus.DROPPED, RuleReason.SPREADS)


async def test_a_rule_is_tested_whole_or_not_at_all_while_calls_last() -> None:
    one = job()
    other = replace(storms(one), rule=rule("storm storm", "excitement"))
    able, late, left = affordable(one, [storms(one), other], 10, controls=2)
    assert ([c.rule for c in able], left) == ([STORM], 2)
    assert late[0].reason is RuleReason.OUT_OF_CALLS
    await alone(one, able, controls=2)
    assert one.session.asked[Purpose.ALONE] == 8


async def test_a_few_pictures_tell_for_the_rest_and_unseen_labels_are_asked_first() -> None:
    one = job()
    (screened,) = score([replace(storms(one), writers=(frozenset(range(20)) - {3, 5},))], one.items)
    (tried,) = await alone(one, [screened], tries=2)
    assert one.session.asked[Purpose.ALONE] == 2
    assert set(tried.told) == {3, 5}
    assert tried.gains == dict.fromkeys(range(6), 1.0)


async def test_a_rule_that_is_followed_now_and_then_is_believed_as_often() -> None:
    one = job()
    vague = Rule("storm", "excitement", "When a picture shows 3, this person tends to feel excitement.")
    (screened,) = score([replace(storms(one, vague), writers=(frozenset(range(20)) - {3, 5},))], one.items)
    (tried,) = await alone(one, [screened], tries=2)
    assert tried.gains == {3: 1.0} | dict.fromkeys((0, 1, 2, 4), 0.5)


@pytest.mark.parametrize(("hidden", "shown"), [(0, 0), (4, 10)])
async def test_a_rules_evidence_is_counted_only_where_its_writers_had_not_seen_the_label(
    hidden: int, shown: int
) -> None:
    """Where four writers of it missed another quarter each, no storm was seen by all."""
    one = job(storms=10, seas=12, writes=[STORM])
    outcome = await by_rules(replace(one, preset=replace(one.preset, held_out=hidden)))
    (record,) = outcome.records
    assert (record.status, record.reason) == (RuleStatus.DEPLOYED, RuleReason.VERIFIED)
    assert (record.fresh.held, record.fresh.right) == (shown, float(shown))


async def test_of_a_rule_that_is_remembered_it_is_known_which_labels_its_writers_saw() -> None:
    one = job(storms=10, seas=12, writes=[STORM])
    outcome = await by_rules(replace(one, preset=replace(one.preset, held_out=0)))
    (record,) = outcome.records
    assert len(record.seen) == 22
    later = job(storms=10, seas=14, writes=[])
    (candidate,) = await propose(replace(later, records=outcome.records))
    assert {reference_of(later.items[i].image.hash) for i in candidate.seen} == set(record.seen)


async def test_a_rule_that_the_model_does_not_follow_is_dropped_after_a_few_pictures() -> None:
    one = job()
    deaf = Rule("storm", "excitement", "When a picture shows lighthouses, this person tends to feel excitement.")
    (screened,) = score([storms(one, deaf)], one.items)
    (tried,) = await alone(one, [screened], tries=2)
    assert (tried.status, tried.reason) == (RuleStatus.DROPPED, RuleReason.NOT_BETTER)


async def test_nothing_that_kept_aside_labels_speak_against_is_asked_about() -> None:
    one = job(storms=10, seas=12, writes=[STORM])
    strict = replace(one, preset=replace(one.preset, aside=0.999999))
    outcome = await by_rules(strict)
    assert outcome.result == RunResult.KEPT
    assert one.session.asked[Purpose.ALONE] == one.session.asked[Purpose.VERIFY] == 0
    assert outcome.explanation.cross_fit is not None
    assert outcome.explanation.composed is None
    assert RuleReason.OUT_OF_FOLD in {record.reason for record in outcome.records}


def test_the_fewer_labels_there_are_the_more_those_kept_aside_must_show() -> None:
    def odds(probability: float) -> float:
        return probability / (1.0 - probability)

    for preset in PRESETS.values():
        assert preset.aside_of(32) == pytest.approx(preset.aside)
        for labels in (8, 16, 64, 200):
            assert odds(preset.aside_of(labels)) == pytest.approx(odds(preset.aside) * 32 / labels)
    assert Preset(aside=0.0).aside_of(8) == 0.0
    assert Preset(aside=1.0).aside_of(200) == 1.0


async def test_what_is_asked_of_a_run_goes_by_its_labels() -> None:
    one = job(storms=5, seas=7, writes=[STORM])
    told = (await by_rules(one)).explanation.cross_fit.probability
    assert 0.8 < told < 0.94
    for needed, result in ((told - 0.01, "deployed"), (told + 0.01, "kept")):
        odds = needed / (1.0 - needed) * len(one.items) / 32
        preset = replace(one.preset, aside=odds / (1.0 + odds))
        assert preset.aside < told
        assert (await by_rules(replace(one, preset=preset))).result == result


async def test_who_asks_for_rules_that_tell_pictures_apart_gets_no_lean_and_others_are_told() -> None:
    """Of somebody who has shown nothing but storms it cannot be known whether the storm makes the difference."""
    one = job(storms=16, seas=0, writes=[STORM])
    leaning = await by_rules(one)
    assert (leaning.result, leaning.reason) == (RunResult.DEPLOYED, RunReason.FOUND_LEANING)
    asked = await by_rules(replace(one, preset=replace(one.preset, apart=True)))
    assert asked.result == RunResult.KEPT
    both = await by_rules(job(storms=10, seas=12, writes=[STORM]))
    assert (both.result, both.reason) == (RunResult.DEPLOYED, RunReason.FOUND)


async def test_the_gate_asks_only_where_the_outcome_could_change_and_keeps_its_calls() -> None:
    one = job()
    verdict = await verify(one, block_of((STORM,)), frozenset(range(6)), 10)
    assert verdict.generic.held == one.session.asked[Purpose.VERIFY] == 10
    assert (verdict.generic.right, verdict.generic.wrong, verdict.passed) == (6.0, 0.0, True)


async def test_three_wins_pass_and_two_do_not() -> None:
    for count, passed in ((3, True), (2, False)):
        one = job(storms=count)
        verdict = await verify(one, block_of((STORM,)), frozenset(range(count)), 99)
        assert verdict.passed is passed


async def test_an_answer_that_cannot_be_read_any_more_is_a_miss() -> None:
    def fails(purpose: Purpose, image: Image | None) -> Failure | None:
        return Failure.INVALID if image == picture("sea 6") else None

    one = job(fails=fails)
    verdict = await verify(one, block_of((STORM,)), frozenset(range(6)), 99)
    assert verdict.unparsed == 1
    assert (verdict.generic.right, verdict.generic.wrong) == (6.0, 1.0)
    assert verdict.probability >= verdict.gate
    assert not verdict.passed


async def test_a_new_text_must_win_against_the_deployed_one() -> None:
    active = Feelprint(7, MIKELS.id, 1, Mode.RULES, (STORM,), "", 1, 12, "run")
    one = job(active=active)
    verdict = await verify(one, "- Something else.\n" + block_of((STORM,)), frozenset(range(6)), 99)
    assert verdict.probability >= verdict.gate
    assert not verdict.passed


@pytest.mark.parametrize("taken_back", [True, False])
async def test_a_text_that_was_taken_back_is_not_deployed_again(taken_back: bool) -> None:
    one = job(storms=10, seas=12, writes=[STORM])
    block = block_of((STORM,))
    outcome = await by_rules(replace(one, quarantined=frozenset({block} if taken_back else ())))
    assert outcome.result == (RunResult.KEPT if taken_back else RunResult.DEPLOYED)
    (record,) = outcome.records
    assert record.reason is (RuleReason.QUARANTINED if taken_back else RuleReason.VERIFIED)
