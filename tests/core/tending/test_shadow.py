"""The shadow record: what it says, and what is done about it."""

import pytest

from core.ports import RunReport, Shadow
from core.predicting.shown import rules_shown, since_version
from core.tending.shadowing import Shadows
from core.tuning.session import Stopped
from core.tuning.watch import Verdict, fails, record_of_rule
from core.vocabulary.calls import Failure, Purpose
from core.vocabulary.consent import CONSENT_VERSION
from core.vocabulary.emotions import MIKELS
from core.vocabulary.explanation import Withdrawal
from core.vocabulary.feelprint import Evidence, Feelprint, RuleRecord
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import Mode, RuleReason, RuleStatus, RunReason, RunResult, VersionStatus
from storage import Storage
from tests.fakes import ManualClock
from tests.labelling import felt
from tests.scripted import ScriptedAsker, picture, rule

ME = 7
KEY = ProfileKey(ME, MIKELS.id)
MAJORITY = {"sea": "contentment", "storm": "fear", "cake": "amusement"}
STORM, SEA = rule("storm", "excitement"), rule("sea", "disgust")
UNIFORM = MIKELS.distribution({})


def version(number: int, *rules: object, status: VersionStatus = VersionStatus.ACTIVE) -> Feelprint:
    return Feelprint(
        ME, MIKELS.id, number, Mode.RULES, rules, "", 1000 * number, 12, f"run {number}", status=status
    )


def row(k: int, of: int, hit: float, generic: float, **rules: float) -> Shadow:
    return Shadow(of, f"{k:064x}", 5000 + k, UNIFORM, hit, generic, rules)


def test_a_version_fails_by_its_latest_stretch_where_its_rules_speak() -> None:
    active = version(1, STORM, SEA)
    right = [row(k, 1, 1.0, 0.0, **{STORM.id: 1.0}) for k in range(9)]
    wrong = [row(9 + k, 1, 0.0, 1.0, **{SEA.id: 0.0}) for k in range(3)]
    assert fails(active, right + wrong)
    assert not fails(active, right + wrong[:2])


def test_a_rule_that_fails_stays_while_the_version_does_well() -> None:
    active = version(1, STORM, SEA)
    wrong = [row(2 * k, 1, 0.0, 1.0, **{SEA.id: 0.0}) for k in range(3)]
    right = [row(2 * k + 1, 1, 1.0, 0.0, **{STORM.id: 1.0}) for k in range(3)]
    assert not fails(active, wrong + right)


def test_a_version_fails_by_what_it_does_where_no_rule_speaks_and_a_text_without_rules_does_too() -> None:
    for active in (version(1, STORM, SEA), version(1)):
        assert fails(active, [row(k, 1, 0.0, 1.0) for k in range(3)])
        assert not fails(active, [row(k, 1, 0.0, 1.0) for k in range(2)])
        assert not fails(active, [row(k, 1, 0.0, 0.0) for k in range(9)])


def test_a_rule_that_came_back_begins_anew() -> None:
    versions = [
        version(1, SEA, status=VersionStatus.SUPERSEDED),
        version(2, STORM, status=VersionStatus.SUPERSEDED),
        version(3, SEA),
    ]
    rows = [row(k, 1, 0.0, 1.0, **{SEA.id: 0.0}) for k in range(5)] + [row(9, 3, 1.0, 0.0, **{SEA.id: 1.0})]
    assert record_of_rule(SEA.id, versions, rows) == Evidence(1, 1.0, 0.0)


async def setting(storage: Storage, *versions: Feelprint, **asker: object) -> tuple[ScriptedAsker, Shadows]:
    """These versions were deployed one after another, the last of them is in use."""
    await storage.members.join(ME, CONSENT_VERSION, 0)
    for made in versions:
        at = made.created_at
        run = RunReport(made.run_id, ME, MIKELS.id, Mode.RULES, 0, 12, at, at, RunResult.DEPLOYED, RunReason.FOUND)
        records = [RuleRecord(rule, RuleStatus.DEPLOYED) for rule in made.rules]
        assert await storage.runs.finish(run, rules=records, deploy=made)
    model = ScriptedAsker(MAJORITY, **asker)
    return model, Shadows(storage, model, ManualClock(9000))


async def label(storage: Storage, words: str, emotion: str, at: int) -> None:
    await felt(storage, ME, [(picture(words), emotion, at)])


async def test_later_labels_are_scored_for_the_version_and_for_the_rule_that_held(sqlite_storage: Storage) -> None:
    _, shadows = await setting(sqlite_storage, version(1, STORM, SEA))
    await label(sqlite_storage, "storm 1", "excitement", 500)
    await label(sqlite_storage, "storm 2", "excitement", 2000)
    await label(sqlite_storage, "cake 1", "amusement", 2001)
    assert (await shadows.keep(KEY)).stored == 2
    storm, cake = await sqlite_storage.shadows.all(KEY)
    assert (storm.hit, storm.generic_hit, storm.rules_held) == (1.0, 0.0, {STORM.id: 1.0})
    assert (cake.hit, cake.generic_hit, cake.rules_held) == (1.0, 1.0, {})
    assert (await shadows.keep(KEY)).stored == 0
    records = {r.rule.id: r for r in await sqlite_storage.runs.rules(KEY)}
    assert records[STORM.id].shadow == Evidence(1, 1.0, 0.0)


