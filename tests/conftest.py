"""Fixtures that every part may use: storage on each database, empty but for the schema, and a model."""

import asyncio
import gc
import json
import logging
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from storage import Storage, open_storage
from tests.databases import Postgres, alone, compile_once, copied, empty, in_memory, shared_server
from tests.effort import EXAMPLES, TIMES
from tests.fakes import ManualClock
from tests.programs import Programs
from tests.programs import programs as starting

compile_once()
gc.disable()  # until all tests are collected: nothing of what is loaded until then goes away again
if memory := in_memory():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))
settings.register_profile("tests", max_examples=EXAMPLES * TIMES, deadline=None)
settings.load_profile("tests")
TESTS = Path(__file__).parent
SLOW = {TESTS / "journeys", TESTS / "bot" / "demo"}
FIRST = (
    "journeys/test_taken_over.py",
    "bot/demo/test_browser.py",
    "bot/demo/test_demo.py",
    "journeys/test_database_away.py",
    "journeys/test_several_workers.py",
    "bot/operations/test_several_bots.py",
    "storage/test_moving.py",
)
"""Files that take longest: what waits for a minute must not begin when the others end."""


def pytest_xdist_auto_num_workers() -> int:
    """Two for each core: a worker waits half of its time, for clocks, disks and other processes."""
    return 2 * (len(os.sched_getaffinity(0)) or 1)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what starts a whole bot or a PostgreSQL; other slow tests say so themselves.

    The longest files come first, then others with slow tests: one that begins last would leave the other workers
    idle at its end.
    """
    folders = {
        folder: not SLOW.isdisjoint([folder, *folder.parents]) for folder in {item.path.parent for item in items}
    }
    for item in items:
        if folders[item.path.parent] or "postgres" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    first = {TESTS / name: place for place, name in enumerate(FIRST)}
    items.sort(key=lambda item: (first.get(item.path, len(FIRST)), item.path not in slow))


def pytest_collection_finish() -> None:
    """Spare the collector what was loaded, as the bot does: a twentieth of all time goes into it otherwise."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


async def _migrate(url: str) -> None:
    async with open_storage(url, clock=ManualClock()):
        pass


@pytest.fixture
def clock() -> ManualClock:
    """A clock that a test moves."""
    return ManualClock()


@pytest.fixture
def logs_restored() -> Iterator[None]:
    """Whatever a test sets up for logs is gone after it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    known = [
        name for name, logger in logging.root.manager.loggerDict.items() if isinstance(logger, logging.Logger)
    ]
    levels = {name: logging.getLogger(name).level for name in known}
    yield
    root.handlers, root.level = handlers, level
    for name in (name for name in logging.root.manager.loggerDict if isinstance(name, str)):
        logging.getLogger(name).setLevel(levels.get(name, logging.NOTSET))
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all workers of a run have."""
    mine = tmp_path_factory.getbasetemp()
    return mine if worker_id == "master" else mine.parent


@pytest.fixture(scope="session")
def sqlite_template(shared_folder: Path) -> Path:
    """A migrated, empty SQLite file to copy: one for all workers of a run."""
    folder = shared_folder / "sqlite"
    with alone(folder):
        if not folder.exists():
            (making := shared_folder / "making").mkdir()
            asyncio.run(_migrate(str(making / "feelprint.db")))
            making.rename(folder)
    return folder / "feelprint.db"


@pytest.fixture(scope="session")
def programs(shared_folder: Path) -> Iterator[Programs]:
    """Starts programs at the cost of a fork."""
    with starting(shared_folder) as started:
        yield started


@pytest.fixture(scope="session")
def postgres(shared_folder: Path, worker_id: str) -> Iterator[Postgres]:
    """A real PostgreSQL, started once and shared by all workers of a run; each names its own databases."""
    with shared_server(shared_folder) as socket:
        yield Postgres(socket, f"test_{worker_id}_")


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres, shared_folder: Path) -> str:
    """A migrated, empty database to copy: one for all workers of a run."""
    with alone(shared_folder / "template"):
        if not (noted := shared_folder / "template.name").exists():
            name = postgres.create()
            asyncio.run(_migrate(postgres.url(name)))
            noted.write_text(name)
        return noted.read_text()


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated, empty SQLite database."""
    return str(copied(sqlite_template, tmp_path / "feelprint.db"))


@pytest.fixture
def postgres_url(postgres: Postgres, postgres_template: str) -> Iterator[str]:
    """A migrated, empty PostgreSQL database."""
    name = postgres.create(postgres_template)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database of each kind."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture(scope="session")
def postgres_shared_url(postgres: Postgres, postgres_template: str) -> str:
    """A migrated PostgreSQL database that tests use one after another, emptied each time."""
    return postgres.url(postgres.create(postgres_template))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def storage_url(request: pytest.FixtureRequest) -> str:
    """A migrated database of each kind, perhaps with rows of an earlier test."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_shared_url"
    return str(request.getfixturevalue(name))


@pytest.fixture
async def storage(storage_url: str, clock: ManualClock) -> AsyncIterator[Storage]:
    """An open, empty storage on each kind of database."""
    async with open_storage(storage_url, clock=clock) as opened:
        if opened.address.path is None:
            await empty(opened)
        yield opened


@pytest.fixture
async def sqlite_storage(sqlite_url: str, clock: ManualClock) -> AsyncIterator[Storage]:
    """An open, empty storage on SQLite alone, for tests that are not about the database."""
    async with open_storage(sqlite_url, clock=clock) as opened:
        yield opened


@pytest.fixture(scope="session")
def model_url(programs: Programs) -> Iterator[str]:
    """The offline model, started once: to the bot it is a server like any other. It ends with its input."""
    reads, writes = os.pipe()
    with os.fdopen(writes, "w"), os.fdopen(reads) as stdin:
        process = programs.start("core.offline", "--latency", "0.0", stdin=stdin)
        yield f"http://127.0.0.1:{json.loads(process.stdout.readline())['port']}/v1"
    process.wait(10)
