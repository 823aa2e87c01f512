"""Figure 27: a migration killed at any statement leaves a schema that was released, and goes on to the newest.

On both databases, from the oldest one that held people's data, with that data in it: so every revision since is
passed through. A trial is one moment, before or after one call of the driver. Every other newer one is refused.
"""

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiosqlite
import psycopg
from sqlalchemy import Connection, create_engine

import storage as package
from core.vocabulary.clock import SystemClock
from core.vocabulary.errors import StorageError, StorageProblem
from storage import open_storage
from storage.database import driver
from storage.database.address import parse
from tests.bench.reliability.figure import Figure, Trials
from tests.bench.reliability.forks import Moments, alone, spread
from tests.bench.reliability.kinds import KINDS, SQLITE, postgres
from tests.storage.test_migrations import later, postgres_schema, sqlite_schema
from tests.storage.test_old_versions import WORDS, carried, earlier, restored

CALLS = ((aiosqlite.core.Connection, "_execute"), (psycopg.AsyncConnection, "wait"))


class Old:
    """A database of the version before reasons, on one kind, to copy and to migrate."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind, self.folder, self._made = kind, folder, ""

    async def make(self) -> None:
        """Restore it once."""
        path = restored(self.folder / "old.db")
        self._made = str(path)
        if self.kind != SQLITE:
            self._made = postgres().create()
            await carried(path, postgres().url(self._made), earlier(self.folder))

    def copied(self) -> str:
        """The address of a copy."""
        if self.kind != SQLITE:
            return postgres().url(postgres().create(self._made))
        for old in self.folder.glob("one.db*"):
            if old.suffix != ".reserve":
                old.unlink()
        return str(shutil.copy(self._made, self.folder / "one.db"))

    async def migrated(self, url: str, scripts: str | None = None) -> dict[str, Any]:
        """Open it, which migrates; everything about its members."""
        more = {} if scripts is None else {"scripts": scripts}
        async with open_storage(url, clock=SystemClock(), **more) as storage:
            return {} if scripts else {str(member): await storage.members.export(member) for member in WORDS}

    async def schema(self, url: str) -> tuple[str, frozenset[Any]]:
        """The revision that it says it is of, and what is really there."""
        engine = create_engine(parse(url).url or f"sqlite:///{parse(url).path}")
        with engine.connect() as connection:
            found = self._found(connection)
        engine.dispose()
        return found

    def _found(self, connection: Connection) -> tuple[str, frozenset[Any]]:
        rows = (sqlite_schema if self.kind == SQLITE else postgres_schema)(connection)
        revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
        return str(revision), frozenset(row for row in rows if "_alembic_tmp" not in str(row))


async def body(trials: Trials) -> None:
    """Learn how every released schema looks, then kill migrations."""
    moments = Moments()
    for kind in KINDS:
        folder = trials.folder / kind
        folder.mkdir()
        old = Old(kind, folder)
        await old.make()
        known = dict([await old.schema(old.copied())])
        for scripts in _releases(folder):
            url = old.copied()
            await old.migrated(url, scripts)
            known |= dict([await old.schema(url)])
        url = old.copied()
        moments.start()
        with moments.around(*CALLS):
            code = await alone(lambda old=old, url=url: old.migrated(url))  # type: ignore[misc]
        whole, right = moments.passed, await old.migrated(url)
        known |= dict([await old.schema(url)])
        trials.check(code == 0 and whole > 0, f"{kind}: it ended in {code}", times=0)
        for number in spread(whole, -(-trials.n // len(KINDS))):
            url = old.copied()
            moments.start(number)
            with moments.around(*CALLS):
                await alone(lambda old=old, url=url: old.migrated(url))  # type: ignore[misc]
            revision, there = await old.schema(url)
            same = known.get(revision) == there
            wrong = "" if same else f"what is there is not revision {revision}"
            if same and await old.migrated(url) != right:
                wrong = "the rows are others than without a kill"
            trials.check(not wrong, f"{kind}, moment {number}: {wrong}")
        trials.check(await _refused(url, folder), f"{kind}: a newer one was opened")
        trials.note(f"{len(known)} schemas, {whole} moments on {kind}")


def _releases(folder: Path) -> Iterator[str]:
    """The scripts of each version between the oldest and this one."""
    versions = sorted(Path(package.__file__).parent.glob("migrations/versions/m*.py"))
    for last in versions[2:-1]:
        target = folder / f"until-{last.stem}"
        scripts = shutil.copytree(Path(package.__file__).parent / "migrations", target)
        for script in scripts.glob("versions/m*.py"):
            if script.name > last.name:
                script.unlink()
        yield str(scripts)


async def _refused(url: str, folder: Path) -> bool:
    scripts = later(folder, "9999")
    async with open_storage(url, clock=SystemClock(), scripts=scripts):
        pass
    try:
        async with open_storage(url, clock=SystemClock()):
            return False
    except StorageError as error:
        return error.reason is StorageProblem.NEWER


@contextlib.contextmanager
def without() -> Iterator[None]:
    """On SQLite each statement is a transaction of its own."""
    was = driver.Cursor._run

    def run(self: Any, sql: str, parameters: Any) -> list[Any]:
        rows = was(self, sql, parameters)
        connection: sqlite3.Connection = self._cursor.connection
        if connection.in_transaction and not self._reads and not rows:
            connection.commit()
            connection.execute("BEGIN IMMEDIATE")
        return rows

    driver.Cursor._run = run  # type: ignore[method-assign]
    try:
        yield
    finally:
        driver.Cursor._run = was  # type: ignore[method-assign]


FIGURE = Figure(27, "A migration killed at any statement leaves a released schema", body, without, 16, 3_000, 24)
