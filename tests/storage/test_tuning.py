from dataclasses import replace

import pytest

from core.ports import RunReport, Scored, Shadow, TuningPolicy
from core.vocabulary.calls import Failure, Purpose, Usage
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
from core.vocabulary.feelprint import Evidence, Feelprint, RuleRecord
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import Mode, RuleReason, RuleStatus, RunReason, RunResult, VersionStatus
from core.vocabulary.server_settings import ServerSettings
from storage import Storage
from storage.explanations import explanation_out
from tests.storage.lives import feelprint, rule
from tests.storage.made import SET, T0, hash_of, key, rated, reacted, withdrew

ANN, BEN = 11, 12
EXPLANATION = Explanation(
    preset="strict",
    forecast=Forecast({Purpose.WRITE: 5}, 0.25),
    pictures=12,
    taste_changed=True,
    described=False,
    candidates=("a", "b"),
    cross_fit=CrossFit(Evidence(12, 3.5, 1.0), 0.9, beats_favourite=False),
    composed=(),
    verification=Verification(Evidence(12, 3.0, 1.0), 0.8, 0.9, False, 2, Evidence(11, 1.0, 1.5)),
    wordings=(Wording("é 😀", 7.5, 12, 1, 2), Wording("", 6.0, 12)),
    cost=Cost({Purpose.WRITE: 5, Purpose.ALONE: 7}, {Purpose.WRITE: 4}, {Failure.REFUSED: 1}, Usage(100, 10, 0.5)),
    stop=Stop(None, 2, 99),
    withdrawal=Withdrawal(2, ("a",)),
    version=1,
)
"""Every part that there is, though no run has them all."""

FEELINGS = ("awe", "fear", "amusement", "sadness")


@pytest.fixture(autouse=True)
async def _joined(storage: Storage) -> None:
    await storage.servers.save(ServerSettings(5, min_labels=8, min_emotions=3))
    for member in (ANN, BEN):
        await storage.members.join(member, 1, T0)


async def label(storage: Storage, member: int, pictures: range, *, emotions: int = 4, at: int = 0) -> None:
    await storage.labels.apply([rated(member, n, FEELINGS[n % emotions], at=at + n) for n in pictures])


async def due(storage: Storage, at: int, *, quiet: int = 60_000, limit: int = 10) -> tuple[ProfileKey, ...]:
    return await storage.due.for_run(T0 + at, TuningPolicy(quiet_ms=quiet), limit=limit)


async def next_due(storage: Storage, at: int) -> int | None:
    found = await storage.due.next_run_at(T0 + at, TuningPolicy())
    return None if found is None else found - T0


def run(
    member: int, n: int, *, started: int = 0, result: RunResult = RunResult.DEPLOYED, run_id: str = "r"
) -> RunReport:
    report = RunReport(run_id, member, SET, Mode.RULES, 1, n, T0 + started, T0 + started + 1)
    return replace(report, result=result)


async def test_a_first_run_waits_for_enough_labels_variety_and_quiet(storage: Storage) -> None:
    await label(storage, ANN, range(7))
    assert await due(storage, 10**6) == ()
    await label(storage, BEN, range(8), emotions=2)
    assert await due(storage, 10**6) == ()
    await label(storage, ANN, range(7, 8))
    assert await due(storage, 60_006) == ()
    assert await next_due(storage, 60_006) == 60_007
    assert await due(storage, 60_007) == (key(ANN),)
    assert await next_due(storage, 60_007) is None


async def test_who_never_pauses_is_due_after_the_longest_wait(storage: Storage) -> None:
    minute, last = 60_000, 0
    for turn in range(60):  # a label every 40 seconds
        await storage.labels.apply([rated(ANN, turn, FEELINGS[turn % 4], at=turn * 40_000)])
        last = turn * 40_000
        enough_for = last - 7 * 40_000  # the eighth made it enough
        found = await due(storage, last + 1)
        assert found == ((key(ANN),) if enough_for >= 30 * minute - 1 else ())
    await storage.runs.finish(run(ANN, 60, started=last))
    assert await due(storage, last + 1) == ()
    for turn in range(60, 125):
        await storage.labels.apply([rated(ANN, turn, FEELINGS[turn % 4], at=turn * 40_000)])
        renewed_for = (turn - 71) * 40_000  # twelve more are a fifth of 60
        assert await due(storage, turn * 40_000 + 1) == ((key(ANN),) if renewed_for >= 30 * minute - 1 else ())


