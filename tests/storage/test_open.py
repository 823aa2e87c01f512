import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from sqlalchemy import text

from core.vocabulary.errors import StorageError, StorageProblem
from storage import open_storage
from storage.database.address import parse
from storage.database.engine import Database
from storage.database.files import RESERVE_BYTES, beside
from tests.fakes import ManualClock
from tests.storage.made import T0, reacted

CLOCK = ManualClock()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_folder_file_and_log_are_private(tmp_path: Path) -> None:
    path = tmp_path / "data" / "feelprint.db"
    old = os.umask(0)
    try:
        async with open_storage(path, clock=CLOCK) as storage:
            await storage.members.join(1, 1, T0)
            assert mode(path.parent) == 0o700
            assert {mode(file) for file in path.parent.iterdir()} == {0o600}
            assert beside(path, "reserve").stat().st_size == RESERVE_BYTES
            assert path.with_name("feelprint.db-wal").exists()
    finally:
        os.umask(old)


async def test_a_file_that_others_could_read_is_closed_to_them(sqlite_url: str) -> None:
    path = Path(sqlite_url)
    path.chmod(0o644)  # noqa: ASYNC240
    async with open_storage(path, clock=CLOCK):
        assert mode(path) == 0o600


@pytest.mark.parametrize("form", ["{}", "sqlite+aiosqlite:///{}", "sqlite:///{}"])
async def test_path_and_url_mean_the_same_file(tmp_path: Path, form: str) -> None:
    path = tmp_path / "odd name #1?.db" if form == "{}" else tmp_path / "a b.db"
    async with open_storage(form.format(path), clock=CLOCK) as storage:
        await storage.members.join(1, 1, T0)
    assert path.stat().st_size > 0


async def test_what_was_stored_is_there_when_opened_again(database_url: str) -> None:
    async with open_storage(database_url, clock=CLOCK) as storage:
        await storage.members.join(1, 1, T0)
        await storage.labels.apply([reacted(1, 1, "awe")])
    async with open_storage(database_url, clock=CLOCK) as storage:
        assert set(await storage.members.standings()) == {1}
        assert len(await storage.labels.reactions_on([1])) == 1


async def test_one_process_at_a_time_and_others_may_look(sqlite_url: str) -> None:
    async with open_storage(sqlite_url, clock=CLOCK) as storage:
        with pytest.raises(StorageError, match=StorageProblem.IN_USE):
            async with open_storage(sqlite_url, clock=CLOCK):
                pass
        await storage.members.join(1, 1, T0)
        async with open_storage(sqlite_url, clock=CLOCK, read_only=True) as looking:
            assert set(await looking.members.standings()) == {1}
            with pytest.raises(StorageError, match=StorageProblem.FOR_READING):
                await looking.members.join(2, 1, T0)


async def test_every_connection_keeps_the_promises_of_the_database(sqlite_url: str) -> None:
    database = Database(parse(sqlite_url))
    try:

        def pragmas(connection: object) -> dict[str, object]:
            names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "secure_delete", "query_only")
            run = connection.exec_driver_sql  # type: ignore[attr-defined]
            return {name: run(f"PRAGMA {name}").scalar() for name in names}

        writer = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "query_only": 0}
        assert await database.write(pragmas) == {**writer, "busy_timeout": 10_000}
        assert (await database.read(pragmas))["query_only"] == 1
        with pytest.raises(StorageError, match=StorageProblem.READ_ONLY):
            await database.read(lambda connection: connection.execute(text("DELETE FROM members")) and None)
    finally:
        await database.close()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", StorageProblem.NO_FILE),
        ("sqlite:///:memory:", StorageProblem.NO_FILE),
        ("mysql://root:secret@host/db", StorageProblem.UNKNOWN_KIND),
        ("http//nonsense://", f"{StorageProblem.ADDRESS}|{StorageProblem.UNKNOWN_KIND}"),
        ("postgresql+psycopg://me:secret@127.0.0.1:1/db", StorageProblem.AWAY),
        ("postgresql://me:secret@127.0.0.1:1/db", StorageProblem.AWAY),
    ],
)
async def test_an_address_that_leads_nowhere_is_said_without_its_password(url: str, reason: str) -> None:
    with pytest.raises(StorageError, match=reason) as caught:
        async with open_storage(url, clock=CLOCK):
            pass
    assert "secret" not in f"{caught.value} {vars(caught.value)}"


async def test_an_unknown_database_of_a_server_is_said_in_a_sentence(postgres_url: str) -> None:
    with pytest.raises(StorageError, match=StorageProblem.NO_DATABASE):
        async with open_storage(postgres_url.replace("/test", "/nothere"), clock=CLOCK):
            pass


async def test_a_folder_that_cannot_be_made_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match=StorageProblem.NOT_MADE):
        async with open_storage(tmp_path / "file" / "feelprint.db", clock=CLOCK):
            pass


async def test_a_file_that_is_no_database_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Ann, " * 1000)
    with pytest.raises(StorageError, match=StorageProblem.DAMAGED):
        async with open_storage(path, clock=CLOCK):
            pass
    assert path.read_text() == "Dear Ann, " * 1000


async def test_looking_into_what_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=StorageProblem.NOT_OPENED):
        async with open_storage(tmp_path / "none.db", clock=CLOCK, read_only=True):
            pass


ANOTHERS = """
import asyncio, os, sys
from pathlib import Path
from core.vocabulary.clock import SystemClock
from storage import open_storage

path = Path(sys.argv[1])

async def go(member):
    async with open_storage(path, clock=SystemClock()) as storage:
        await storage.members.join(member, 1, 1)

asyncio.run(go(1))
for file in path.parent.iterdir():
    file.chmod(0o666)
path.parent.chmod(0o777)
os.setegid(10001)
os.seteuid(10001)
asyncio.run(go(2))
print("both")
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="takes the rights of another user")
def test_another_users_database_that_may_be_written_is_opened() -> None:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        command = [sys.executable, "-c", ANOTHERS, f"{folder}/f.db"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.stdout.split() == ["both"], done.stderr
