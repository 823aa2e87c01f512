"""Choosing and the gate: what a rule must survive before a member gets it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from core.asking.questions import Description, Generic, Judgement
from core.predicting.shown import Trust, rules_shown
from core.tuning.constants import Constants, constants_of
from core.tuning.items import item_of
from core.tuning.limits import estimate
from core.tuning.method import STEPS, by_rules
from core.tuning.pool import Candidate, Job, Work
from core.tuning.propose import propose
from core.tuning.score import score
from core.tuning.session import Session
from core.tuning.verify import ask, heard, places, verify
from core.vocabulary.calls import Failure, Purpose
from core.vocabulary.emotions import MIKELS
from core.vocabulary.feelprint import Feelprint, Rule, block_of
from core.vocabulary.images import Image, reference_of
from core.vocabulary.label import Label
from core.vocabulary.reasons import Caution, Mode, RuleReason, RuleStatus, RunReason, RunResult, Unverified
from tests.scripted import ScriptedAsker, picture, rule

MAJORITY = {"sea": "contentment", "storm": "fear"}
STORM = rule("storm", "excitement")
SPREADS = Rule("a storm", "excitement", "When a picture shows of, this person tends to feel excitement.")
"""Says `storm`, but its sentence is understood to hold everywhere."""
DEAF = Rule("the storm", "excitement", "When a picture shows lighthouses, this person tends to feel excitement.")
"""Says `storm`, but its sentence is understood to hold nowhere."""


def job(storms: int = 6, seas: int = 8, active: Feelprint | None = None, **asker: object) -> Job:
    """A member who is excited by storms and otherwise feels as most do."""
    model = ScriptedAsker(MAJORITY, **asker)
    items = []
    for k, kind in enumerate(["storm"] * storms + ["sea"] * seas):
        image = picture(f"{kind} {k}")
        common = MIKELS.distribution({MAJORITY[kind]: 1.0})
        label = Label.of(7, image.hash, ["excitement" if kind == "storm" else MAJORITY[kind]], k)
        items.append(item_of(MIKELS, image, label, Generic(common, Description(f"{kind} {k}", (kind,)), "")))
    return Job(Session(asyncio.Semaphore(4)), model, MIKELS, items, Constants(), 7, 1, active=active)


def storms(one: Job, tried: Rule = STORM) -> Candidate:
    held = frozenset(i for i, item in enumerate(one.items) if item.generic.description.tags == ("storm",))
    return Candidate(tried, 1, held=held)


def test_the_method_is_the_list_of_its_steps() -> None:
    names = ["propose", "match", "rehearse", "score", "choose", "verify"]
    assert [step.__name__.strip("_") for step in STEPS] == names


async def test_a_step_is_left_out_by_giving_another_list() -> None:
    whole, without = (job(storms=10, seas=12, writes=[STORM]) for _ in range(2))
    assert (await by_rules(whole)).explanation.verification is not None
    outcome = await by_rules(without, STEPS[:-1])
    assert (outcome.result, outcome.explanation.verification) == (RunResult.DEPLOYED, None)
    assert without.session.asked[Purpose.VERIFY] == 0


def chosen(one: Job, *rules: Rule) -> Work:
    """The work of a run that has chosen these rules, all of which hold for storms."""
    scored = score([storms(one, tried) for tried in rules], one.items)
    return Work(one, scored, described=True, chosen=scored)


def answers(one: Job, **kinds: Sequence[str]) -> dict[int, Judgement]:
    """What is said of storms and of seas, in order."""
    said = [*kinds.get("storm", ()), *kinds.get("sea", ())]
    where = [
        i
        for kind, feels in kinds.items()
        for i in [i for i, item in enumerate(one.items) if item.generic.description.tags == (kind,)][: len(feels)]
    ]
    return {i: Judgement(MIKELS.distribution({feel: 1.0}), "") for i, feel in zip(where, said, strict=True)}


async def test_a_text_in_which_every_rule_is_heard_is_all_that_is_asked() -> None:
    one = job(storms=10, seas=12)
    found = await verify(chosen(one, STORM))
    assert (found.rules, found.verdict.passed, found.chosen[0].reason) == ((STORM,), True, None)
    assert one.session.asked[Purpose.VERIFY] == found.verdict.evidence.held


@pytest.mark.parametrize("unheard", [DEAF, SPREADS])
async def test_a_rule_that_is_passed_over_or_taken_too_broadly_gives_way_to_another_wording(unheard: Rule) -> None:
    one = job(storms=10, seas=12, writes=[unheard, STORM])
    outcome = await by_rules(one)
    assert (outcome.result, outcome.rules) == (RunResult.DEPLOYED, (STORM,))
    records = {record.rule: record for record in outcome.records}
    assert (records[unheard].status, records[unheard].reason) == (RuleStatus.DROPPED, RuleReason.NOT_BETTER)
    assert (records[STORM].status, records[STORM].reason) == (RuleStatus.DEPLOYED, RuleReason.VERIFIED)


@pytest.mark.parametrize(
    ("followed", "pulled", "reason"),
    [(8, 0, None), (4, 0, None), (3, 0, RuleReason.NOT_BETTER), (8, 4, None), (8, 5, RuleReason.NOT_BETTER)],
)
def test_a_rule_is_heard_that_comes_to_half_of_what_its_labels_promise(
    followed: int, pulled: int, reason: RuleReason | None
) -> None:
    """Of eight storms some are answered by it, and of eight seas some too, though it does not speak of them."""
    one = job(storms=8, seas=8)
    said = answers(
        one,
        storm=["excitement"] * followed + ["fear"] * (8 - followed),
        sea=["excitement"] * pulled + ["contentment"] * (8 - pulled),
    )
    (only,) = heard(chosen(one, STORM), said).chosen
    assert only.reason is reason
    assert sum(only.told.values()) == followed


async def test_a_rule_that_is_not_heard_in_a_text_that_passes_says_so_and_is_not_told_as_proved() -> None:
    """It is followed on one of four pictures, which makes its text better than the version in use: all that would
    be left without it. The rest of what it seems to win is another rule's doing.
    """
    moved = {10, 11, 12, 13}
    faint = Rule("the storm", "excitement", "When a picture shows sea 10, this person tends to feel excitement.")
    one = job(storms=10, seas=12, active=Feelprint(7, MIKELS.id, 1, Mode.RULES, (STORM,), "", 1, 12, "run"))
    felt = {"felt": {"excitement": 1.0}, "generic_hit": 0.0}
    one = replace(one, items=[replace(it, **felt) if i in moved else it for i, it in enumerate(one.items)])
    pool = score([storms(one), replace(storms(one, faint), held=frozenset({0, 1, 2, 3, 4} | moved))], one.items)

    async def choose(_: Work) -> Work:
        return Work(one, pool, described=True, chosen=pool)

    outcome = await by_rules(one, [choose, verify])
    assert (outcome.result, outcome.rules) == (RunResult.DEPLOYED, (STORM, faint))
    records = {record.rule: record for record in outcome.records}
    assert {record.status for record in records.values()} == {RuleStatus.DEPLOYED}
    assert (records[STORM].reason, records[faint].reason) == (RuleReason.VERIFIED, RuleReason.NOT_BETTER)
    assert (records[faint].fresh.right, records[faint].fresh.wrong) == (5, 0)
    active = Feelprint(7, MIKELS.id, 2, Mode.RULES, outcome.rules, "", 1, 22, "run")
    shown = {one.rule: one.trust for one in rules_shown(active, [active], outcome.records, [])}
    assert shown == {STORM: Trust.PROVED, faint: Trust.ON_TRIAL}


def test_a_rule_is_not_judged_where_another_of_the_text_holds_too() -> None:
    one = job(storms=8)
    both = heard(chosen(one, STORM, rule("a storm", "excitement")), answers(one, storm=["fear"] * 8)).chosen
    assert [c.reason for c in both] == [None, None]


async def test_texts_are_asked_only_while_calls_last() -> None:
    deaf = [Rule(f"storm {'storm ' * k}".strip(), "excitement", DEAF.text) for k in range(9)]
    one = job(storms=10, seas=12, writes=deaf)
    once = len(places(chosen(one, STORM)))
    outcome = await by_rules(replace(one, cap=2 * once))
    assert outcome.result == RunResult.KEPT
    assert one.session.asked[Purpose.VERIFY] == 2 * once


async def test_what_a_run_asks_of_a_version_in_use_too_is_within_what_was_estimated() -> None:
    """It is asked about the pictures of each text that would replace it, beside the cap of new texts."""
    deaf = [Rule(f"storm {'storm ' * k}".strip(), "excitement", DEAF.text) for k in range(9)]
    active = Feelprint(7, MIKELS.id, 1, Mode.RULES, (rule("calm", "awe"),), "", 1, 12, "run")
    one = job(storms=10, seas=12, writes=deaf, active=active)
    once = len(places(chosen(one, STORM)))
    few = 2 * once
    await by_rules(replace(one, cap=few))
    asked = one.session.asked[Purpose.VERIFY]
    assert few < asked <= estimate(22, one.constants, cap=few, deployed=True)[Purpose.VERIFY]
    assert estimate(22, one.constants, cap=few)[Purpose.VERIFY] == few


@pytest.mark.parametrize(("hidden", "shown"), [(0, 0), (4, 10)])
async def test_a_rules_evidence_is_counted_only_where_its_writers_had_not_seen_the_label(
    hidden: int, shown: int
) -> None:
    """Where four writers of it missed another quarter each, no storm was seen by all."""
    one = job(storms=10, seas=12, writes=[STORM])
    outcome = await by_rules(replace(one, constants=replace(one.constants, parts=hidden)))
    (record,) = outcome.records
    assert (record.status, record.reason) == (RuleStatus.DEPLOYED, RuleReason.VERIFIED)
    assert (record.fresh.held, record.fresh.right) == (shown, float(shown))
    assert (record.unseen.held, record.unseen.right) == (shown, float(shown))


async def test_of_a_rule_that_is_remembered_it_is_known_which_labels_its_writers_saw() -> None:
    one = job(storms=10, seas=12, writes=[STORM])
    outcome = await by_rules(replace(one, constants=replace(one.constants, parts=0)))
    (record,) = outcome.records
    assert len(record.seen) == 22
    later = job(storms=10, seas=14, writes=[])
    (candidate,) = await propose(replace(later, records=outcome.records))
    assert {reference_of(later.items[i].image.hash) for i in candidate.seen} == set(record.seen)


async def test_nothing_that_kept_aside_labels_speak_against_is_asked_about() -> None:
    one = job(storms=10, seas=12, writes=[STORM])
    strict = replace(one, constants=replace(one.constants, out_of_fold=0.999999))
    outcome = await by_rules(strict)
    assert outcome.result == RunResult.KEPT
    assert one.session.asked[Purpose.VERIFY] == 0
    assert outcome.explanation.cross_fit is not None
    assert outcome.explanation.composed is None
    assert RuleReason.OUT_OF_FOLD in {record.reason for record in outcome.records}


async def test_a_version_stays_where_kept_aside_labels_speak_for_it_but_not_enough_for_a_new_one() -> None:
    used = Feelprint(7, MIKELS.id, 1, Mode.RULES, (STORM,), "", 1, 22, "run")
    one = job(storms=10, seas=12, writes=[STORM], active=used)
    outcome = await by_rules(replace(one, constants=replace(one.constants, out_of_fold=0.999999)))
    told = outcome.explanation.cross_fit
    assert told is not None
    assert told.evidence.right > told.evidence.wrong
    assert (outcome.reason, outcome.explanation.withdrawal) == (RunReason.STILL_BEST, None)


def test_the_fewer_labels_there_are_the_more_those_kept_aside_must_show() -> None:
    def odds(probability: float) -> float:
        return probability / (1.0 - probability)

    for it in map(constants_of, Caution):
        assert it.out_of_fold_of(32) == pytest.approx(it.out_of_fold)
        for labels in (8, 16, 64, 200):
            assert odds(it.out_of_fold_of(labels)) == pytest.approx(odds(it.out_of_fold) * 32 / labels)
    assert Constants(out_of_fold=0.0).out_of_fold_of(8) == 0.0
    assert Constants(out_of_fold=1.0).out_of_fold_of(200) == 1.0


def test_the_more_careful_the_more_labels_that_were_kept_aside_must_show() -> None:
    careful, normal, bold = (constants_of(caution).out_of_fold for caution in Caution)
    assert careful > normal > bold


async def test_what_is_asked_of_a_run_goes_by_its_labels() -> None:
    one = job(storms=5, seas=7, writes=[STORM])
    test = (await by_rules(one)).explanation.cross_fit
    told = test.probability
    assert test.needed == round(one.constants.out_of_fold_of(len(one.items)), 4)
    assert 0.8 < told < 0.94
    for needed, result in ((told - 0.01, "deployed"), (told + 0.01, "kept")):
        odds = needed / (1.0 - needed) * len(one.items) / 32
        constants = replace(one.constants, out_of_fold=odds / (1.0 + odds))
        assert constants.out_of_fold < told
        assert (await by_rules(replace(one, constants=constants))).result == result


async def test_who_gets_rules_that_only_lean_to_what_is_felt_most_often_is_told() -> None:
    """Of somebody who has shown nothing but storms it cannot be known whether the storm makes the difference."""
    one = job(storms=16, seas=0, writes=[STORM])
    leaning = await by_rules(one)
    assert (leaning.result, leaning.reason) == (RunResult.DEPLOYED, RunReason.FOUND_LEANING)
    both = await by_rules(job(storms=10, seas=12, writes=[STORM]))
    assert (both.result, both.reason) == (RunResult.DEPLOYED, RunReason.FOUND)


async def test_the_gate_asks_only_where_the_outcome_could_change_and_keeps_its_calls() -> None:
    one = job()
    where = places(chosen(replace(one, cap=20), STORM))
    assert len(where) == 10
    assert set(range(6)) < set(where), "storms, and a sample of seas, where most people are right"
    verdict, _ = await ask(one, block_of((STORM,)), where)
    assert verdict.evidence.held == one.session.asked[Purpose.VERIFY] == 10
    assert (verdict.evidence.right, verdict.evidence.wrong, verdict.passed) == (6.0, 0.0, True)


async def test_three_wins_pass_and_two_do_not() -> None:
    for count, passed in ((3, True), (2, False)):
        one = job(storms=count)
        verdict, _ = await ask(one, block_of((STORM,)), range(len(one.items)))
        assert verdict.passed is passed
        assert verdict.failed == (() if passed else (Unverified.NOT_SURE,))


async def test_an_answer_that_cannot_be_read_any_more_is_a_miss() -> None:
    def fails(purpose: Purpose, image: Image | None) -> Failure | None:
        return Failure.INVALID if image == picture("sea 6") else None

    one = job(fails=fails)
    verdict, _ = await ask(one, block_of((STORM,)), range(len(one.items)))
    assert (verdict.unreadable, verdict.failed) == (1, (Unverified.UNREADABLE,))
    assert (verdict.evidence.right, verdict.evidence.wrong) == (6.0, 1.0)
    assert verdict.probability >= verdict.gate
    assert not verdict.passed


async def test_a_new_text_must_win_against_the_deployed_one() -> None:
    active = Feelprint(7, MIKELS.id, 1, Mode.RULES, (STORM,), "", 1, 12, "run")
    one = job(active=active)
    verdict, _ = await ask(one, "- Something else.\n" + block_of((STORM,)), range(len(one.items)))
    assert verdict.probability >= verdict.gate
    assert not verdict.passed
    assert verdict.failed == (Unverified.NOT_AHEAD,)


@pytest.mark.parametrize("taken_back", [True, False])
async def test_a_text_that_was_taken_back_is_not_deployed_again(taken_back: bool) -> None:
    one = job(storms=10, seas=12, writes=[STORM])
    block = block_of((STORM,))
    outcome = await by_rules(replace(one, quarantined=frozenset({block} if taken_back else ())))
    assert outcome.result == (RunResult.KEPT if taken_back else RunResult.DEPLOYED)
    (record,) = outcome.records
    assert record.reason is (RuleReason.QUARANTINED if taken_back else RuleReason.VERIFIED)