async def test_the_longest_waiting_is_due_first(storage: Storage) -> None:
    await label(storage, ANN, range(8), at=100)
    await label(storage, BEN, range(8), at=50)
    assert await due(storage, 10**6) == (key(BEN), key(ANN))
    assert await due(storage, 10**6, limit=1) == (key(BEN),)


async def test_who_paused_or_left_is_not_due(storage: Storage) -> None:
    await label(storage, ANN, range(8))
    await label(storage, BEN, range(8))
    await storage.members.pause(ANN, True)
    await storage.members.forget(BEN)
    assert await due(storage, 10**6) == ()
    assert await next_due(storage, 0) is None


async def test_a_next_run_waits_for_a_share_of_new_labels(storage: Storage) -> None:
    await label(storage, ANN, range(40))
    assert await storage.runs.finish(run(ANN, 40, result=RunResult.KEPT))
    await label(storage, ANN, range(40, 47))
    assert await due(storage, 10**6) == ()
    await label(storage, ANN, range(47, 48))
    assert await due(storage, 10**6) == (key(ANN),)


async def lasting(storage: Storage) -> int:
    profile = await storage.labels.profile(key(ANN))
    assert profile is not None
    return profile.lasting


async def test_rows_that_show_a_change_of_taste_bring_the_next_run_forward(storage: Storage) -> None:
    await label(storage, ANN, range(40))
    assert await storage.runs.finish(run(ANN, 40, result="kept"))
    await label(storage, ANN, range(40, 45))
    assert await due(storage, 10**6) == ()
    shadow = Shadow(1, hash_of(44), T0 + 600, (0.5, 0.5), 0.0, 0.5)
    await storage.shadows.put(key(ANN), [shadow])
    assert await due(storage, 10**6) == ()
    await storage.shadows.put(key(ANN), [shadow], lasting=10)
    assert await due(storage, 10**6) == (key(ANN),)


async def test_how_many_labels_last_is_set_by_runs_and_only_lowered_by_rows(storage: Storage) -> None:
    await label(storage, ANN, range(40))
    assert await storage.runs.finish(run(ANN, 40, result="kept"))
    assert await lasting(storage) == 40
    await storage.shadows.put(key(ANN), [], lasting=10)
    await storage.shadows.put(key(ANN), [], lasting=30)
    assert await lasting(storage) == 10
    assert await storage.runs.finish(run(ANN, 40, result="stopped"))
    await label(storage, ANN, range(40, 41))
    assert await lasting(storage) == 10
    assert await storage.runs.finish(run(ANN, 41), lasting=12)
    assert await lasting(storage) == 12
    assert await storage.runs.finish(run(ANN, 41))
    assert await lasting(storage) == 41


async def test_a_stopped_run_is_tried_again_at_its_time(storage: Storage) -> None:
    await label(storage, ANN, range(8))
    assert await storage.runs.finish(run(ANN, 8, result=RunResult.STOPPED), retry_at=T0 + 500_000)
    assert await due(storage, 499_999) == ()
    assert await next_due(storage, 100) == 500_000
    assert await due(storage, 500_000) == (key(ANN),)


async def test_a_run_that_was_killed_is_due_still_and_replaced(storage: Storage) -> None:
    await label(storage, ANN, range(8))
    await storage.runs.start(replace(run(ANN, 8), result=RunResult.RUNNING, run_id="killed"))
    assert await due(storage, 10**6) == (key(ANN),)
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


