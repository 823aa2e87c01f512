"""The background worker: does all shadow work and all runs that are due, then sleeps until woken.

What is due is a query over stored state, so nothing is lost by a restart; here lives only what is under
way. A fault with one member is logged without saying whose, put off, and stops nobody else.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TypeAlias

import structlog

from core.ports import LabelStore, RunReport, TuningStore
from core.tuning import notes
from core.tuning.readiness import TuningPolicy
from core.tuning.retry import next_try
from core.tuning.run import Tuner
from core.tuning.session import Progress, Stopped
from core.tuning.shadowing import Shadows
from core.vocabulary.clock import Clock

log = structlog.get_logger(__name__)

Who: TypeAlias = tuple[int, str]
"""A member and a label set."""

BATCH = 64
BREATHE_MS = 30_000
LONGEST_SLEEP_S = 900.0


class TuningWorker:
    """Runs shadows and tuning for up to `parallel` members together, one thing per member at a time.

    `on_result` gets the report of every finished run, retirement and rollback.
    """

    def __init__(  # noqa: PLR0917 - the composition root names them all
        self,
        tuner: Tuner,
        shadows: Shadows,
        labels: LabelStore,
        tuning: TuningStore,
        clock: Clock,
        policy: TuningPolicy | None = None,
        on_result: Callable[[RunReport], Awaitable[None]] | None = None,
        *,
        parallel: int = 2,
    ) -> None:
        self._tuner = tuner
        self._shadows = shadows
        self._labels = labels
        self._tuning = tuning
        self._clock = clock
        self._policy = policy or TuningPolicy()
        self._on_result = on_result
        self._places = asyncio.Semaphore(parallel)
        self._woken = asyncio.Event()
        self._tasks: dict[int, asyncio.Task[int]] = {}
        self._progress: dict[Who, Progress] = {}
        self._not_before: dict[Who, int] = {}
        self._wanted: dict[Who, int] = {}

    def wake(self) -> None:
        """Look again soon: labels have changed."""
        self._woken.set()

    def progress_of(self, member_id: int, label_set_id: str) -> Progress | None:
        """How far the member's run is; None where none is under way."""
        return self._progress.get((member_id, label_set_id))

    def cancel(self, member_id: int) -> "asyncio.Future[list[int | BaseException]]":
        """Stop what is under way for a member (who leaves); await the result to know that it has stopped."""
        mine = [task for member, task in self._tasks.items() if member == member_id]
        for task in mine:
            task.cancel()
        for kept in (self._not_before, self._wanted):
            for who in [who for who in kept if who[0] == member_id]:
                del kept[who]
        return asyncio.gather(*mine, return_exceptions=True)

    async def step(self) -> int:
        """Do the shadow work, then every run that is due now; how many things were done. Raises StorageError."""
        began = self._clock.now_ms()
        self._not_before = {who: at for who, at in self._not_before.items() if at > began}
        shadowed = await self._tuning.shadow_due(limit=BATCH)
        done = await self._together(((d.member_id, d.label_set_id) for d in shadowed), self._shadow)
        now, policy = self._clock.now_ms(), self._policy
        due = await self._tuning.due(
            now, quiet_ms=policy.quiet_ms, renew_min=policy.renew_min, renew_share=policy.renew_share, limit=BATCH
        )
        wanted = [who for who, at in self._wanted.items() if at <= now]
        both = dict.fromkeys([(d.member_id, d.label_set_id) for d in due] + wanted)
        return done + await self._together(both, self._tune)

    async def run_forever(self) -> None:
        """Work, sleep until woken or until something becomes due, and again. Ends only when cancelled."""
        while True:
            self._woken.clear()
            try:
                if await self.step():
                    continue
                seconds = await self._sleep_seconds()
            except Exception as error:
                _logged("The tuning worker could not look for work", error)
                seconds = BREATHE_MS / 1000
            try:
                async with asyncio.timeout(seconds):
                    await self._woken.wait()
            except TimeoutError:
                pass

    async def _sleep_seconds(self) -> float:
        now, policy = self._clock.now_ms(), self._policy
        at = await self._tuning.next_due_at(
            now, quiet_ms=policy.quiet_ms, renew_min=policy.renew_min, renew_share=policy.renew_share
        )
        wanted = [max(wished, self._not_before.get(who, 0)) for who, wished in self._wanted.items()]
        times = [t for t in (at, *self._not_before.values(), *wanted) if t is not None]
        return min(LONGEST_SLEEP_S, max(0.05, (min(times) - now) / 1000)) if times else LONGEST_SLEEP_S

    async def _together(self, whom: Iterable[Who], work: Callable[[Who], Awaitable[int]]) -> int:
        """Start the work for everybody who has nothing under way and is not put off; wait for all of it."""
        now = self._clock.now_ms()
        started: list[asyncio.Task[int]] = []
        for who in whom:
            if who[0] in self._tasks or self._not_before.get(who, 0) > now:
                continue
            task = asyncio.create_task(self._guarded(who, work))
            self._tasks[who[0]] = task
            task.add_done_callback(partial(self._finished, who[0]))
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

    async def _guarded(self, who: Who, work: Callable[[Who], Awaitable[int]]) -> int:
        """How much was done for one member; whatever goes wrong is logged and puts this member off."""
        async with self._places:
            try:
                return await work(who)
            except Stopped as stopped:
                _, self._not_before[who] = next_try(None, stopped.failure, self._clock.now_ms())
            except Exception as error:
                _logged("A member's tuning failed and is put off", error)
                await self._put_off(who)
            finally:
                self._progress.pop(who, None)
        return 0

    async def _put_off(self, who: Who) -> None:
        now = self._clock.now_ms()
        self._not_before[who] = now + BREATHE_MS
        try:
            last = await self._tuning.last_run(*who)
            if last is None or last.result != "running":
                return
            tries, retry_at = next_try(None, None, now)
            detail = {"failure": "fault", "tries": tries, "retry_at": retry_at, "told": notes.STOPPED}
            await self._tuning.finish_run(
                replace(last, finished_at=now, result="stopped", detail=detail), retry_at=retry_at
            )
            self._not_before[who] = retry_at
        except Exception as error:
            _logged("A failed run could not be stored", error)

    async def _shadow(self, who: Who) -> int:
        kept = await self._shadows.keep(*who)
        if not kept.stored:
            self._not_before[who] = self._clock.now_ms() + BREATHE_MS
            return 0
        if kept.report is not None:
            await self._told(kept.report)
        profile = await self._labels.profile(*who)
        lasting = len(await self._tuner.lasting(*who))
        if profile and profile.labels - profile.labels_at_run >= self._policy.new_labels(lasting):
            self._wanted[who] = max(profile.last_label_at + self._policy.quiet_ms, profile.retry_at)
        return kept.stored

    async def _tune(self, who: Who) -> int:
        self._wanted.pop(who, None)

        def seen(progress: Progress) -> None:
            self._progress[who] = progress

        report = await self._tuner.tune(*who, progress=seen)
        if report.result == "stopped":
            self._not_before[who] = int(report.detail.get("retry_at", 0))
        await self._told(report)
        return 1

    async def _told(self, report: RunReport) -> None:
        if self._on_result is None:
            return
        try:
            await self._on_result(report)
        except Exception as error:
            _logged("The result of a run could not be passed on", error)


def _logged(event: str, error: Exception) -> None:
    """Type and place only: messages and frames may hold what a member felt."""
    place, trace = "", error.__traceback__
    while trace is not None:
        place = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
        trace = trace.tb_next
    log.error(event, error=type(error).__name__, place=place)