async def test_a_withdrawal_leaves_the_rules_on_record_and_the_next_run_due_as_it_was(
    sqlite_storage: Storage,
) -> None:
    model, shadows = await setting(sqlite_storage, version(1, STORM, SEA))
    for k in range(3):
        await label(sqlite_storage, f"sea {k}", "contentment", 2000 + k)
    twelve = RunReport("twelve", ME, MIKELS.id, Mode.RULES, 0, 12, 3000, 3000, RunResult.KEPT)
    assert await sqlite_storage.runs.finish(twelve)
    report = (await shadows.keep(KEY)).report
    assert report is not None
    assert report.explanation.withdrawal == Withdrawal(1)
    records = {r.rule.id: r for r in await sqlite_storage.runs.rules(KEY)}
    assert {records[rule.id].status for rule in (STORM, SEA)} == {RuleStatus.RETIRED}
    assert records[SEA.id].reason is RuleReason.FAILED_IN_USE
    profile = await sqlite_storage.labels.profile(KEY)
    assert profile is not None
    assert profile.labels_at_run == 12
    assert model.sent[Purpose.VERIFY] == 0


async def test_where_nothing_is_taken_back_a_failing_version_stays(sqlite_storage: Storage) -> None:
    await setting(sqlite_storage, version(1, SEA))
    shadows = Shadows(sqlite_storage, ScriptedAsker(MAJORITY), ManualClock(9000), watch=lambda *_: Verdict())
    for k in range(3):
        await label(sqlite_storage, f"sea {k}", "contentment", 4000 + k)
    assert (await shadows.keep(KEY)).report is None
    assert await sqlite_storage.versions.active(KEY) is not None


async def test_a_failing_version_gives_way_to_the_newest_one_without_retired_rules(
    sqlite_storage: Storage,
) -> None:
    _, shadows = await setting(sqlite_storage, version(1, STORM), version(2, SEA, STORM), version(3, SEA))
    for k in range(3):
        await label(sqlite_storage, f"sea {k}", "contentment", 4000 + k)
    report = (await shadows.keep(KEY)).report
    assert report is not None
    assert report.reason is RunReason.ROLLED_BACK
    assert (report.explanation.withdrawal, report.explanation.version) == (Withdrawal(3), 1)
    active = await sqlite_storage.versions.active(KEY)
    assert active is not None
    assert active.version == 1
    states = {v.version: v.status for v in await sqlite_storage.versions.all(KEY)}
    assert list(states.values()) == [VersionStatus.ACTIVE, VersionStatus.ROLLED_BACK, VersionStatus.ROLLED_BACK]


async def test_with_nothing_to_go_back_to_the_generic_prompt_answers(sqlite_storage: Storage) -> None:
    _, shadows = await setting(sqlite_storage, version(1, SEA))
    for k in range(3):
        await label(sqlite_storage, f"sea {k}", "contentment", 4000 + k)
    report = (await shadows.keep(KEY)).report
    assert report is not None
    assert report.reason is RunReason.ROLLED_BACK_TO_GENERIC
    assert await sqlite_storage.versions.active(KEY) is None


async def test_a_refused_picture_is_a_tie_and_does_not_come_again(sqlite_storage: Storage) -> None:
    _, shadows = await setting(
        sqlite_storage,
        version(1, STORM),
        fails=lambda purpose, _: Failure.REFUSED if purpose is Purpose.SHADOW else None,
    )
    await label(sqlite_storage, "storm 2", "excitement", 2000)
    assert (await shadows.keep(KEY)).stored == 1
    (only,) = await sqlite_storage.shadows.all(KEY)
    assert only.hit == only.generic_hit
    assert not await sqlite_storage.due.for_shadows(limit=9)


async def test_without_the_model_nothing_is_stored(sqlite_storage: Storage) -> None:
    _, shadows = await setting(sqlite_storage, version(1, STORM), fails=lambda purpose, _: Failure.UNAVAILABLE)
    await label(sqlite_storage, "storm 2", "excitement", 2000)
    with pytest.raises(Stopped):
        await shadows.keep(KEY)
    assert not await sqlite_storage.shadows.all(KEY)


async def test_where_descriptions_are_not_trusted_the_answer_names_the_rule_that_held(
    sqlite_storage: Storage,
) -> None:
    _, shadows = await setting(sqlite_storage, version(1, SEA, STORM), honest_match=False)
    await label(sqlite_storage, "storm 2", "excitement", 2000)
    await shadows.keep(KEY)
    (only,) = await sqlite_storage.shadows.all(KEY)
    assert only.rules_held == {STORM.id: 1.0}


async def test_two_rules_on_one_picture_answer_each_for_its_own_emotion(sqlite_storage: Storage) -> None:
    _, shadows = await setting(sqlite_storage, version(1, STORM, SEA))
    await label(sqlite_storage, "storm sea", "disgust", 2000)
    await shadows.keep(KEY)
    (only,) = await sqlite_storage.shadows.all(KEY)
    assert only.rules_held == {STORM.id: 0.0, SEA.id: 1.0}


def test_a_member_sees_only_what_came_after_the_version() -> None:
    active = version(2, STORM)
    rows = [row(1, 1, 1.0, 0.0), row(2, 2, 1.0, 0.0, **{STORM.id: 1.0}), row(3, 2, 0.0, 1.0), row(4, 2, 1.0, 1.0)]
    tally = since_version(active, rows)
    assert (tally.better, tally.worse, tally.same, tally.pictures) == (1, 1, 1, 3)
    (shown,) = rules_shown(active, [version(1, SEA, status=VersionStatus.SUPERSEDED), active], [], rows)
    assert shown.since == Evidence(1, 1.0, 0.0)
