from dataclasses import replace

import pytest

from core.ports import RunReport, TuningPolicy
from core.vocabulary.calls import Failure, Purpose, Usage
from core.vocabulary.errors import StorageError
from core.vocabulary.explanation import (
    Cost,
    CrossFit,
    Explanation,
    Forecast,
    Stop,
    Verification,
    Withdrawal,
    Wording,
)
from core.vocabulary.feelprint import Evidence, RuleRecord
from core.vocabulary.reasons import Mode, RuleReason, RuleStatus, RunReason, RunResult, Unverified, VersionStatus
from storage import Storage
from tests.contracts.tuned import ANN, BEN, deployed, label, profile_of, run
from tests.fakes import ManualClock
from tests.storage.lives import feelprint, rule
from tests.storage.made import SET, T0, key

EXPLANATION = Explanation(
    caution="careful",
    forecast=Forecast({Purpose.WRITE: 5}, 0.25),
    pictures=12,
    taste_changed=True,
    described=False,
    candidates=("a", "b"),
    cross_fit=CrossFit(Evidence(12, 3.5, 1.0), 0.9, beats_favourite=False, needed=0.2),
    composed=(),
    verification=Verification(
        Evidence(12, 3.0, 1.0), 0.8, 0.9, False, 2, Evidence(11, 1.0, 1.5), tuple(Unverified)
    ),
    before=3,
    wordings=(Wording("é 😀", 7.5, 12, 1, 2), Wording("", 6.0, 12)),
    cost=Cost({Purpose.WRITE: 5, Purpose.ALONE: 7}, {Purpose.WRITE: 4}, {Failure.REFUSED: 1}, Usage(100, 10, 0.5)),
    stop=Stop(None, 2, 99),
    withdrawal=Withdrawal(2, ("a",)),
    version=1,
)
"""Every part that there is, though no run has them all."""


