"""What members do by hand: a rule of theirs is tested like any other, and what they strike stays away."""

import pytest

from core.tending.by_hand import ByHand, Outcome
from core.tending.run import Tuner
from core.tuning.memory import remembered, struck_by
from core.vocabulary.emotions import MIKELS
from core.vocabulary.feelprint import RuleRecord
from core.vocabulary.images import reference_of
from core.vocabulary.reasons import RuleReason, RuleStatus, RunReason, RunResult, VersionStatus
from storage import Storage
from tests.core.tending.test_run import BAD, GOOD, KEY, MAJORITY, MOVED, bench
from tests.fakes import ManualClock
from tests.labelling import felt
from tests.scripted import ScriptedAsker, picture, rule

CAKE = rule("cake", "sadness")
AT = ManualClock().now_ms() + 5000


def by_hand(storage: Storage) -> ByHand:
    return ByHand(storage, ManualClock(AT))


async def tuned(storage: Storage, *writes: object) -> Tuner:
    """Somebody whose first run was given these rules by its writers."""
    tuner = await bench(storage, MOVED, ScriptedAsker(MAJORITY, writes=list(writes)))
    await tuner.tune(KEY)
    return tuner


async def record_of(storage: Storage, rule_id: str) -> RuleRecord:
    return next(record for record in await storage.runs.rules(KEY) if record.rule.id == rule_id)


async def test_a_rule_of_a_members_own_that_is_true_of_them_is_deployed_by_the_next_run(
    sqlite_storage: Storage,
) -> None:
    tuner = await tuned(sqlite_storage)
    assert await by_hand(sqlite_storage).write(KEY, MIKELS, "storm", "excitement") is Outcome.ON_TRIAL
    written = await record_of(sqlite_storage, GOOD.id)
    assert (written.status, written.written_at) == (RuleStatus.UNUSED, AT)
    assert {label.image_hash for label in await sqlite_storage.labels.labels(KEY)}
    assert set(written.seen) == {
        reference_of(label.image_hash) for label in await sqlite_storage.labels.labels(KEY)
    }
    report = await tuner.tune(KEY)
    assert report.result is RunResult.DEPLOYED
    judged = await record_of(sqlite_storage, GOOD.id)
    assert (judged.status, judged.written_at) == (RuleStatus.DEPLOYED, AT)
    assert judged.fresh.held == 0


async def test_a_rule_of_a_members_own_that_is_not_true_of_them_is_dropped_with_a_reason(
    sqlite_storage: Storage,
) -> None:
    tuner = await tuned(sqlite_storage, GOOD)
    assert await by_hand(sqlite_storage).write(KEY, MIKELS, "a cake", "sadness") is Outcome.ON_TRIAL
    await tuner.tune(KEY)
    (judged,) = [r for r in await sqlite_storage.runs.rules(KEY) if r.written_at is not None]
    assert judged.status is RuleStatus.DROPPED
    assert judged.reason is not None
    active = await sqlite_storage.versions.active(KEY)
    assert active is not None
    assert active.rules == (GOOD,)


@pytest.mark.parametrize(
    "when", ["", "every picture", "ignore all rules", "I am sad", "awe", "beautiful things", "see https://a.b"]
)
async def test_what_cannot_be_checked_by_looking_is_no_rule(sqlite_storage: Storage, when: str) -> None:
    await tuned(sqlite_storage)
    assert await by_hand(sqlite_storage).write(KEY, MIKELS, when, "awe") is Outcome.NOT_TO_SEE
    assert await sqlite_storage.runs.rules(KEY) == ()


async def test_so_many_may_be_on_trial_at_once_and_a_rule_in_use_need_not_be_written(
    sqlite_storage: Storage,
) -> None:
    await tuned(sqlite_storage, GOOD)
    here = by_hand(sqlite_storage)
    assert await here.write(KEY, MIKELS, "storm", "excitement") is Outcome.IN_USE
    for under in ("tables", "chairs", "roofs", "walls"):
        assert await here.write(KEY, MIKELS, f"a cake on {under}", "awe") is Outcome.ON_TRIAL
    assert await here.write(KEY, MIKELS, "a red boat", "awe") is Outcome.TOO_MANY
    assert await here.write(KEY, MIKELS, "a cake on tables", "awe") is Outcome.ON_TRIAL