async def test_versions_follow_each_other_and_roll_back(storage: Storage) -> None:
    await label(storage, ANN, range(8))
    first, second, third = (feelprint(ANN, n, at=T0 + 100 * n) for n in (1, 2, 3))
    for version in (first, second, third):
        assert await storage.runs.finish(run(ANN, 8, run_id=f"r{version.version}"), deploy=version)
    assert await storage.versions.active(key(ANN)) == third
    assert await storage.versions.roll_back(key(ANN), 2) is None
    assert await storage.versions.active(key(ANN)) == third
    assert await storage.versions.roll_back(key(ANN), 3) == second
    assert await storage.versions.roll_back(key(ANN), 2) == first
    assert await storage.versions.roll_back(key(ANN), 1) is None
    assert await storage.versions.active(key(ANN)) is None
    statuses = [version.status for version in await storage.versions.all(key(ANN))]
    assert statuses == [VersionStatus.ROLLED_BACK] * 3
    fourth = feelprint(ANN, 4, at=T0 + 900)
    assert await storage.runs.finish(run(ANN, 8, run_id="r4"), deploy=fourth)
    assert await storage.versions.active(key(ANN)) == fourth


async def test_a_paper_version_comes_back_whole(storage: Storage) -> None:
    version = Feelprint(ANN, SET, 1, Mode.PAPER, (), "Feels\nawe — often", T0, 9, "r", Evidence(9, 4.5, 1.25))
    assert await storage.runs.finish(run(ANN, 8), deploy=version)
    assert await storage.versions.all(key(ANN)) == (version,)


async def test_rules_keep_their_place_and_take_new_evidence(storage: Storage) -> None:
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
        )
        for n in range(3)
    ]
    await storage.runs.put_rules(key(ANN), records)
    assert set(await storage.runs.rules(key(ANN))) == set(records)
    retired = replace(records[0], status=RuleStatus.RETIRED, reason=None, shadow=Evidence(4, 1.0, 3.0))
    await storage.runs.put_rules(key(ANN), [retired])
    assert set(await storage.runs.rules(key(ANN))) == {retired, *records[1:]}
    assert await storage.runs.rules(key(BEN)) == ()


async def test_a_run_that_says_nothing_takes_no_room_and_is_read_as_it_was(storage: Storage) -> None:
    assert explanation_out(Explanation()) == {}
    assert explanation_out(Explanation(composed=())) == {"composed": []}
    silent = run(ANN, 8)
    assert await storage.runs.finish(silent)
    assert await storage.runs.last(key(ANN)) == silent


async def test_what_no_database_takes_is_left_out_of_a_text(storage: Storage) -> None:
    odd = Explanation(wordings=(Wording("a\0b\ud800c", 1.0, 2),))
    assert await storage.runs.finish(replace(run(ANN, 8), explanation=odd))
    found = await storage.runs.last(key(ANN))
    assert found is not None
    assert found.explanation.wordings[0].text == "ab?c"


async def test_how_often_each_reason_keeps_rules_out_of_use_is_counted_over_everybody(storage: Storage) -> None:
    assert await storage.runs.stopped() == {}
    because = (RuleReason.REFUTED, RuleReason.REFUTED, RuleReason.DUPLICATE, None)
    for member in (ANN, BEN):
        records = [RuleRecord(rule(n), RuleStatus.UNUSED, reason=why) for n, why in enumerate(because)]
        in_use = RuleRecord(rule(9), RuleStatus.DEPLOYED, reason=RuleReason.VERIFIED)
        await storage.runs.put_rules(key(member), [*records, in_use])
    assert await storage.runs.stopped() == {RuleReason.REFUTED: 4, RuleReason.DUPLICATE: 2}


async def deployed(storage: Storage, version: int = 1, *, started: int, made: int) -> None:
    finished = run(ANN, 8, started=started, run_id=f"r{version}")
    assert await storage.runs.finish(finished, deploy=feelprint(ANN, version, at=T0 + made))


async def unseen(storage: Storage) -> list[int]:
    hashes = {hash_of(n): n for n in range(100)}
    return [hashes[found.image_hash] for found in await storage.shadows.unshadowed(key(ANN), limit=50)]


