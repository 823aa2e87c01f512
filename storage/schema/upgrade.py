"""Bring a database to the schema of this program when it is opened.

A database newer than the program is refused and left untouched: nobody knows what an older program
would break in it. An older one is copied first, then each revision is one transaction, so whatever
stops it leaves the old schema or the new one, never something between.
"""

import asyncio
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, inspect

from core.vocabulary.clock import Clock
from core.vocabulary.errors import StorageError, StorageProblem
from storage.database.backup import before_migration
from storage.database.engine import Database, outside
from storage.database.postgresql import Beside, has_gate, lock_of, pass_gate, unhurried
from storage.schema.preconditions import fits, lacks_nothing

SCRIPTS = "storage:migrations"
HALF_MOVED = "half_moved"
"""The table that is there while `feelprint move` fills a database."""
_LOOKS_EVERY_S = 0.1
_FOR_EVER = 0
_MIGRATES = 0x6665656C  # "feel": the lock of whoever migrates


@dataclass(frozen=True, slots=True)
class Upgraded:
    """From which revision to which a database was brought; `copy` is what it was before, of a file."""

    before: str
    now: str
    copy: Path | None


async def upgrade(
    database: Database, clock: Clock, scripts: str = SCRIPTS, *, half_moved: bool = False
) -> Upgraded | None:
    """Migrate to the newest revision in `scripts`. None where there was nothing to bring up to date.

    Raises StorageError for a newer or a foreign database, and but for `half_moved` for one that is half moved.
    """
    directory = _directory(scripts)
    if not database.is_sqlite:
        await database.maintain(fits, database.address.shown)
        await database.maintain(lacks_nothing, database.address.shown)
    if await _is_current(database, directory, half_moved=half_moved):
        return None
    before, _ = await database.read(_found)
    copy = None
    if database.address.path is not None:
        copy = await database.maintain(_upgrade_file, database.address.path, directory, clock.now_ms())
    else:
        await database.maintain(lacks_nothing, database.address.shown, migrates=True)
        await _upgrade_server(database, directory)
    return Upgraded(before, directory.get_current_head() or "", copy) if before else None


async def check(database: Database, scripts: str = SCRIPTS) -> None:
    """Raise StorageError unless the database has exactly this program's schema."""
    if not await _is_current(database, _directory(scripts)):
        raise StorageError(StorageProblem.OLDER, where=database.address.shown)


@cache
def _directory(scripts: str) -> ScriptDirectory:
    """The revisions in `scripts`, which are read once: a program's migrations do not change while it runs."""
    config = Config()
    config.set_main_option("script_location", scripts)
    return ScriptDirectory.from_config(config)


async def _is_current(database: Database, directory: ScriptDirectory, *, half_moved: bool = False) -> bool:
    revision, tables = await database.read(_found)
    if HALF_MOVED in tables and not half_moved:
        raise StorageError(StorageProblem.HALF_MOVED, where=database.address.shown)
    if revision is None and tables:
        raise StorageError(StorageProblem.FOREIGN, where=database.address.shown)
    if revision is not None and revision not in _revisions(directory):
        raise StorageError(StorageProblem.NEWER, where=database.address.shown)
    return revision == directory.get_current_head()


@cache
def _revisions(directory: ScriptDirectory) -> frozenset[str]:
    return frozenset(script.revision for script in directory.walk_revisions())


def _found(connection: Connection) -> tuple[str | None, set[str]]:
    """The schema's revision (None: none yet) and the tables that are there."""
    revision = MigrationContext.configure(connection).get_current_revision()
    return revision, tables_in(connection) - {"alembic_version"}


def tables_in(connection: Connection) -> set[str]:
    """The names of all tables that are there."""
    return set(inspect(connection).get_table_names())


def _upgrade_file(connection: Connection, path: Path, directory: ScriptDirectory, now: int) -> Path | None:
    revision, tables = _found(connection)
    connection.rollback()
    copy = before_migration(connection, path, now, revision) if revision is not None and tables else None
    outside(connection, "PRAGMA foreign_keys=OFF")  # Alembic rebuilds tables by copying them
    _run(connection, directory)
    if outside(connection, "PRAGMA foreign_key_check"):
        raise StorageError(StorageProblem.DANGLING, where=str(path))
    outside(connection, "PRAGMA foreign_keys=ON")
    return copy


async def _upgrade_server(database: Database, directory: ScriptDirectory) -> None:
    """Several processes may start at once: the first migrates, the others find it done."""
    async with database.holding(lock_of(_MIGRATES)) as got:
        while not await got():  # noqa: ASYNC110 - another process has it
            await asyncio.sleep(_LOOKS_EVERY_S)
        await database.maintain(_run_unhurried, directory)


def _run_unhurried(connection: Connection, directory: ScriptDirectory) -> None:
    def alone(migrating: Connection) -> None:
        if has_gate(migrating):
            migrating.exec_driver_sql(pass_gate(Beside.NOBODY, _FOR_EVER))

    event.listen(connection, "begin", alone)
    with unhurried(connection):
        _run(connection, directory)


def _run(connection: Connection, directory: ScriptDirectory) -> None:
    """Alembic's upgrade to head, as its own command does it, over a connection of ours."""
    config = Config(attributes={"connection": connection})

    def steps(revision: Any, _context: MigrationContext) -> Any:
        return directory._upgrade_revs("head", revision)

    with EnvironmentContext(config, directory, fn=steps, destination_rev="head"):
        directory.run_env()
