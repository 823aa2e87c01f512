"""The background worker: does what is due, never dies, forgets nobody's wish to be forgotten."""

import asyncio
from collections.abc import Awaitable, Callable

from core.ports import RunReport
from core.tending.run import Tuner
from core.tending.shadowing import Shadows
from core.tending.worker import TuningWorker
from core.vocabulary.calls import Failure, Purpose
from core.vocabulary.emotions import MIKELS
from core.vocabulary.errors import StorageError, StorageProblem
from core.vocabulary.feelprint import RuleRecord
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import Mode, RunReason, RunResult
from storage import Storage
from tests.altered import Altered
from tests.fakes import ManualClock
from tests.labelling import felt
from tests.scripted import ScriptedAsker, picture, rule

MAJORITY = {"sea": "contentment", "storm": "fear", "cake": "amusement", "peak": "awe"}
KINDS = ("sea", "storm", "cake", "storm", "peak", "storm")
GOOD = rule("storm", "excitement")
AT = 1_700_000_000_000
ME = ProfileKey(7, MIKELS.id)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 - it is others' state that is watched
            await asyncio.sleep(0.001)


class Setting:
    """A worker over a storage, a clock that the test moves, and what the worker told."""

    def __init__(self, storage: Storage, **asker: object) -> None:
        self.storage = storage
        self.clock = ManualClock(AT)
        self.asker = ScriptedAsker(MAJORITY, writes=[GOOD], **asker)
        self.told: list[RunReport] = []
        parts = (storage, self.asker, self.clock)
        self.worker = TuningWorker(
            Tuner(*parts), Shadows(*parts), storage.runs, storage.due, self.clock, on_result=self.tell
        )

    @classmethod
    async def of(cls, storage: Storage, *members: int, **asker: object) -> "Setting":
        """Members who have just labelled twenty pictures."""
        here = cls(storage, **asker)
        for member in members:
            await here.label(member, 20)
        return here

    async def tell(self, report: RunReport) -> None:
        self.told.append(report)

    async def label(self, member: int, count: int, first: int = 0) -> None:
        feelings = []
        for k in range(first, first + count):
            kind = KINDS[k % len(KINDS)]
            emotion = "excitement" if kind == "storm" else MAJORITY[kind]
            feelings.append((picture(f"{kind} {member} {k}"), emotion, self.clock.at + k))
        await felt(self.storage, member, feelings)


async def test_nothing_runs_before_a_quiet_minute_and_one_run_after_it(sqlite_storage: Storage) -> None:
    here = await Setting.of(sqlite_storage, 7)
    assert await here.worker.step() == 0
    here.clock.advance(seconds=61)
    assert await here.worker.step() == 1
    assert [r.result for r in here.told] == [RunResult.DEPLOYED]
    assert await here.worker.step() == 0


async def test_shadows_come_before_the_run_that_would_learn_from_the_same_labels(sqlite_storage: Storage) -> None:
    here = await Setting.of(sqlite_storage, 7)
    here.clock.advance(seconds=61)
    await here.worker.step()
    here.clock.advance(seconds=61)
    await here.label(7, 8, first=20)
    here.clock.advance(seconds=61)
    assert await here.worker.step() == 8 + 1
    rows = await sqlite_storage.shadows.all(ME)
    assert {row.version for row in rows} == {1}


async def test_a_fault_with_one_member_is_put_off_and_stops_nobody_else(
    sqlite_storage: Storage, capsys: object
) -> None:
    here = await Setting.of(sqlite_storage, 7, 8)
    read = sqlite_storage.runs.rules

    async def rules(key: ProfileKey) -> tuple[RuleRecord, ...]:
        if key.member_id == 7:
            raise RuntimeError("secret of member 7")
        return await read(key)

    sqlite_storage.runs = Altered(sqlite_storage.runs, rules=rules)
    here.clock.advance(seconds=61)
    assert await here.worker.step() == 1
    assert [r.member_id for r in here.told] == [8]
    last = await sqlite_storage.runs.last(ME)
    assert last is not None
    assert (last.result, last.reason) == (RunResult.STOPPED, RunReason.UNAVAILABLE)
    assert last.explanation.stop is not None
    assert (last.explanation.stop.failure, last.explanation.stop.tries) == (None, 1)
    profile = await sqlite_storage.labels.profile(ME)
    assert profile is not None
    assert profile.retry_at > here.clock.at
    assert await here.worker.step() == 0
    said = capsys.readouterr()
    assert "RuntimeError" in said.out + said.err
    assert "secret" not in said.out + said.err