async def test_only_labels_first_made_after_a_version_test_it_each_once(storage: Storage) -> None:
    await label(storage, ANN, range(8))
    assert await storage.due.for_shadows(limit=9) == ()
    await deployed(storage, started=100, made=200)
    assert await unseen(storage) == []
    await label(storage, ANN, range(20, 22), at=500)
    await label(storage, ANN, range(1), at=500)
    assert await unseen(storage) == [20, 21]
    assert await storage.due.for_shadows(limit=9) == (key(ANN),)
    shadow = Shadow(1, hash_of(20), T0 + 600, (0.5, 0.25, 0.25), 1.0, 0.5, {"abc": 1.0})
    await storage.shadows.put(key(ANN), [shadow])
    await storage.shadows.put(key(ANN), [replace(shadow, hit=0.0)])
    assert await storage.shadows.all(key(ANN)) == (shadow,)
    assert await storage.shadows.all(key(ANN), 2) == ()
    assert await unseen(storage) == [21]


async def test_a_label_withdrawn_and_made_again_is_no_fair_test(storage: Storage) -> None:
    await storage.labels.apply([reacted(ANN, n, FEELINGS[n % 4], at=n) for n in range(8)])
    await deployed(storage, started=100, made=200)
    await storage.labels.apply([withdrew(ANN, 3, FEELINGS[3], at=300)])
    await storage.labels.apply([reacted(ANN, 3, FEELINGS[3], at=301)])
    assert await unseen(storage) == []


async def test_after_rolling_back_the_labels_of_the_later_run_test_the_earlier_version(storage: Storage) -> None:
    await label(storage, ANN, range(8))
    await deployed(storage, 1, started=100, made=200)
    await label(storage, ANN, range(20, 24), at=500)
    await deployed(storage, 2, started=600, made=700)
    assert await unseen(storage) == []
    await storage.versions.roll_back(key(ANN), 2)
    assert await unseen(storage) == [20, 21, 22, 23]


async def test_a_shadow_goes_with_its_label(storage: Storage) -> None:
    await storage.labels.apply([reacted(ANN, n, FEELINGS[n % 4], at=n) for n in range(8)])
    await deployed(storage, started=0, made=1)
    shadow = Shadow(1, hash_of(5), T0 + 600, (1.0, 0.0), 1.0, 0.5)
    await storage.shadows.put(key(ANN), [shadow])
    assert await storage.shadows.all(key(ANN)) == (shadow,)
    await storage.labels.apply([withdrew(ANN, 5, FEELINGS[1], at=700)])
    await storage.shadows.put(key(ANN), [shadow])
    assert await storage.shadows.all(key(ANN)) == ()


async def test_the_pool_holds_the_newest_records_of_everybody_and_no_ids(storage: Storage) -> None:
    for member in (ANN, BEN):
        await label(storage, member, range(8))
    for n in range(6):
        who = (ANN, BEN)[n % 2]
        await storage.shadows.put(key(who), [Shadow(1, hash_of(n), T0 + n, (n / 10, 1 - n / 10), n / 8, 0.0)])
    newest = (Scored((0.5, 0.5), 0.625), Scored((0.4, 0.6), 0.5), Scored((0.3, 0.7), 0.375))
    assert await storage.shadows.pooled(SET, limit=3, members=2) == newest
    assert len(await storage.shadows.pooled(SET, limit=100, members=2)) == 6
    assert await storage.shadows.pooled("another set", limit=100, members=1) == ()


async def test_the_pool_loses_whoever_leaves_at_once_and_is_none_of_too_few(storage: Storage) -> None:
    for member in (ANN, BEN):
        await label(storage, member, range(8))
        await storage.shadows.put(key(member), [Shadow(1, hash_of(1), T0, (1.0, 0.0), member / 16, 0.0)])
    assert len(await storage.shadows.pooled(SET, limit=9, members=2)) == 2
    assert await storage.shadows.pooled(SET, limit=9, members=3) == ()
    await storage.members.forget(BEN)
    assert await storage.shadows.pooled(SET, limit=9, members=2) == ()
    assert await storage.shadows.pooled(SET, limit=9, members=1) == (Scored((1.0, 0.0), ANN / 16),)
