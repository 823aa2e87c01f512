"""The engine as it was: a synchronous one in threads of its own, kept to measure the asynchronous one against.

The same functions of a connection run over it, so what differs between the two is the engine alone.
"""

import asyncio
import contextlib
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import QueuePool

from storage.database.address import Address
from storage.database.engine import READERS
from storage.database.sqlite import pragmas
from storage.database.together import AT_ONCE

_WRITER_LOCK = 0x6665656C

Waiting = tuple[Callable[[Connection], Any], "Future[Any]"]


class ThreadDatabase:
    """What the stores need of `storage.database.engine.Database`, with a transaction whole in a thread."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.is_sqlite = address.path is not None
        if address.url is None:
            self._writer, self._reader = _sqlite(address, "rw"), _sqlite(address, "ro")
        else:
            self._writer = create_engine(address.url, pool_size=READERS + 1, max_overflow=0, pool_pre_ping=True)
            self._reader = self._writer.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        self._write_thread = ThreadPoolExecutor(1, "storage-write")
        self._read_threads = ThreadPoolExecutor(READERS, "storage-read")
        self._waiting: deque[Waiting] = deque()

    async def write(self, work: Any, /, *args: Any, **kwargs: Any) -> Any:
        def transaction() -> Any:
            with self._writing() as connection:
                return work(connection, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._write_thread, transaction)

    async def write_together(self, work: Any, /, *args: Any, **kwargs: Any) -> Any:
        future: Future[Any] = Future()
        self._waiting.append((partial(_called, work, args, kwargs), future))
        self._write_thread.submit(self._run)
        return await asyncio.wrap_future(future)

    async def read(self, work: Any, /, *args: Any, **kwargs: Any) -> Any:
        def transaction() -> Any:
            with self._reader.begin() as connection:
                return work(connection, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._read_threads, transaction)

    async def close(self) -> None:
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._read_threads.shutdown()
        self._write_thread.shutdown()
        self._reader.dispose()
        self._writer.dispose()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._writer.begin() as connection:
            if not self.is_sqlite:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})")
            yield connection

    def _run(self) -> None:
        taken = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
        group = [(work, future) for work, future in taken if future.set_running_or_notify_cancel()]
        if group:
            self._commit(group)

    def _commit(self, group: Sequence[Waiting]) -> None:
        with self._writing() as connection:
            results = [work(connection) for work, _ in group]
        for (_, future), result in zip(group, results, strict=True):
            future.set_result(result)


def _called(work: Any, args: Any, kwargs: Any, connection: Connection) -> Any:
    return work(connection, *args, **kwargs)


def _sqlite(address: Address, mode: str) -> Engine:
    url = URL.create("sqlite", database=f"file:{address.path}", query={"mode": mode, "uri": "true"})
    engine = create_engine(
        url, poolclass=QueuePool, pool_size=1 if mode == "rw" else READERS, max_overflow=0, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in pragmas(mode):
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if mode == "rw" else "BEGIN")

    return engine