async def test_a_run_put_off_by_a_clock_that_was_ahead_is_tried_again_when_the_clock_is_right(
    sqlite_storage: Storage,
) -> None:
    here = await Setting.of(sqlite_storage, 7)
    broken, read = True, sqlite_storage.runs.rules

    async def rules(key: ProfileKey) -> tuple[RuleRecord, ...]:
        if broken:
            raise RuntimeError
        return await read(key)

    sqlite_storage.runs = Altered(sqlite_storage.runs, rules=rules)
    here.clock.advance(seconds=86_400)
    assert await here.worker.step() == 0
    broken = False
    here.clock.advance(seconds=-86_400 + 61)
    assert await here.worker.step() == 1


async def test_a_run_that_a_passing_fault_of_the_database_ends_is_no_try_and_goes_on_in_half_a_minute(
    sqlite_storage: Storage,
) -> None:
    here = await Setting.of(sqlite_storage, 7)
    away, read = True, sqlite_storage.runs.rules

    async def rules(key: ProfileKey) -> tuple[RuleRecord, ...]:
        if away:
            raise StorageError(StorageProblem.AWAY)
        return await read(key)

    sqlite_storage.runs = Altered(sqlite_storage.runs, rules=rules)
    here.clock.advance(seconds=61)
    assert await here.worker.step() == 0
    away = False
    last = await sqlite_storage.runs.last(ME)
    assert last is not None
    assert last.result == RunResult.RUNNING
    here.clock.advance(seconds=29)
    assert await here.worker.step() == 0
    here.clock.advance(seconds=2)
    assert await here.worker.step() == 1


async def test_without_the_model_a_run_is_tried_again_later(sqlite_storage: Storage) -> None:
    down = True
    here = await Setting.of(
        sqlite_storage,
        7,
        fails=lambda purpose, _: Failure.UNAVAILABLE if down and purpose is Purpose.WRITE else None,
    )
    here.clock.advance(seconds=61)
    await here.worker.step()
    assert here.told[-1].result == RunResult.STOPPED
    assert await here.worker.step() == 0
    down = False
    here.clock.advance(seconds=61)
    assert await here.worker.step() == 1
    assert here.told[-1].result == RunResult.DEPLOYED


async def test_cancelling_stops_the_run_and_leaves_nothing_of_it(sqlite_storage: Storage) -> None:
    here = await Setting.of(sqlite_storage, 7, 8, slow=0.01)
    here.clock.advance(seconds=61)
    step = asyncio.create_task(here.worker.step())
    await until(lambda: here.worker.progress_of(ME) is not None)
    await here.worker.cancel(7)
    assert here.worker.progress_of(ME) is None
    assert await step == 1
    assert [r.member_id for r in here.told] == [8]
    assert await sqlite_storage.versions.active(ME) is None


async def test_a_member_is_never_run_twice_at_once(sqlite_storage: Storage) -> None:
    here = await Setting.of(sqlite_storage, 7, slow=0.002)
    here.clock.advance(seconds=61)
    assert sorted(await asyncio.gather(here.worker.step(), here.worker.step())) == [0, 1]


async def test_a_result_that_cannot_be_told_is_still_stored(sqlite_storage: Storage) -> None:
    here = await Setting.of(sqlite_storage, 7)

    async def broken(report: RunReport) -> None:
        raise OSError

    here.worker.on_result = broken
    here.clock.advance(seconds=61)
    assert await here.worker.step() == 1
    assert await sqlite_storage.versions.active(ME) is not None