@pytest.mark.usefixtures("joined")
class TestRunStore:
    """What `core.ports.RunStore` promises."""

    async def test_a_run_that_was_killed_is_due_still_and_replaced(self, storage: Storage) -> None:
        """
        Record that a run started; an unfinished earlier run of the profile is replaced.
        The latest run, finished or not. The latest runs, newest first, finished or not.
        """
        await label(storage, ANN, range(8))
        await storage.runs.start(replace(run(ANN, 8), result=RunResult.RUNNING, run_id="killed"))
        assert await storage.due.for_run(T0 + 10**6, TuningPolicy(), limit=10) == (key(ANN),)
        again = replace(run(ANN, 8, started=5), result=RunResult.RUNNING, run_id="again", finished_at=0)
        await storage.runs.start(again)
        assert await storage.runs.last(key(ANN)) == again
        done = replace(run(ANN, 8, started=5, run_id="again"), reason=RunReason.FOUND, explanation=EXPLANATION)
        assert await storage.runs.finish(done)
        assert await storage.runs.last(key(ANN)) == done
        newer = replace(run(ANN, 8, started=9, run_id="newer"), result=RunResult.RUNNING, finished_at=0)
        await storage.runs.start(newer)
        assert await storage.runs.latest(key(ANN), limit=5) == (newer, done)
        assert await storage.runs.latest(key(ANN), limit=1) == (newer,)

    async def test_an_outcome_is_stored_whole_or_not_at_all(self, storage: Storage) -> None:
        """Store a run's outcome, its rules and the new version, in one transaction;"""
        await label(storage, ANN, range(8))
        started = replace(run(ANN, 8), result=RunResult.RUNNING, finished_at=0)
        await storage.runs.start(started)
        broken = replace(feelprint(ANN, 1, at=T0), created_at=None)  # type: ignore[arg-type]
        records = [RuleRecord(rule(1), RuleStatus.DEPLOYED)]
        with pytest.raises(StorageError):
            await storage.runs.finish(run(ANN, 8), rules=records, deploy=broken, retry_at=T0 + 1)
        assert await storage.runs.last(key(ANN)) == started
        assert await storage.runs.rules(key(ANN)) == ()
        assert await storage.versions.active(key(ANN)) is None
        profile = await profile_of(storage, ANN)
        assert (profile.labels_at_run, profile.retry_at) == (0, 0)
        made = feelprint(ANN, 1, at=T0)
        assert await storage.runs.finish(run(ANN, 8), rules=records, deploy=made, retry_at=T0 + 1)
        assert await storage.runs.last(key(ANN)) == run(ANN, 8)
        assert await storage.runs.rules(key(ANN)) == tuple(records)
        assert await storage.versions.active(key(ANN)) == made
        profile = await profile_of(storage, ANN)
        assert (profile.labels_at_run, profile.retry_at) == (8, T0 + 1)

    async def test_how_many_labels_last_is_set_by_runs_and_only_lowered_by_rows(self, storage: Storage) -> None:
        """
        the profile's `labels_at_run` becomes the run's `n_labels` (all labels of the profile at its start, or
        it is due again at once) and its `lasting` those that it learnt from (None: all), unless the result is
        `stopped`.
        `lasting`: how many labels of the profile still count, if these rows show that taste has changed.
        """
        await label(storage, ANN, range(40))
        assert await storage.runs.finish(run(ANN, 40, result=RunResult.KEPT))
        assert (await profile_of(storage, ANN)).lasting == 40
        await storage.shadows.put(key(ANN), [], lasting=10)
        await storage.shadows.put(key(ANN), [], lasting=30)
        assert (await profile_of(storage, ANN)).lasting == 10
        assert await storage.runs.finish(run(ANN, 40, result=RunResult.STOPPED))
        await label(storage, ANN, range(40, 41))
        assert (await profile_of(storage, ANN)).lasting == 10
        assert await storage.runs.finish(run(ANN, 41), lasting=12)
        assert (await profile_of(storage, ANN)).lasting == 12
        assert await storage.runs.finish(run(ANN, 41))
        assert (await profile_of(storage, ANN)).lasting == 41

    async def test_a_stopped_run_counts_no_label_as_learnt_from(self, storage: Storage) -> None:
        """
        the profile's `labels_at_run` becomes the run's `n_labels` (all labels of the profile at its start, or
        it is due again at once) and its `lasting` those that it learnt from (None: all), unless the result is
        `stopped`.
        """
        await label(storage, ANN, range(8))
        assert await storage.runs.finish(run(ANN, 7))
        assert (await profile_of(storage, ANN)).labels_at_run == 7
        assert await storage.runs.finish(run(ANN, 8, result=RunResult.STOPPED), retry_at=T0 + 9)
        profile = await profile_of(storage, ANN)
        assert (profile.labels_at_run, profile.lasting, profile.retry_at) == (7, 7, T0 + 9)

    async def test_a_version_gets_its_number_when_it_is_stored_and_the_same_if_it_is_stored_again(
        self, storage: Storage
    ) -> None:
        """A version to `deploy` without a number (0) gets the next one, also in what the run tells."""
        for number in (1, 2):
            report = run(ANN, 8, run_id=f"r{number}")
            made = replace(feelprint(ANN, 0, at=T0), run_id=report.run_id)
            for _ in range(2):  # its answer may have been lost on the way
                assert await storage.runs.finish(report, deploy=made)
            assert [version.version for version in await storage.versions.all(key(ANN))] == list(
                range(1, number + 1)
            )
            stored = {r.run_id: r.explanation.version for r in await storage.runs.latest(key(ANN), limit=9)}
            assert stored[report.run_id] == number

    async def test_a_run_that_was_overtaken_by_another_stores_nothing(self, storage: Storage) -> None:
        """the same where another run of the profile has begun meanwhile."""
        slow, other = run(ANN, 8, run_id="slow"), run(ANN, 8, run_id="other")
        await storage.runs.start(replace(slow, result=RunResult.RUNNING))
        await storage.runs.start(replace(other, result=RunResult.RUNNING))
        assert not await storage.runs.finish(slow, deploy=feelprint(ANN, 0, at=T0))
        assert await storage.versions.all(key(ANN)) == ()
        assert await storage.runs.finish(other, deploy=feelprint(ANN, 0, at=T0))
        assert [version.version for version in await storage.versions.all(key(ANN))] == [1]

    async def test_who_left_meanwhile_gets_no_run_and_no_rules(self, storage: Storage) -> None:
        """
        False, and nothing stored, if the member has left meanwhile, or has struck a rule of that version.
        Nothing is written for a member who has left.
        """
        report = RunReport("r1", 13, SET, Mode.RULES, 1, 5, T0, T0 + 9, RunResult.KEPT)
        records = [RuleRecord(rule(1), RuleStatus.DEPLOYED)]
        assert not await storage.runs.finish(report, rules=records, deploy=feelprint(13, 1, at=T0))
        await storage.runs.start(report)
        await storage.runs.put_rules(key(13), records)
        assert await storage.runs.last(key(13)) is None
        assert await storage.runs.rules(key(13)) == ()
        assert await storage.versions.all(key(13)) == ()

    async def test_rules_keep_their_place_and_take_new_evidence(self, storage: Storage) -> None:
        """
        Insert or replace rules by id;
        Every rule ever proposed for the profile, oldest first, with its newest evidence.
        """
        records = [
            RuleRecord(
                rule(n),
                RuleStatus.UNUSED,
                Evidence(n, 1.5, 0.5),
                Evidence(1),
                Evidence(1, 1.0),
                reason=RuleReason.REFUTED,
                held_on=("h1", "h2"),
                seen=("h1",),
                writer=1,
                same_as=rule(9).id,
            )
            for n in range(3)
        ]
        await storage.runs.put_rules(key(ANN), records)
        assert set(await storage.runs.rules(key(ANN))) == set(records)
        retired = replace(records[0], status=RuleStatus.RETIRED, reason=None, shadow=Evidence(4, 1.0, 3.0))
        await storage.runs.put_rules(key(ANN), [retired])
        assert set(await storage.runs.rules(key(ANN))) == {retired, *records[1:]}
        assert await storage.runs.rules(key(BEN)) == ()

    async def test_rules_come_oldest_first_wherever_they_are_written_again(
        self, storage: Storage, clock: ManualClock
    ) -> None:
        """Every rule ever proposed for the profile, oldest first, with its newest evidence."""
        records = [RuleRecord(rule(n), RuleStatus.UNUSED) for n in range(6)]
        for record in records:
            await storage.runs.put_rules(key(ANN), [record])
            clock.advance(seconds=1)
        await storage.runs.put_rules(key(ANN), records[::-1])
        assert await storage.runs.rules(key(ANN)) == tuple(records)

    async def test_how_often_each_reason_keeps_rules_out_of_use_is_counted_over_everybody(
        self, storage: Storage
    ) -> None:
        """How many rules of everybody each reason keeps out of use; reasons that stop none are left out."""
        assert await storage.runs.stopped() == {}
        because = (RuleReason.REFUTED, RuleReason.REFUTED, RuleReason.DUPLICATE, None)
        for member in (ANN, BEN):
            records = [RuleRecord(rule(n), RuleStatus.UNUSED, reason=why) for n, why in enumerate(because)]
            in_use = RuleRecord(rule(9), RuleStatus.DEPLOYED, reason=RuleReason.VERIFIED)
            await storage.runs.put_rules(key(member), [*records, in_use])
        assert await storage.runs.stopped() == {RuleReason.REFUTED: 4, RuleReason.DUPLICATE: 2}

    async def test_what_no_database_takes_is_left_out_of_a_text(self, storage: Storage) -> None:
        odd = Explanation(wordings=(Wording("a\0b\ud800c", 1.0, 2),))
        assert await storage.runs.finish(replace(run(ANN, 8), explanation=odd))
        found = await storage.runs.last(key(ANN))
        assert found is not None
        assert found.explanation.wordings[0].text == "ab?c"

    async def test_a_rule_that_was_struck_stays_so_until_its_member_writes_it(self, storage: Storage) -> None:
        """
        one that was struck stays so, and who wrote a rule stays known.
        Put a rule on trial that the member writes, whatever became of it before, struck ones too.
        `seen`: references to the images whose labels they know.
        False, and nothing stored, if the member has left meanwhile, or has struck a rule of that version.
        """
        await label(storage, ANN, range(8))
        struck = RuleRecord(rule(1), RuleStatus.RETIRED, reason=RuleReason.STRUCK)
        again = RuleRecord(rule(1), RuleStatus.DEPLOYED, reason=RuleReason.VERIFIED)
        await storage.runs.put_rules(key(ANN), [struck])
        await storage.runs.put_rules(key(ANN), [again])
        assert await storage.runs.rules(key(ANN)) == (struck,)
        made = feelprint(ANN, 1, at=T0)
        assert not await storage.runs.finish(run(ANN, 8), rules=[again], deploy=made)
        assert await storage.runs.last(key(ANN)) is None
        assert await storage.runs.write_rule(key(ANN), rule(1), seen=["a" * 12], at=T0 + 7)
        written = RuleRecord(rule(1), RuleStatus.UNUSED, seen=("a" * 12,), written_at=T0 + 7)
        assert await storage.runs.rules(key(ANN)) == (written,)
        assert await storage.runs.finish(run(ANN, 8), rules=[again], deploy=made)
        assert await storage.runs.rules(key(ANN)) == (replace(again, written_at=T0 + 7),)

    async def test_a_rule_in_use_and_one_of_who_left_are_not_written(self, storage: Storage) -> None:
        """False, and nothing stored, where it is in use."""
        used = RuleRecord(rule(1), RuleStatus.DEPLOYED)
        await storage.runs.put_rules(key(ANN), [used])
        assert not await storage.runs.write_rule(key(ANN), rule(1), seen=[], at=T0)
        assert await storage.runs.rules(key(ANN)) == (used,)
        assert not await storage.runs.write_rule(key(13), rule(1), seen=[], at=T0)
        assert await storage.runs.rules(key(13)) == ()

    async def test_going_back_makes_a_version_active_and_those_after_it_rolled_back(
        self, storage: Storage
    ) -> None:
        """
        `back_to`, instead: that version becomes the active one, and those after it are rolled back (0: none is
        active, and none rolled back).
        """
        await label(storage, ANN, range(8))
        for version in (1, 2, 3):
            await deployed(storage, version, started=version, made=version)

        async def back(version: int) -> list[VersionStatus]:
            report = run(ANN, 8, started=10, result=RunResult.KEPT, run_id=f"back to {version}")
            assert await storage.runs.finish(report, back_to=version)
            return [v.status for v in await storage.versions.all(key(ANN))]

        was, used, gone = VersionStatus.SUPERSEDED, VersionStatus.ACTIVE, VersionStatus.ROLLED_BACK
        assert await back(2) == [was, used, gone]
        assert await back(1) == [used, gone, gone]
        assert await back(3) == [was, gone, used]
        assert await back(0) == [was, gone, was]
        assert await storage.versions.active(key(ANN)) is None

    async def test_whoever_asks_for_a_run_is_due_with_enough_labels_for_a_first_one(
        self, storage: Storage
    ) -> None:
        """
        The member wants a run now: with enough labels for a first one, the profile is due.
        They are told of its outcome, and of those of runs that stop before.
        """
        await label(storage, ANN, range(12))
        await label(storage, BEN, range(6))
        for member, labels in ((ANN, 12), (BEN, 6)):
            assert await storage.runs.finish(run(member, labels, run_id=str(member)), retry_at=T0 + 10**9)
            await storage.runs.ask(key(member))
        assert await storage.due.for_run(T0 + 10**6, TuningPolicy(), limit=10) == (key(ANN),)
        assert await storage.runs.finish(run(ANN, 12, run_id="done"))
        assert await storage.due.for_run(T0 + 10**6, TuningPolicy(), limit=10) == ()
