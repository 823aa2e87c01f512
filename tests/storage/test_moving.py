"""From one database to another: every row of every table is there, whatever stops it."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, select, update

from core.vocabulary.errors import StorageError, StorageProblem
from storage import moving, open_storage
from storage.database.address import parse
from storage.database.engine import Database
from storage.moving import Step, move
from storage.schema.tables import labels, ledger, members, metadata, servers
from tests.databases import Postgres, copied
from tests.effort import TIMES
from tests.fakes import ManualClock
from tests.programs import Programs
from tests.storage.every import fill
from tests.storage.lives import answer, live
from tests.storage.made import T0

ANN, BEN = 11, 12


def quiet(_step: Step) -> None:
    """Nobody listens."""


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """A database with nothing of the product's around it."""
    database = Database(parse(url))
    try:
        yield database
    finally:
        await database.close()


def _rows(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    return {
        table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
        for table in metadata.sorted_tables
    }


async def rows_of(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, as the product reads them."""
    async with opened(url) as database:
        return await database.read(_rows)


async def _fill(url: str) -> None:
    async with opened(url) as database:
        await database.write(fill, 5)


@pytest.fixture
async def filled(database_url: str) -> str:
    """A database of each kind with rows in every table."""
    await _fill(database_url)
    return database_url


@pytest.fixture
def new_file(tmp_path: Path) -> str:
    """Where no file is yet."""
    return str(tmp_path / "new" / "target.db")


@pytest.fixture
def new_on_server(postgres: Postgres) -> Iterator[str]:
    """A database without tables."""
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
def empty_file(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated file without rows."""
    (tmp_path / "new").mkdir()
    return str(copied(sqlite_template, tmp_path / "new" / "target.db"))


@pytest.fixture
def empty_on_server(postgres: Postgres, postgres_template: str) -> Iterator[str]:
    """A migrated database without rows."""
    name = postgres.create(postgres_template)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(params=["new_file", pytest.param("new_on_server", marks=pytest.mark.slow)])
def nothing(request: pytest.FixtureRequest) -> str:
    """A place of each kind where nothing is yet."""
    return str(request.getfixturevalue(request.param))


@pytest.fixture(params=["empty_file", pytest.param("empty_on_server", marks=pytest.mark.slow)])
def target(request: pytest.FixtureRequest) -> str:
    """A database of each kind that was migrated before: a move begins there as where nothing is."""
    return str(request.getfixturevalue(request.param))


async def test_every_row_of_every_table_is_moved(filled: str, nothing: str, clock: ManualClock) -> None:
    steps: list[Step] = []
    before = await rows_of(filled)
    assert {name: len(rows) for name, rows in before.items()} == dict.fromkeys(metadata.tables, 5)
    moved = await move(filled, nothing, clock, steps.append)
    assert await rows_of(nothing) == before == await rows_of(filled)
    assert {name: one.rows for name, one in moved.sums.items()} == dict.fromkeys(metadata.tables, 5)
    assert {step.table for step in steps} == set(metadata.tables)
    assert all(0 <= step.done <= step.of for step in steps)
    async with open_storage(nothing, clock=clock, read_only=True):
        pass


def test_every_table_has_a_key_by_which_it_can_be_moved() -> None:
    assert [table.name for table in metadata.sorted_tables if not list(table.primary_key)] == []


async def test_what_is_written_after_a_move_is_numbered_after_what_was_there(
    sqlite_url: str, target: str, clock: ManualClock
) -> None:
    async with open_storage(sqlite_url, clock=clock) as storage:
        await live(storage, ANN, range(5))
        known = await storage.members.export(ANN)
    await move(sqlite_url, target, clock, quiet)
    async with open_storage(target, clock=clock) as storage:
        assert await storage.members.export(ANN) == known
        await live(storage, BEN, range(3))
        await answer(storage, "later", "x", owner=ANN)
    async with opened(target) as database:
        found = await database.read(lambda one: list(one.execute(select(ledger.c.entry_id)).scalars()))
    assert len(found) == len(set(found)) == 5 + 1 + 3 + 1 + 1


def _killed(programs: Programs, source: str, target: str, every: int) -> int:
    done = programs.run("tests.storage.killed_moving", source, target, str(every))
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.slow
@pytest.mark.parametrize(("start", "end"), [("sqlite_url", "new_on_server"), ("postgres_url", "new_file")])
def test_killed_at_any_moment_and_begun_again_it_ends_equal(
    request: pytest.FixtureRequest, programs: Programs, start: str, end: str
) -> None:
    source, target = request.getfixturevalue(start), request.getfixturevalue(end)
    asyncio.run(_fill(source))
    assert _killed(programs, source, target, every=201 if TIMES == 1 else 134 // TIMES) > 5
    assert asyncio.run(rows_of(target)) == asyncio.run(rows_of(source))


async def _stopped_at(source: str, target: str, clock: ManualClock, table: str) -> None:
    def stop(step: Step) -> None:
        if step.table == table:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        await move(source, target, clock, stop)


async def test_nothing_else_opens_what_is_half_moved(filled: str, target: str, clock: ManualClock) -> None:
    await _stopped_at(filled, target, clock, "labels")
    for read_only in (False, True):
        with pytest.raises(StorageError, match=StorageProblem.HALF_MOVED):
            async with open_storage(target, clock=clock, read_only=read_only):
                pass
    with pytest.raises(StorageError, match=StorageProblem.HALF_MOVED):
        await move(target, filled, clock, quiet)


def _changed(connection: Connection) -> None:
    connection.execute(update(servers).values(min_labels=77))
    someone = select(members.c.member_id).limit(1).scalar_subquery()
    connection.execute(delete(members).where(members.c.member_id == someone))


async def test_a_source_that_changed_since_it_was_stopped_is_moved_as_it_is_now(
    filled: str, target: str, clock: ManualClock
) -> None:
    await _stopped_at(filled, target, clock, "labels")
    async with opened(filled) as database:
        await database.write(_changed)
    await move(filled, target, clock, quiet)
    assert await rows_of(target) == await rows_of(filled)


async def test_a_target_that_holds_something_else_is_refused_and_left_as_it_is(
    filled: str, target: str, clock: ManualClock
) -> None:
    async with open_storage(target, clock=clock) as storage:
        await live(storage, BEN, range(3))
    before = await rows_of(target)
    with pytest.raises(StorageError, match=StorageProblem.NOT_EMPTY) as error:
        await move(filled, target, clock, quiet)
    assert "members" in error.value.kind
    assert await rows_of(target) == before


async def test_moved_once_more_it_says_the_same_and_a_single_other_value_is_seen(
    filled: str, target: str, clock: ManualClock
) -> None:
    moved = await move(filled, target, clock, quiet)
    assert await move(filled, target, clock, quiet) == moved
    async with opened(target) as database:
        await database.write(
            lambda one: one.execute(update(labels).where(labels.c.updated_at < 0).values(updated_at=1))
        )
    with pytest.raises(StorageError, match=StorageProblem.NOT_EMPTY):
        await move(filled, target, clock, quiet)


async def test_a_database_is_not_moved_into_itself(filled: str, clock: ManualClock) -> None:
    with pytest.raises(StorageError, match=StorageProblem.NOT_EMPTY):
        await move(filled, filled, clock, quiet)


@pytest.mark.parametrize("which", ["from", "to"])
async def test_while_a_bot_holds_either_nothing_is_moved(
    database_url: str, target: str, which: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, to = (database_url, target) if which == "from" else (target, database_url)
    async with open_storage(target, clock=clock):
        pass
    async with open_storage(database_url, clock=clock) as storage:
        await storage.take_place("a bot")
        with monkeypatch.context() as soon:
            soon.setattr(moving, "_TRIES_EVERY_S", 0.02)
            with pytest.raises(StorageError, match=StorageProblem.IN_USE):
                await move(source, to, clock, quiet)
    await move(source, to, clock, quiet)


async def test_while_it_moves_nobody_writes_to_the_source(
    database_url: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.database.engine.BUSY_MS", 50)

    async def writes() -> bool:
        try:
            async with open_storage(database_url, clock=clock) as storage:
                await storage.members.join(ANN, 1, T0)
        except StorageError as error:
            return error.reason not in (StorageProblem.IN_USE, StorageProblem.LOCKED)
        return True

    async with moving._source(parse(database_url)) as source:
        assert not await writes()
        assert await source.read(lambda one: one.execute(select(members)).first()) is None
    assert await writes()


async def test_an_older_source_is_told_and_left(sqlite_url: str, target: str, clock: ManualClock) -> None:
    async with opened(sqlite_url) as database:
        await database.write(lambda one: one.exec_driver_sql("UPDATE alembic_version SET version_num = '0010'"))
    with pytest.raises(StorageError, match=StorageProblem.OLDER):
        await move(sqlite_url, target, clock, quiet)
    with pytest.raises(StorageError, match=StorageProblem.NOT_OPENED):
        await move(sqlite_url + "x", target, clock, quiet)


async def test_pictures_are_never_all_in_memory(sqlite_url: str, target: str, clock: ManualClock) -> None:
    async with opened(sqlite_url) as database:
        await database.write(fill, 100, 400_000)
    tracemalloc.start()
    try:
        await move(sqlite_url, target, clock, quiet)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 30e6, (
        f"{peak / 1e6:.0f} MB: 40 of pictures, and some 15 of what is loaded and compiled meanwhile"
    )