async def test_the_endless_loop_wakes_and_works_and_ends_only_when_cancelled(sqlite_storage: Storage) -> None:
    here = Setting(sqlite_storage)
    loop = asyncio.create_task(here.worker.run_forever())
    await asyncio.sleep(0.01)
    await here.label(7, 20)
    here.clock.advance(seconds=61)
    here.worker.wake()
    await until(lambda: bool(here.told))
    assert not loop.done()
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)


async def test_what_becomes_due_by_waiting_alone_is_done_without_being_woken(sqlite_storage: Storage) -> None:
    here = await Setting.of(sqlite_storage, 7)
    here.clock.advance(seconds=60)
    loop = asyncio.create_task(here.worker.run_forever())
    await asyncio.sleep(0.02)
    assert not here.told
    here.clock.advance(seconds=1)
    await until(lambda: bool(here.told))
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)


async def test_what_becomes_due_after_the_worker_looked_is_not_slept_over(sqlite_storage: Storage) -> None:
    here = await Setting.of(sqlite_storage, 7)
    here.clock.advance(seconds=60)
    assert await here.worker.step() == 0
    here.clock.advance(seconds=1)
    assert await here.worker._sleep_seconds() < 1
    assert await here.worker.step() == 1


async def test_a_database_that_fails_does_not_end_the_loop(sqlite_storage: Storage) -> None:
    tries = 0

    async def for_shadows(**_: object) -> tuple[ProfileKey, ...]:
        nonlocal tries
        tries += 1
        raise OSError

    here = Setting(sqlite_storage)
    here.worker._due = Altered(sqlite_storage.due, for_shadows=for_shadows)
    loop = asyncio.create_task(here.worker.run_forever())
    for k in range(3):
        await until(lambda k=k: tries > k)
        here.worker.wake()
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)


async def test_waiting_for_somebody_who_is_put_off_does_not_keep_the_loop_busy(sqlite_storage: Storage) -> None:
    here = await Setting.of(sqlite_storage, 7, fails=lambda purpose, _: Failure.UNAVAILABLE)
    here.clock.advance(seconds=61)
    await here.worker.step()
    await sqlite_storage.members.forget(7)
    here.clock.advance(seconds=4000)
    await here.worker.step()
    assert await here.worker._sleep_seconds() > 60


async def test_a_restart_does_not_lose_who_is_due_because_their_taste_changed(
    sqlite_storage: Storage, clock: ManualClock
) -> None:
    """Seventy labels ask for fourteen more; eight do where taste has changed, whoever noticed it."""
    told: list[RunReport] = []

    def started() -> TuningWorker:
        parts = (sqlite_storage, ScriptedAsker(MAJORITY, writes=[GOOD]), clock)
        return TuningWorker(
            Tuner(*parts), Shadows(*parts), sqlite_storage.runs, sqlite_storage.due, clock, on_result=_into(told)
        )

    async def label(kinds: list[str], name: str, storm: str) -> None:
        pictures = [(picture(f"{kind} {name} {k}"), kind) for k, kind in enumerate(kinds)]
        feelings = [(shown, storm if kind == "storm" else MAJORITY[kind]) for shown, kind in pictures]
        await felt(sqlite_storage, 7, [(i, e, clock.at + k) for k, (i, e) in enumerate(feelings)])

    await label([KINDS[k % len(KINDS)] for k in range(60)], "old", "excitement")
    clock.advance(seconds=61)
    await started().step()
    clock.advance(seconds=61)
    await label(["storm"] * 10, "new", "excitement")
    clock.advance(seconds=1)
    await started().step()
    seventy = RunReport("by hand", 7, MIKELS.id, Mode.RULES, 0, 70, clock.at, clock.at, RunResult.KEPT)
    assert await sqlite_storage.runs.finish(seventy)
    await label(["storm"] * 8, "later", "sadness")
    clock.advance(seconds=1)
    assert await started().step() == 8
    before = len(told)
    clock.advance(seconds=61)
    assert await started().step() == 1
    assert [report.explanation.taste_changed for report in told[before:]] == [True]


def _into(told: list[RunReport]) -> Callable[[RunReport], Awaitable[None]]:
    async def tell(report: RunReport) -> None:
        told.append(report)

    return tell
