"""The queue of several machines: procrastinate, whose tables stand in the same database.

A member is a job, which is deleted when it is done: who is due is a query, so a job holds nothing but a number and
may be lost. A process shows that it lives by its heartbeats; where they end, its jobs are deleted, and whoever is
still due is put in again; not while the database itself was just away, as nobody's heart beats then. This file
alone imports procrastinate, and is imported only where the database is a server.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, LiteralString, Never

import procrastinate
import psycopg
import structlog
from procrastinate import exceptions, retry
from procrastinate.connector import BaseAsyncConnector, Notify
from procrastinate.job_context import AbortReason, JobContext
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.sync_psycopg_connector import wrap_exceptions
from procrastinate.worker import Worker
from psycopg.types.json import Jsonb
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from core.ports import TuningPolicy, TuningQueue, Waiting
from core.ports.queue import Work
from core.ports.waiting import until_back
from core.vocabulary.errors import StorageError
from storage.database.engine import Database
from storage.database.listening import Listener

QUEUE = "tuning"
BEATS_EVERY_S, DEAD_AFTER_S = 10.0, 30.0
"""A process that is killed is found to be dead after 20 to 30 seconds, and one that hangs for shorter lives on."""

_CALM_S = 2 * BEATS_EVERY_S
"""For so long the database must have been there before anybody is taken for dead."""

_POLLS_EVERY_S, _CLOSE_S, _AGAIN_S = 5.0, 1.5, 1.0
_ENDS_WITHIN_S, _LOOKS_EVERY_S, _SLOW_S = 60.0, 0.05, 3.0

_LET_GO = """
    DELETE FROM procrastinate_jobs AS job WHERE queue_name = %(queue)s AND CASE status
        WHEN 'todo' THEN scheduled_at > now() + make_interval(secs => %(longest)s)
        ELSE NOT EXISTS (
            SELECT 1 FROM procrastinate_workers AS one
            WHERE one.id = job.worker_id AND one.last_heartbeat >= now() - make_interval(secs => %(seconds)s)
        )
    END
"""
"""Who was given to a process that died, or put off by a clock that was wrong. One statement, so that of several
processes that look at once none deletes what another has just begun anew.
"""

_WAITING = """
    SELECT count(*), coalesce(max(extract(epoch FROM now() - coalesce(scheduled_at, (
        SELECT max(at) FROM procrastinate_events
        WHERE job_id = job.id AND type IN ('deferred', 'deferred_for_retry')
    ))))::float, 0)
    FROM procrastinate_jobs AS job
    WHERE queue_name = %(queue)s AND status = 'todo' AND coalesce(scheduled_at, now()) <= now()
"""

_LIVING = """
    SELECT count(*) FROM procrastinate_workers
    WHERE id = ANY(%(ids)s) AND last_heartbeat >= now() - make_interval(secs => %(seconds)s)
