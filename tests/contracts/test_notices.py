"""What is to be told stands in the database until it is told, and one of several processes tells it."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import update

from core.ports import Notice, RunReport
from core.vocabulary.clock import Clock
from core.vocabulary.reasons import RunReason, RunResult
from storage import Storage, open_storage
from storage.schema.tables import members
from tests.contracts.tuned import ANN, BEN, label, run
from tests.fakes import ManualClock
from tests.storage.lives import feelprint
from tests.storage.made import T0, key

WHILE = 150_000


async def ended(  # noqa: PLR0917
    storage: Storage,
    member: int = ANN,
    run_id: str = "r",
    reason: RunReason = RunReason.NOTHING_RELIABLE,
    result: RunResult = RunResult.KEPT,
    at: int = 0,
) -> RunReport:
    """A run ended so, and is stored."""
    report = replace(run(member, 8, run_id=run_id, started=at, result=result), reason=reason)
    assert await storage.runs.finish(report)
    return report


async def taken(storage: Storage, clock: Clock, member: int = ANN) -> list[str]:
    """Whoever tells it now takes it."""
    return [n.report.run_id for n in await storage.notices.take(key(member), clock.now_ms() + WHILE)]


@pytest.mark.usefixtures("joined")
class TestNoticeStore:
    """What `core.ports.NoticeStore` promises."""

    async def test_what_became_of_a_run_is_to_be_told_until_it_was(self, storage: Storage) -> None:
        """
        Profiles of which something is to be told by direct message and nobody is telling it;
        who has waited longest comes first.
        All that is to be told of a profile, oldest first, for whoever tells it now: nobody else gets it before
        `until`, in no process.
        It was told.
        """
        two = await ended(storage, run_id="two", at=9)
        bens = await ended(storage, BEN, "bens", at=5)
        one = await ended(storage, run_id="one", at=3)
        assert await storage.notices.waiting(limit=9) == (key(ANN), key(BEN))
        assert await storage.notices.waiting(limit=1) == (key(ANN),)
        assert await storage.notices.take(key(ANN), T0 + 10**9) == (Notice(one), Notice(two))
        assert await storage.notices.take(key(ANN), T0 + 10**9) == ()
        assert await storage.notices.waiting(limit=9) == (key(BEN),)
        await storage.notices.told([bens.run_id])
        assert await storage.notices.waiting(limit=9) == ()

    async def test_what_was_taken_and_never_told_is_to_be_told_again(
        self, storage: Storage, clock: ManualClock
    ) -> None:
        """
        All that is to be told of a profile, oldest first, for whoever tells it now: nobody else gets it before
        `until`, in no process.
        """
        await ended(storage)
        assert await taken(storage, clock) == ["r"]
        clock.at += WHILE - 1
        assert await taken(storage, clock) == []
        clock.at += 1
        assert await taken(storage, clock) == ["r"]

    async def test_what_discord_refuses_waits_for_the_next_press(
        self, storage: Storage, clock: ManualClock
    ) -> None:
        """
        Discord takes no direct message to them: it waits for their next press.
        Profiles of a member of which something is to be told with their next press.
        """
        await ended(storage)
        assert await storage.notices.refused(ANN) == ()
        assert await taken(storage, clock) == ["r"]
        await storage.notices.refuse(["r"])
        assert await storage.notices.waiting(limit=9) == ()
        assert await storage.notices.refused(BEN) == ()
        assert await storage.notices.refused(ANN) == (key(ANN),)
        assert await taken(storage, clock) == ["r"]
        assert await storage.notices.refused(ANN) == ()

    async def test_who_chose_so_is_told_with_a_press_until_they_choose_otherwise(
        self, storage: Storage, clock: ManualClock
    ) -> None:
        """
        Whether a member has chosen to be told with their next press.
        Keep where a member wants to be told: by direct message (as long as they choose nothing), or with their
        next press, also what waits already. Nothing of who is no member.
        """
        await ended(storage)
        assert not await storage.notices.at_press(ANN)
        await storage.notices.choose(ANN, at_press=True)
        assert await storage.notices.at_press(ANN)
        assert not await storage.notices.at_press(BEN)
        assert await storage.notices.waiting(limit=9) == ()
        assert await storage.notices.refused(ANN) == (key(ANN),)
        await storage.members.pause(ANN, paused=True)
        await storage.members.join(ANN, 1, T0)
        assert await storage.notices.at_press(ANN)
        await ended(storage, run_id="later")
        assert await taken(storage, clock) == ["later"]
        await storage.notices.refuse(["later"])
        await storage.notices.choose(ANN, at_press=False)
        assert await storage.notices.waiting(limit=9) == (key(ANN),)
        assert await storage.notices.refused(ANN) == ()
        await storage.notices.choose(ANN, at_press=True)
        await storage.members.forget(ANN)
        await storage.notices.choose(ANN, at_press=True)
        await storage.members.join(ANN, 1, T0)
        assert not await storage.notices.at_press(ANN)

    async def test_pausing_and_leaving_drop_it_and_lapsing_keeps_it(
        self, storage: Storage, clock: ManualClock
    ) -> None:
        """
        Nothing is given out of whoever has agreed to less than is kept today;
        pausing drops what is to be told, and while it lasts nothing is put there.
        """
        await ended(storage)
        await storage.members.pause(ANN, paused=True)
        await ended(storage, run_id="while paused")
        await storage.members.join(ANN, 1, T0)
        assert await storage.notices.waiting(limit=9) == ()
        await ended(storage, run_id="after")
        await storage._database.write(lambda c: c.execute(update(members).values(consent_version=0)) and None)
        assert await storage.notices.waiting(limit=9) == ()
        assert await taken(storage, clock) == []
        await storage.members.join(ANN, 1, T0)
        assert await taken(storage, clock) == ["after"]
        await storage.members.forget(ANN)
        await storage.members.join(ANN, 1, T0)
        clock.at += WHILE
        assert await storage.notices.waiting(limit=9) == ()

    async def test_an_outcome_that_is_stored_twice_is_told_once(
        self, storage: Storage, clock: ManualClock
    ) -> None:
        """What the member may want to know is to be told (`NoticeStore`), once, however often the outcome is
        stored.
        """
        report = await ended(storage, reason=RunReason.FOUND, result=RunResult.DEPLOYED)
        assert await taken(storage, clock) == ["r"]
        await storage.notices.told(["r"])
        assert await storage.runs.finish(report, deploy=feelprint(ANN, 1, at=T0, run="r"))
        assert await storage.notices.waiting(limit=9) == ()

    @pytest.mark.parametrize("reason", [RunReason.RULE_STRUCK, RunReason.WENT_BACK])
    async def test_what_a_member_did_by_hand_is_no_news(self, storage: Storage, reason: RunReason) -> None:
        await ended(storage, reason=reason)
        assert await storage.notices.waiting(limit=9) == ()

    async def test_that_the_model_is_away_is_told_to_whoever_asked(
        self, storage: Storage, clock: ManualClock
    ) -> None:
        """They are told of its outcome, and of those of runs that stop before."""
        await label(storage, ANN, range(8))
        away = {"reason": RunReason.UNAVAILABLE, "result": RunResult.STOPPED}
        await ended(storage, run_id="unasked", **away)  # type: ignore[arg-type]
        assert await storage.notices.waiting(limit=9) == ()
        await storage.runs.ask(key(ANN))
        await ended(storage, run_id="stopped", **away)  # type: ignore[arg-type]
        await ended(storage, run_id="done", at=5)
        await ended(storage, run_id="later", at=6)
        found = await storage.notices.take(key(ANN), clock.now_ms() + WHILE)
        assert [(n.report.run_id, n.asked) for n in found] == [("stopped", True), ("done", True), ("later", False)]


async def test_of_two_processes_one_tells_it(postgres_url: str, clock: ManualClock) -> None:
    """
    All that is to be told of a profile, oldest first, for whoever tells it now: nobody else gets it before
    `until`, in no process.
    """
    async with open_storage(postgres_url, clock=clock) as here, open_storage(postgres_url, clock=clock) as there:
        for number in range(8):
            await here.members.join(number, 1, T0)
            await ended(here, number, f"run {number}")
        both = [taken(storage, clock, number) for number in range(8) for storage in (here, there)]
        found = [run_id for runs in await asyncio.gather(*both) for run_id in runs]
        assert sorted(found) == [f"run {number}" for number in range(8)]
