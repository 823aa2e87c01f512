"""What is old goes, and nothing else does: what `core.ports.RetentionStore` promises, on every kind of storage."""

from dataclasses import replace

import pytest

from core.ports import Caps, Old, Purchase
from core.vocabulary.calls import Payer, Usage
from core.vocabulary.explanation import Explanation
from core.vocabulary.feelprint import Evidence, RuleRecord
from core.vocabulary.reasons import RuleReason, RuleStatus, RunResult
from storage import Storage
from storage.stores.outlived import DAY_MS
from tests.contracts.tuned import ANN, BEN, label, run
from tests.fakes import ManualClock
from tests.storage.lives import answer, feelprint, rule
from tests.storage.made import T0, hash_of, key

pytestmark = pytest.mark.usefixtures("joined")
TODAY = T0 - T0 % DAY_MS


async def call(
    storage: Storage, at: int, *, owner: int | None = ANN, purpose: str = "verify", **other: str
) -> None:
    purchase = Purchase(at, purpose, owner, other.get("model", "m"), 0.01, Payer(owner))
    reservation = await storage.answers.reserve(purchase, Caps())
    assert reservation is not None
    outcome = other.get("outcome", "ok")
    await storage.answers.settle(reservation, outcome=outcome, usage=Usage(100, 10, 0.005))


