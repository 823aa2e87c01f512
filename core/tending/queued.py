"""The worker where several processes share one database: it looks who is due, a queue says who works for whom.

Every process looks, and one that does not tune leaves the work to the others. It never matters who looked, nor
how often: a member stands in the queue once, and what is due for them is asked again before anything is done.
"""

import asyncio
from contextlib import suppress

import structlog

from core.ports import DueStore, News, Told, Topic, TuningPolicy, TuningQueue, Waiting
from core.tending.worker import BATCH, BREATHE_MS, TuningWorker, logged
from core.tuning.session import Progress
from core.vocabulary.calls import Purpose
from core.vocabulary.clock import Clock
from core.vocabulary.profile import ProfileKey

log = structlog.get_logger(__name__)

LOOKS_EVERY_S, LEAST_S = 60.0, 1.0
"""Who is due is looked at so often even if nothing wakes it, and never more often than that."""

TIDIES_EVERY_S = 10.0
"""How often it is looked who has died."""

TELLS_EVERY_MS, HOLDS_MS = 1_000, 60_000
"""How often other processes are told how far a run is, and how long what they were told holds."""


class QueuedWorker:
    """As `TuningWorker` for whoever wakes, asks and cancels, but over all processes."""

    def __init__(  # noqa: PLR0917 - the composition root names them all
        self,
        worker: TuningWorker,
        queue: TuningQueue,
        news: News,
        due: DueStore,
        clock: Clock,
        policy: TuningPolicy,
        *,
        tunes: bool = True,
        parallel: int = 2,
    ) -> None:
        self._worker, self._queue, self._news = worker, queue, news
        self._due, self._clock, self._policy = due, clock, policy
        self._tunes, self._parallel = tunes, parallel
        self._woken = asyncio.Event()
        self._looked_at = 0
        self._elsewhere: dict[ProfileKey, tuple[int, Progress]] = {}
        self._told_at: dict[ProfileKey, int] = {}
        self._telling: set[asyncio.Task[None]] = set()
        worker.on_progress = self._tell

    def wake(self) -> None:
        """Look again soon: labels have changed."""
        self._woken.set()

    def progress_of(self, key: ProfileKey) -> Progress | None:
        """How far the member's run is, in whichever process; None where none is known to be under way."""
        at, progress = self._elsewhere.get(key, (0, None))
        told = progress if at > self._clock.now_ms() - HOLDS_MS else None
        return self._worker.progress_of(key) or told

    def is_busy(self, member_id: int) -> bool:
        """Whether something is under way here for anybody else."""
        return self._worker.is_busy(member_id)

    async def waiting(self) -> Waiting:
        """Who waits in the queue that all share. Raises StorageError."""
        return await self._queue.waiting()

    @property
    def under_way(self) -> int:
        """For how many members something is done here now."""
        return self._worker.under_way

    @property
    def beat(self) -> int:
        """When it last looked, or did something."""
        return max(self._looked_at, self._worker.beat)

    async def cancel(self, member_id: int) -> None:
        """Stop what is under way for a member, in whichever process; returns when it has stopped. StorageError."""
        self._elsewhere = {key: told for key, told in self._elsewhere.items() if key.member_id != member_id}
        await self._queue.cancel(member_id)

    def heard(self, told: Told) -> None:
        """Another process tells how far a run of its is; a later version may tell of steps that this has not."""
        with suppress(ValueError):
            label_set_id, *step = told.more
            key = ProfileKey(told.subject, label_set_id)
            if step:
                purpose, done, total = step
                progress = Progress(Purpose(purpose), int(done), int(total))
                self._elsewhere[key] = self._clock.now_ms(), progress
            else:
                self._elsewhere.pop(key, None)

    async def run_forever(self) -> None:
        """Look who is due, and work for whoever the queue gives. Ends only when cancelled."""
        works = [self._look()]
        if self._tunes:
            works += [self._queue.take(self._work, parallel=self._parallel), self._tidy()]
        async with asyncio.TaskGroup() as together:
            for work in works:
                together.create_task(work)

    async def _look(self) -> None:
        while True:
            now = self._looked_at = self._clock.now_ms()
            self._woken.clear()
            try:
                shadows = await self._due.for_shadows(limit=BATCH)
                runs = await self._due.for_run(now, self._policy, limit=BATCH)
                await self._queue.offer(dict.fromkeys(key.member_id for key in (*shadows, *runs)))
                at = await self._due.next_run_at(now, self._policy)
                seconds = LOOKS_EVERY_S if at is None else min(LOOKS_EVERY_S, (at - self._clock.now_ms()) / 1000)
            except Exception as error:
                logged("Nobody could be looked for who is due", error)
                seconds = LEAST_S
            await asyncio.sleep(LEAST_S)
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, seconds - LEAST_S)):
                    await self._woken.wait()

    async def _tidy(self) -> None:
        while True:
            try:
                if await self._queue.tidy():
                    self.wake()
            except Exception as error:
                logged("It could not be looked who has died", error)
            await asyncio.sleep(TIDIES_EVERY_S)

    async def _work(self, member_id: int) -> int:
        try:
            return await self._worker.work_for(member_id)
        except Exception as error:
            logged("A member's tuning failed and is put off", error)
            return self._clock.now_ms() + BREATHE_MS
        finally:
            self.wake()  # there may be more than one look gives

    def _tell(self, key: ProfileKey, progress: Progress | None) -> None:
        """Tell the others now and then how far a run here is, and always that it ended."""
        now = self._clock.now_ms()
        if progress is not None and now < self._told_at.get(key, 0) + TELLS_EVERY_MS:
            return
        self._told_at[key] = now
        if progress is None:
            del self._told_at[key]
        step = () if progress is None else (progress.step.value, str(progress.done), str(progress.total))
        task = asyncio.create_task(self._told(Told(Topic.PROGRESS, key.member_id, (key.label_set_id, *step))))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _told(self, told: Told) -> None:
        try:
            await self._news.tell(told)
        except Exception as error:
            logged("It could not be told how far a run is", error)