"""

log = structlog.get_logger(__name__)


class ProcrastinateQueue(TuningQueue):
    """`core.ports.TuningQueue` over procrastinate."""

    def __init__(self, database: Database, listener: Listener) -> None:
        self._database = database
        self._patient = procrastinate.App(connector=_Patient(database, listener))
        self._manager = JobManager(_Connector(database, listener))
        self._taker: Worker | None = None
        self._running: dict[int, tuple[int | None, asyncio.Task[Any]]] = {}
        self._orphans: set[int] = set()
        self._calm_since: float | None = None

    async def offer(self, member_ids: Iterable[int]) -> None:  # noqa: D102
        there = {job.lock for job in (await self._jobs()).values()}
        for lock in map(str, member_ids):
            if lock not in there:
                with suppress(exceptions.AlreadyEnqueued):
                    await self._manager.defer_job_async(
                        Job(queue=QUEUE, task_name=QUEUE, lock=lock, queueing_lock=lock)
                    )

    async def cancel(self, member_id: int) -> None:  # noqa: D102
        until = time.monotonic() + _ENDS_WITHIN_S
        while jobs := await self._jobs(lock=str(member_id)):
            for job_id, job in jobs.items():
                if not job.abort_requested:
                    await self._manager.cancel_job_by_id_async(job_id, abort=True, delete_job=True)
            waits = any(job.status == "todo" for job in jobs.values())
            if not (waits or await self._of_the_living(jobs.values())) or time.monotonic() > until:
                return
            await asyncio.sleep(0 if waits else _LOOKS_EVERY_S)

    async def take(self, work: Work, *, parallel: int) -> Never:  # noqa: D102
        @self._patient.task(name=QUEUE, queue=QUEUE, pass_context=True, retry=_PutOffUntil())
        async def do(context: JobContext) -> None:
            await self._do(context, work)

        while True:
            try:
                await self._worker(parallel)
            except Exception as error:  # its place among the living was lost: it takes another
                log.warning("queue.begun_anew", because=type(error).__name__)
            await asyncio.sleep(_AGAIN_S)

    async def tidy(self) -> bool:  # noqa: D102
        began = time.monotonic()
        try:
            await self._own_up()
            if time.monotonic() - began > _SLOW_S:
                self._calm_since = None
            calm = self._calm_since is not None and began - self._calm_since >= _CALM_S
            gone = await self._let_go() if calm else 0
        except StorageError:
            self._calm_since = None
            raise
        if self._calm_since is None:
            self._calm_since = began
        if gone:
            log.warning("queue.let_go", members=gone)
        return bool(gone)

    async def waiting(self) -> Waiting:  # noqa: D102
        return await self._database.read(
            lambda connection: Waiting(*connection.exec_driver_sql(_WAITING, {"queue": QUEUE}).one())
        )

    async def _worker(self, parallel: int) -> None:
        """Take jobs until cancelled, or until something goes wrong."""
        self._taker = Worker(
            self._patient,
            queues=[QUEUE],
            concurrency=parallel,
            delete_jobs="always",
            install_signal_handlers=False,
            shutdown_graceful_timeout=0.0,
            fetch_job_polling_interval=_POLLS_EVERY_S,
            abort_job_polling_interval=_POLLS_EVERY_S,
            update_heartbeat_interval=BEATS_EVERY_S,
            stalled_worker_timeout=DEAD_AFTER_S,
        )
        run: Callable[[], Coroutine[Any, Any, None]] = self._taker.run
        running = asyncio.create_task(run())
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            running.cancel()
            running.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # nobody else looks
            await asyncio.wait([running], timeout=_CLOSE_S)  # a server that hangs is not waited for
            raise

    async def _do(self, context: JobContext, work: Work) -> None:
        job, task = context.job, asyncio.current_task()
        if job.id is None or job.lock is None or task is None:
            return
        self._running[job.id] = job.worker_id, task
        try:
            until = await work(int(job.lock))
        except asyncio.CancelledError:
            if context.abort_reason() is AbortReason.SHUTDOWN:
                raise _PutOff(0) from None
            return  # the member has left, or is another's by now
        finally:
            del self._running[job.id]
        if until:
            raise _PutOff(until)

    async def _own_up(self) -> None:
        """End what is done here for a member who was given to another process while this one stood still, and let
        go of whoever was given to this one, and it never heard so.
        """
        held = await self._jobs(status="doing")
        for job_id, (worker_id, task) in list(self._running.items()):
            if job_id not in held or held[job_id].worker_id != worker_id:
                log.warning("queue.taken_by_another")
                task.cancel()
        me = self._taker and self._taker.worker_id
        mine = {job_id for job_id, job in held.items() if me is not None and job.worker_id == me}
        orphans = mine - set(self._running)
        for job_id in orphans & self._orphans:
            await self._manager.finish_job_by_id_async(job_id, Status.ABORTED, delete_job=True)
        self._orphans = orphans

    async def _jobs(self, **which: str) -> dict[int, Job]:
        """Jobs by their number."""
        found = await self._manager.list_jobs_async(queue=QUEUE, **which)  # type: ignore[arg-type]
        return {job.id: job for job in found if job.id is not None}

    async def _let_go(self) -> int:
        given = {"queue": QUEUE, "seconds": DEAD_AFTER_S, "longest": TuningPolicy().put_off_ms / 1000}
        return await self._database.write_apart(
            lambda connection: connection.exec_driver_sql(_LET_GO, given).rowcount
        )

    async def _of_the_living(self, jobs: Iterable[Job]) -> bool:
        """Whether a process that lives works on one of them."""
        given = {"ids": [job.worker_id for job in jobs], "seconds": DEAD_AFTER_S}
        return await self._database.read(
            lambda connection: bool(connection.exec_driver_sql(_LIVING, given).scalar_one())
        )


class _PutOff(Exception):
    """Nothing more may be done for a member until a time; 0: at once, by another."""

    def __init__(self, until: int) -> None:
        super().__init__(until)
        self.until = until


class _PutOffUntil(procrastinate.BaseRetryStrategy):
    """The job stays in the queue until then, so that nobody puts the member in again."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> retry.RetryDecision | None:
        if not isinstance(exception, _PutOff):
            return None
        return retry.RetryDecision(retry_at=datetime.fromtimestamp(exception.until / 1000, UTC))


class _Connector(BaseAsyncConnector):
    """Procrastinate's way to the database: the connection on which this process writes, in turn with all that it
    writes, so that a queue takes none besides. Raises StorageError.
    """

    def __init__(self, database: Database, listener: Listener) -> None:
        self._database, self._listener = database, listener

    async def execute_query_async(self, query: LiteralString, **arguments: Any) -> None:
        await self._rows(query, arguments)

    async def execute_query_one_async(self, query: LiteralString, **arguments: Any) -> dict[str, Any]:
        rows = await self._rows(query, arguments)
        if not rows:
            raise exceptions.NoResult
        return rows[0]

    async def execute_query_all_async(self, query: LiteralString, **arguments: Any) -> list[dict[str, Any]]:
        return await self._rows(query, arguments)

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        async def heard(notify: psycopg.Notify) -> None:
            await on_notification(channel=notify.channel, payload=notify.payload)

        await self._listener.listen(channels, heard, lambda: None)

    async def _rows(self, query: str, arguments: dict[str, Any]) -> list[dict[str, Any]]:
        given = {name: _adapted(value) for name, value in arguments.items()}

        def run(connection: Connection) -> list[dict[str, Any]]:
            try:
                result = connection.exec_driver_sql(query, given)
            except IntegrityError as error:
                if error.orig is None:
                    raise
                with wrap_exceptions():
                    raise error.orig from None
            return [dict(row) for row in result.mappings()] if result.returns_rows else []

        return await self._database.write_apart(run)


class _Patient(_Connector):
    """Whatever a worker asks of the database waits until it is there."""

    async def _rows(self, query: str, arguments: dict[str, Any]) -> list[dict[str, Any]]:
        return await until_back(lambda: super(_Patient, self)._rows(query, arguments))


def _adapted(value: Any) -> Any:
    """A value as the driver takes it."""
    match value:
        case dict():
            return Jsonb(value)
        case list():
            return [_adapted(one) for one in value]
        case tuple():
            return tuple(_adapted(one) for one in value)
        case _:
            return value