class TestRetentionStore:
    async def test_members_are_found_in_order(self, storage: Storage) -> None:
        """Finds and deletes what is old.

        The next ids of members above one.
        """
        assert await storage.retention.members(0, limit=1) == (ANN,)
        assert await storage.retention.members(ANN, limit=9) == (BEN,)
        assert await storage.retention.members(BEN, limit=9) == ()

    async def test_what_is_old_of_a_member_is_theirs_alone(self, storage: Storage, clock: ManualClock) -> None:
        """A member's profiles, and answers for them alone from before a time."""
        await label(storage, ANN, range(2))
        await answer(storage, "hers", "text", owner=ANN, about=hash_of(1))
        await answer(storage, "his", "text", owner=BEN, about=hash_of(1))
        await answer(storage, "shared", "text", owner=None, about=hash_of(1), by=ANN)
        clock.at = T0 + 10
        await answer(storage, "new", "text", owner=ANN, about=hash_of(1))
        assert await storage.retention.old(ANN, T0 + 10) == Old((key(ANN),), ("hers",))
        assert await storage.retention.old(BEN, T0) == Old()

    async def test_answers_about_pictures_that_nobody_labelled_are_found_page_by_page(
        self, storage: Storage, clock: ManualClock
    ) -> None:
        """Of the next answers by key those for everybody, from before a time, about a picture which is not
        stored; and the key to go on after, None at the end.
        """
        await label(storage, ANN, range(1))
        for name, about in (("a", hash_of(0)), ("b", hash_of(7)), ("c", None), ("d", hash_of(8))):
            await answer(storage, name, "text", owner=None, about=about, by=ANN)
        await answer(storage, "bb", "text", owner=ANN, about=hash_of(7))
        clock.at = T0 + 10
        await answer(storage, "e", "text", owner=None, about=hash_of(9), by=ANN)
        assert await storage.retention.unlabelled("", T0 + 10, limit=2) == (("b",), "b")
        assert await storage.retention.unlabelled("b", T0 + 10, limit=9) == (("d",), None)

    async def test_answers_go_by_their_keys(self, storage: Storage) -> None:
        """Delete answers; how many were there."""
        await answer(storage, "one", "text", owner=ANN)
        await answer(storage, "two", "text", owner=ANN)
        assert await storage.retention.drop_answers(["one", "other"]) == 1
        assert await storage.answers.get("one") is None
        assert await storage.answers.get("two") is not None

    async def test_ideas_and_runs_go_and_what_is_needed_stays_whatever_is_asked(self, storage: Storage) -> None:
        """Each call is small, and leaves all whole that it is not told to delete.

        Delete rules and runs of a profile, and replace what explains other runs, by their ids.

        A rule that is in use, struck or written by the member stays, whatever is asked, and so does a run that
        made a version.
        """
        await label(storage, ANN, range(8))
        made = run(ANN, 8, started=1, run_id="run")
        assert await storage.runs.finish(made, deploy=feelprint(ANN, 1, at=T0 + 2, run="run"))
        later = replace(run(ANN, 8, started=3, run_id="later"), result=RunResult.KEPT)
        told = Explanation(candidates=("a", "b"))
        assert await storage.runs.finish(replace(later, explanation=told))
        assert await storage.runs.finish(run(ANN, 8, started=4, run_id="latest", result=RunResult.KEPT))
        tried = [
            RuleRecord(rule(1), RuleStatus.DEPLOYED),
            RuleRecord(rule(2), RuleStatus.RETIRED, reason=RuleReason.STRUCK),
            RuleRecord(rule(3), RuleStatus.UNUSED, Evidence(2, 1.0, 0.0)),
            RuleRecord(rule(4), RuleStatus.DROPPED),
        ]
        await storage.runs.put_rules(key(ANN), tried)
        await storage.runs.put_rules(key(BEN), tried)
        await storage.runs.write_rule(key(ANN), rule(5), seen=[], at=T0)
        every = [rule(n).id for n in range(1, 6)]
        fewer = {"later": Explanation(candidates=("b",))}
        assert await storage.retention.thin(key(ANN), "latest", rules=every, runs=["run", "none"], explained=fewer)
        left = {record.rule.id for record in await storage.runs.rules(key(ANN))}
        assert left == {rule(n).id for n in (1, 2, 5)}
        assert len(await storage.runs.rules(key(BEN))) == 4
        runs = {one.run_id: one for one in await storage.runs.latest(key(ANN), limit=9)}
        assert set(runs) == {"run", "later", "latest"}
        assert runs["later"].explanation == fewer["later"]
        assert await storage.retention.thin(key(ANN), "latest", runs=["later"])
        assert [one.run_id for one in await storage.runs.latest(key(ANN), limit=9)] == ["latest", "run"]

    async def test_whoever_decided_before_another_run_changes_nothing(self, storage: Storage) -> None:
        """False, and nothing done, where `last` is not the latest run (any more)."""
        await label(storage, ANN, range(8))
        idea = RuleRecord(rule(3), RuleStatus.UNUSED)
        assert not await storage.retention.thin(key(ANN), "before", rules=[rule(3).id])
        assert await storage.runs.finish(run(ANN, 8, run_id="before", result=RunResult.KEPT), rules=[idea])
        assert not await storage.retention.thin(key(ANN), None, rules=[rule(3).id])
        await storage.runs.start(run(ANN, 8, started=5, run_id="now", result=RunResult.RUNNING))
        assert not await storage.retention.thin(key(ANN), "before", rules=[rule(3).id], runs=["before"])
        assert await storage.runs.rules(key(ANN)) == (idea,)
        assert await storage.retention.thin(key(ANN), "now", rules=[rule(3).id])

    async def test_lines_of_a_day_become_sums_that_say_the_same(self, storage: Storage) -> None:
        """How many lines of the ledger from before a time stand for one call each and are settled.

        Replace some of these lines by sums for each day, owner, purpose, model and outcome; how many those were.
        A sum stands at the beginning of its day, in UTC. What was never sent is deleted.
        """
        for n in range(5):
            await call(storage, TODAY + n)
        await call(storage, TODAY + 9, outcome="invalid")
        await call(storage, TODAY + 9, owner=BEN)
        await call(storage, TODAY + 9, owner=None, purpose="generic")
        await call(storage, TODAY + 9, model="other")
        await call(storage, TODAY - 1)
        await call(storage, TODAY + DAY_MS)
        open_still = Purchase(TODAY, "verify", ANN, "m", 0.01, Payer(ANN))
        assert await storage.answers.reserve(open_still, Caps()) is not None
        unsent = Purchase(TODAY, "verify", ANN, "m", 0.01, Payer(ANN))
        assert await storage.answers.reserve(unsent, Caps()) is not None
        await storage.answers.release(unsent)

        async def said() -> list[object]:
            told = [await storage.answers.spent(since) for since in (0, TODAY, TODAY + DAY_MS)]
            told += [await storage.answers.calls(since) for since in (0, TODAY, TODAY + DAY_MS)]
            return [*told, await storage.answers.calls(owner=ANN), await storage.answers.spent(0, BEN)]

        before = await said()
        assert await storage.retention.singles(TODAY + DAY_MS) == 11
        done = []
        while some := await storage.retention.sum_up(TODAY + DAY_MS, limit=4):
            done.append(some)
            assert await said() == before
        assert done == [4, 4, 3]
        lines = (await storage.members.export(ANN))["ledger"]
        sums = {(line["at"] - TODAY, line["model"], line["outcome"]): line["calls"] for line in lines}
        assert sums == {
            (0, "m", "ok"): 5,
            (0, "m", "invalid"): 1,
            (0, "other", "ok"): 1,
            (-DAY_MS, "m", "ok"): 1,
            (DAY_MS, "m", "ok"): None,
            (0, "m", ""): None,
        }
        assert await storage.retention.singles(TODAY + DAY_MS) == 0

    async def test_what_somebody_left_without_a_name_is_added_to_once(self, storage: Storage) -> None:
        for member in (ANN, BEN):
            await call(storage, TODAY, owner=member)
        await storage.retention.sum_up(TODAY + 9, limit=99)
        for member in (ANN, BEN):
            await storage.members.forget(member)
        await call(storage, TODAY + 1, owner=None)
        await storage.retention.sum_up(TODAY + 9, limit=99)
        assert await storage.answers.calls() == {"verify": 3}
        assert (await storage.answers.spent(0))["verify"].prompt_tokens == 300
