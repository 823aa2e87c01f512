"""What goes when it is old, and what stays: a member, their next run and a run that was killed miss nothing."""

import random
from dataclasses import replace

import pytest

from core.asking.judge import judge_call
from core.model.config import ModelSettings
from core.ports import RunReport
from core.tending.retention import DAY_MS, RUNS, Outlived, Pruned, Retention, outlived
from core.tuning.memory import remembered
from core.vocabulary.calls import Purpose
from core.vocabulary.emotions import MIKELS
from core.vocabulary.explanation import Cost, Explanation
from core.vocabulary.feelprint import Evidence, Feelprint, RuleRecord
from core.vocabulary.images import Image
from core.vocabulary.reasons import Mode, RuleReason, RuleStatus, RunResult
from storage import Storage
from tests.fakes import ManualClock
from tests.storage.lives import answer, feelprint, rule
from tests.storage.made import SET, T0, hash_of, key, rated

ANN, MODEL = 11, ModelSettings("http://offline", "none", "m")
KEEP = 7


def report(
    n: int, *, days: float = 0.0, result: RunResult = RunResult.KEPT, ideas: tuple[str, ...] = ()
) -> RunReport:
    at = T0 + int(days * DAY_MS) + n
    told = Explanation(candidates=ideas, cost=Cost() if ideas else None)
    return RunReport(f"run {n}", ANN, SET, Mode.RULES, n, 8, at, at + 1, result, explanation=told)


def idea(n: int, status: RuleStatus = RuleStatus.UNUSED, *, promise: float = 0.0, **known: object) -> RuleRecord:
    return replace(RuleRecord(rule(n), status, Evidence(9, promise, 0.0)), **known)  # type: ignore[arg-type]


def version(n: int, *rules: int, run: str = "none") -> Feelprint:
    made = feelprint(ANN, n, at=T0, run=run)
    return replace(made, rules=tuple(rule(one) for one in rules))


def gone(records: list[RuleRecord], **given: object) -> Outlived:
    everything = {"reports": [report(1)], "versions": [], "ideas_before": T0, "runs_before": T0, **given}
    return outlived(records=records, **everything)  # type: ignore[arg-type]


def test_ideas_that_came_to_nothing_go_and_what_was_used_tried_or_said_stays() -> None:
    best = [idea(n, promise=9.0) for n in range(100, 110)]
    kept = [
        idea(1, RuleStatus.DEPLOYED),
        idea(2, RuleStatus.RETIRED, reason=RuleReason.FAILED_IN_USE),
        idea(3, RuleStatus.RETIRED, reason=RuleReason.STRUCK),
        idea(4, RuleStatus.DROPPED, written_at=T0),
        idea(5, RuleStatus.DROPPED, asked=Evidence(3, 1.0, 2.0)),
        idea(6),
    ]
    forgotten = [idea(7), idea(8, RuleStatus.DROPPED)]
    found = gone([*best, *kept, *forgotten], versions=[version(1, 6)])
    assert set(found.rules) == {rule(7).id, rule(8).id}


def test_ideas_of_the_latest_look_are_told_about_for_some_days() -> None:
    records = [idea(n) for n in range(30)]
    looks = [report(2, ideas=tuple(rule(n).id for n in range(20))), report(1, ideas=(rule(25).id,))]
    while_told = gone(records, reports=looks, ideas_before=T0)
    assert not {rule(n).id for n in range(20)} & set(while_told.rules)
    later = gone(records, reports=looks, ideas_before=T0 + DAY_MS)
    assert len(later.rules) == 20, "the best ten stay"
    assert set(while_told.explained) <= {"run 1"}, "the latest look goes on saying how many ideas it had"
    assert "run 2" not in later.explained


def test_the_next_run_remembers_the_same_rules() -> None:
    dice = random.Random(5)
    for _ in range(200):
        records = []
        for n in range(dice.randint(0, 60)):
            evidence = {"asked": Evidence(4, dice.random(), dice.random())} if dice.random() < 0.3 else {}
            record = idea(n, dice.choice([*RuleStatus]), promise=dice.random(), **evidence)
            records.append(replace(record, reason=dice.choice([None, *RuleReason])))
        out = set(gone(records).rules)
        left = [record for record in records if record.rule.id not in out]
        assert remembered(left, 10) == remembered(records, 10)