async def test_a_rule_that_is_struck_goes_at_once_and_no_run_brings_it_back(sqlite_storage: Storage) -> None:
    tuner = await tuned(sqlite_storage, GOOD)
    assert await by_hand(sqlite_storage).strike(KEY, GOOD.id) is Outcome.DONE
    assert await sqlite_storage.versions.active(KEY) is None
    (first,) = await sqlite_storage.versions.all(KEY)
    assert first.status is VersionStatus.SUPERSEDED
    last = await sqlite_storage.runs.last(KEY)
    assert last is not None
    assert last.reason is RunReason.RULE_STRUCK
    assert GOOD.id not in (await tuner.tune(KEY)).explanation.candidates
    assert await sqlite_storage.versions.active(KEY) is None
    struck = await record_of(sqlite_storage, GOOD.id)
    assert (struck.status, struck.reason) == (RuleStatus.RETIRED, RuleReason.STRUCK)


async def test_of_several_rules_the_others_stay_in_use(sqlite_storage: Storage) -> None:
    peak = rule("peak", "excitement")
    await tuned(sqlite_storage, GOOD, peak)
    before = await sqlite_storage.versions.active(KEY)
    assert before is not None
    assert set(before.rules) == {GOOD, peak}
    await by_hand(sqlite_storage).strike(KEY, GOOD.id)
    active = await sqlite_storage.versions.active(KEY)
    assert active is not None
    assert (active.version, active.rules) == (2, (peak,))


async def test_a_struck_rule_may_be_written_again_by_its_member(sqlite_storage: Storage) -> None:
    tuner = await tuned(sqlite_storage, GOOD)
    here = by_hand(sqlite_storage)
    await here.strike(KEY, GOOD.id)
    assert await here.write(KEY, MIKELS, "storm", "excitement") is Outcome.ON_TRIAL
    await tuner.tune(KEY)
    active = await sqlite_storage.versions.active(KEY)
    assert active is not None
    assert active.rules == (GOOD,)


async def test_no_version_with_a_struck_rule_comes_back(sqlite_storage: Storage) -> None:
    await tuned(sqlite_storage, GOOD)
    here = by_hand(sqlite_storage)
    await here.strike(KEY, GOOD.id)
    assert await here.go_back(KEY, 1) is Outcome.GONE
    assert await sqlite_storage.versions.active(KEY) is None


async def test_going_back_takes_later_versions_back_and_their_rules_out_of_use(sqlite_storage: Storage) -> None:
    tuner = await tuned(sqlite_storage, GOOD)
    more = [(picture(f"cake {k}"), "sadness", 2000 + k) for k in range(100, 112)]
    await felt(sqlite_storage, KEY.member_id, more)
    tuner = Tuner(sqlite_storage, ScriptedAsker(MAJORITY, writes=[CAKE, GOOD]), ManualClock(AT - 1))
    assert (await tuner.tune(KEY)).result is RunResult.DEPLOYED
    assert await by_hand(sqlite_storage).go_back(KEY, 1) is Outcome.DONE
    versions = await sqlite_storage.versions.all(KEY)
    assert [v.status for v in versions] == [VersionStatus.ACTIVE, VersionStatus.ROLLED_BACK]
    used = {r.rule.id for r in await sqlite_storage.runs.rules(KEY) if r.status is RuleStatus.DEPLOYED}
    assert used == {GOOD.id}
    await tuner.tune(KEY)
    active = await sqlite_storage.versions.active(KEY)
    assert active is not None
    assert set(active.rules) != {CAKE, GOOD}
    assert await by_hand(sqlite_storage).go_back(KEY, 9) is Outcome.GONE


def struck(when: str, feel: str = "awe") -> RuleRecord:
    return RuleRecord(rule(when, feel), RuleStatus.RETIRED, reason=RuleReason.STRUCK)


@pytest.mark.parametrize(
    ("proposed", "is_struck"),
    [
        (rule("deep snow", "awe"), True),
        (rule("a wall", "awe"), True),
        (rule("walls of stone", "awe"), True),
        (rule("snow", "fear"), False),
        (rule("the sea", "awe"), False),
    ],
)
def test_a_no_holds_for_the_same_said_of_fewer_pictures(proposed: object, is_struck: bool) -> None:
    assert struck_by([struck("snow"), struck("the walls")], proposed) is is_struck  # type: ignore[arg-type]


def test_what_is_struck_is_not_remembered_and_what_was_written_is_whatever_the_limit() -> None:
    own = RuleRecord(CAKE, RuleStatus.UNUSED, written_at=3)
    other = RuleRecord(BAD, RuleStatus.UNUSED)
    assert remembered([struck("snow"), other, own], 0) == [own]
    assert remembered([struck("snow"), other, own], 9) == [own, other]
