"""The background worker: does all shadow work and all runs that are due, then sleeps until woken.

What is due is a query over stored state, so nothing is lost by a restart; here lives only what is under
way. A fault with one member is logged without saying whose, put off, and stops nobody else.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from functools import partial

import structlog

from core.ports import DueStore, RunReport, RunStore, Told, TuningPolicy, Waiting
from core.tending.retrying import next_try
from core.tending.run import Tuner
from core.tending.shadowing import Shadows
from core.tuning.session import Progress, Stopped
from core.vocabulary.clock import Clock
from core.vocabulary.errors import StorageError
from core.vocabulary.explanation import Stop
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import RunReason, RunResult

log = structlog.get_logger(__name__)

BATCH = 64
BREATHE_MS = 30_000
LONGEST_SLEEP_S = 900.0


class TuningWorker:
    """Runs shadows and tuning for up to `parallel` members together, one thing per member at a time.

    `on_result` gets the report of every finished run and rollback, `on_progress` how far a run is (None: it
    ended). `beat` is when it last did something (0: it has not begun); it sleeps no longer than `LONGEST_SLEEP_S`.
    """

    def __init__(  # noqa: PLR0917 - the composition root names them all
        self,
        tuner: Tuner,
        shadows: Shadows,
        runs: RunStore,
        due: DueStore,
        clock: Clock,
        policy: TuningPolicy | None = None,
        on_result: Callable[[RunReport], Awaitable[None]] | None = None,
        *,
        parallel: int = 2,
    ) -> None:
        self._tuner = tuner
        self._shadows = shadows
        self._runs = runs
        self._due = due
        self._clock = clock
        self._policy = policy or TuningPolicy()
        self.on_result = on_result
        self._places = asyncio.Semaphore(parallel)
        self._woken = asyncio.Event()
        self._tasks: dict[int, asyncio.Task[int]] = {}
        self._progress: dict[ProfileKey, Progress] = {}
        self._not_before: dict[ProfileKey, int] = {}
        self._looked_at = 0
        self.beat = 0
        self.on_progress: Callable[[ProfileKey, Progress | None], None] = lambda *_: None

    def wake(self) -> None:
        """Look again soon: labels have changed."""
        self._woken.set()

    def heard(self, told: Told) -> None:
        """Nothing is under way anywhere else."""

    def progress_of(self, key: ProfileKey) -> Progress | None:
        """How far the member's run is; None where none is under way."""
        return self._progress.get(key)

    def is_busy(self, member_id: int) -> bool:
        """Whether something is under way for anybody else: a run may have to wait for it."""
        return any(member != member_id for member in self._tasks)

    async def waiting(self) -> Waiting | None:
        """Who waits in a queue; None: there is none, who is due is done."""
        return None

    @property
    def under_way(self) -> int:
        """For how many members something is done now."""
        return len(self._tasks)

    def cancel(self, member_id: int) -> "asyncio.Future[list[int | BaseException]]":
        """Stop what is under way for a member (who leaves); await the result to know that it has stopped."""
        mine = self._of(member_id)
        for task in mine:
            task.cancel()
        self._not_before = {key: at for key, at in self._not_before.items() if key.member_id != member_id}
        return asyncio.gather(*mine, return_exceptions=True)

    def _of(self, member_id: int) -> list[asyncio.Task[int]]:
        return [task for member, task in self._tasks.items() if member == member_id]

    async def step(self, member_id: int | None = None) -> int:
        """Do the shadow work, then every run that is due now, for one member if given; how many things were done.
        Raises StorageError.
        """
        began = self._looked_at = self._clock.now_ms()
        self._not_before = {key: at for key, at in self._not_before.items() if self._policy.waits(at, began)}
        shadows = await self._due.for_shadows(limit=BATCH, member_id=member_id)
        done = await self._together(shadows, self._shadow)
        due = await self._due.for_run(self._clock.now_ms(), self._policy, limit=BATCH, member_id=member_id)
        return done + await self._together(due, self._tune)

    async def work_for(self, member_id: int) -> int:
        """Do all that is due for one member, whatever they were put off before; until when they are put off now, 0
        where they are not. Cancelled, it returns when nothing is under way for them any more. Raises StorageError.
        """
        self._not_before = {key: at for key, at in self._not_before.items() if key.member_id != member_id}
        try:
            while await self.step(member_id):
                pass
        finally:
            await asyncio.shield(asyncio.gather(*self._of(member_id), return_exceptions=True))
        return max((at for key, at in self._not_before.items() if key.member_id == member_id), default=0)

    async def run_forever(self) -> None:
        """Work, sleep until woken or until something becomes due, and again. Ends only when cancelled."""
        while True:
            self.beat = self._clock.now_ms()
            self._woken.clear()
            try:
                if await self.step():
                    continue
                seconds = await self._sleep_seconds()
            except Exception as error:
                logged("The tuning worker could not look for work", error)
                seconds = BREATHE_MS / 1000
            try:
                async with asyncio.timeout(seconds):
                    await self._woken.wait()
            except TimeoutError:
                pass

    async def _sleep_seconds(self) -> float:
        now = self._clock.now_ms()
        at = await self._due.next_run_at(self._looked_at, self._policy)  # it may have become due since then
        times = [t for t in (at, *self._not_before.values()) if t is not None]
        return min(LONGEST_SLEEP_S, max(0.05, (min(times) - now) / 1000)) if times else LONGEST_SLEEP_S

    async def _together(self, keys: Iterable[ProfileKey], work: Callable[[ProfileKey], Awaitable[int]]) -> int:
        """Start the work for everybody who has nothing under way and is not put off; wait for all of it."""
        now = self._clock.now_ms()
        started: list[asyncio.Task[int]] = []
        for key in keys:
            if key.member_id in self._tasks or self._not_before.get(key, 0) > now:
                continue
            task = asyncio.create_task(self._guarded(key, work))
            self._tasks[key.member_id] = task
            task.add_done_callback(partial(self._finished, key.member_id))
            started.append(task)
        try:
            if started:
                await asyncio.wait(started)
        finally:
            for task in started:
                task.cancel()
        return sum(task.result() for task in started if not task.cancelled())

    def _finished(self, member_id: int, _: asyncio.Task[int]) -> None:
        self._tasks.pop(member_id, None)
        self.beat = self._clock.now_ms()

    async def _guarded(self, key: ProfileKey, work: Callable[[ProfileKey], Awaitable[int]]) -> int:
        """How much was done for one member; whatever goes wrong is logged and puts this member off."""
        async with self._places:
            try:
                return await work(key)
            except Stopped as stopped:
                _, self._not_before[key] = next_try(None, stopped.failure, self._clock.now_ms())
            except Exception as error:
                logged("A member's tuning failed and is put off", error)
                if isinstance(error, StorageError) and error.passes:
                    self._not_before[key] = self._clock.now_ms() + BREATHE_MS  # what was paid for is kept
                else:
                    await self._put_off(key)
            finally:
                if self._progress.pop(key, None) is not None:
                    self.on_progress(key, None)
        return 0

    async def _put_off(self, key: ProfileKey) -> None:
        now = self._clock.now_ms()
        self._not_before[key] = now + BREATHE_MS
        try:
            last = await self._runs.last(key)
            if last is None or last.result != RunResult.RUNNING:
                return
            tries, retry_at = next_try(None, None, now)
            explanation = replace(last.explanation, stop=Stop(None, tries, retry_at))
            ended = replace(last, finished_at=now, result=RunResult.STOPPED, reason=RunReason.UNAVAILABLE)
            await self._runs.finish(replace(ended, explanation=explanation), retry_at=retry_at)
            self._not_before[key] = retry_at
        except Exception as error:
            logged("A failed run could not be stored", error)

    async def _shadow(self, key: ProfileKey) -> int:
        kept = await self._shadows.keep(key)
        if not kept.stored:
            self._not_before[key] = self._clock.now_ms() + BREATHE_MS
            return 0
        if kept.report is not None:
            await self._told(kept.report)
        return kept.stored

    async def _tune(self, key: ProfileKey) -> int:
        def seen(progress: Progress) -> None:
            self._progress[key], self.beat = progress, self._clock.now_ms()
            self.on_progress(key, progress)

        report = await self._tuner.tune(key, progress=seen)
        if stop := report.explanation.stop:
            self._not_before[key] = stop.retry_at
        await self._told(report)
        return 1

    async def _told(self, report: RunReport) -> None:
        if self.on_result is None:
            return
        try:
            await self.on_result(report)
        except Exception as error:
            logged("The result of a run could not be passed on", error)


def logged(event: str, error: Exception) -> None:
    """Note a fault. Type and place only: messages and frames may hold what a member felt."""
    place, trace = "", error.__traceback__
    while trace is not None:
        place = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
        trace = trace.tb_next
    log.error(event, error=type(error).__name__, place=place)