def test_old_runs_go_but_the_newest_the_latest_look_and_those_that_made_a_version() -> None:
    reports = [report(n, days=-100) for n in range(40, 0, -1)]
    reports[30] = report(10, days=-100, ideas=("an idea",))
    found = gone([], reports=reports, versions=[version(1, run="run 5")], runs_before=T0)
    assert set(found.runs) == {f"run {n}" for n in range(1, 40 - RUNS + 1)} - {"run 5", "run 10"}
    assert not gone([], reports=reports, runs_before=T0 - 200 * DAY_MS).runs, "none of so many days"


async def kept_answers(storage: Storage, *names: str) -> set[str]:
    return {name for name in names if await storage.answers.get(name) is not None}


def question(n: int, block: str) -> str:
    image = Image(hash_of(n), b"", 0, 0)
    return judge_call(image, MIKELS, block, owner=ANN, purpose=Purpose.VERIFY).key("m")


@pytest.fixture
async def lived(sqlite_storage: Storage) -> Storage:
    """A member of some time ago: two versions, and answers for each, about labelled pictures and about others."""
    storage = sqlite_storage
    await storage.members.join(ANN, 1, T0)
    await storage.labels.apply([rated(ANN, n, "awe", at=n) for n in range(4)])
    for n in (1, 2):
        done = report(n, result=RunResult.DEPLOYED, ideas=(rule(n).id, rule(n + 10).id))
        records = [idea(n, RuleStatus.DEPLOYED), *(idea(m + 100 * n) for m in range(12))]
        made = version(n, n, run=f"run {n}")
        assert await storage.runs.finish(done, rules=records, deploy=made)
        for picture in (0, 9):
            await answer(storage, question(picture, made.block), "text", owner=ANN, about=hash_of(picture))
    await answer(storage, "written", "text", owner=ANN)
    return storage


NEEDED, IDLE = (
    question(0, version(2, 2).block),
    [
        "written",
        question(9, version(2, 2).block),
        question(0, version(1, 1).block),
    ],
)


async def test_answers_that_may_be_asked_for_again_stay_and_others_go_after_some_days(lived: Storage) -> None:
    clock = ManualClock(T0 + (KEEP - 1) * DAY_MS)
    retention = Retention(lived, MODEL, clock, keep_days=KEEP, pause_s=0.0)
    assert (await retention.prune()).answers == 0
    assert await kept_answers(lived, NEEDED, *IDLE) == {NEEDED, *IDLE}
    clock.advance(seconds=2 * 24 * 3600)
    assert await retention.prune() == Pruned(answers=4, rules=0, runs=0, calls=5)
    assert await kept_answers(lived, NEEDED, *IDLE) == {NEEDED}
    assert await retention.prune() == Pruned()


@pytest.mark.parametrize("result", [RunResult.RUNNING, RunResult.STOPPED])
async def test_a_run_that_was_killed_or_stopped_finds_every_answer(lived: Storage, result: RunResult) -> None:
    await lived.runs.start(report(3, result=result))
    clock = ManualClock(T0 + 90 * DAY_MS)
    pruned = await Retention(lived, MODEL, clock, keep_days=KEEP, pause_s=0.0).prune()
    assert pruned.rules == pruned.runs == 0
    assert await kept_answers(lived, NEEDED, *IDLE) == {NEEDED, *IDLE}


async def test_counting_first_changes_nothing_and_tells_the_truth(lived: Storage) -> None:
    clock = ManualClock(T0 + 90 * DAY_MS)
    before = await lived.members.export(ANN)
    told = await Retention(lived, MODEL, clock, keep_days=KEEP, dry=True, pause_s=0.0).prune()
    assert await lived.members.export(ANN) == before
    assert told == await Retention(lived, MODEL, clock, keep_days=KEEP, pause_s=0.0).prune()
    assert told.rules > 0


async def test_what_the_latest_look_tried_can_still_be_counted(lived: Storage) -> None:
    await Retention(lived, MODEL, ManualClock(T0 + 90 * DAY_MS), keep_days=KEEP, pause_s=0.0).prune()
    newest, oldest = await lived.runs.latest(key(ANN), limit=9)
    assert len(newest.explanation.candidates) == 2
    assert oldest.explanation.candidates == (rule(1).id,)
