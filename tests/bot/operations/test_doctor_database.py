"""`doctor` looks at the database, and changes nothing."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from bot.host.settings import Settings
from bot.operations import doctor
from bot.operations.doctor import Finding
from bot.operations.keeping import restored
from bot.words.problems import sentence
from core.vocabulary.errors import StorageError, StorageProblem
from storage import open_storage
from storage.copying import back_up
from storage.database.address import parse
from tests.databases import Postgres
from tests.fakes import ManualClock
from tests.storage.lives import live
from tests.storage.test_copying import damaged
from tests.storage.test_migrations import later

CLOCK = ManualClock()


async def found(database: str) -> Finding:
    return await doctor._database(Settings(_env_file=None).model_copy(update={"database": database}))


def held_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def held(path: Path) -> tuple[set[str], list[str]]:
    """The files that there are, and all that the database holds."""
    names = {file.name for file in path.parent.iterdir()}
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return names, list(connection.iterdump())


async def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    finding = await found(str(tmp_path / "data" / "feelprint.db"))
    assert "`feelprint run` makes" in finding.sentence
    assert finding.exit_code == 0
    assert held_in(tmp_path) == []


async def test_a_file_is_written_to_and_is_the_same_afterwards(sqlite_url: str) -> None:
    before = held(Path(sqlite_url))
    assert "can be written" in (await found(sqlite_url)).sentence
    assert held(Path(sqlite_url)) == before


async def test_a_file_that_is_in_use_is_looked_at(sqlite_url: str) -> None:
    async with open_storage(sqlite_url, clock=CLOCK):
        finding = await found(sqlite_url)
    assert finding.warning
    assert "in use by another Feelprint" in finding.sentence
    assert "stop that one" not in finding.sentence, "it is the bot, and does what it should"


async def test_damage_is_found_and_the_newest_good_copy_named(sqlite_url: str) -> None:
    async with open_storage(sqlite_url, clock=CLOCK) as storage:
        await live(storage, 11, range(5))
    copy = (await back_up(sqlite_url, None, CLOCK)).path
    damaged(Path(sqlite_url))
    with pytest.raises(StorageError) as caught:
        await found(sqlite_url)
    assert f"`feelprint restore {copy}`" in sentence(caught.value)


async def test_what_is_no_copy_is_told_as_such_and_not_as_the_database(sqlite_url: str, tmp_path: Path) -> None:
    settings = Settings(_env_file=None).model_copy(update={"database": sqlite_url})
    (tmp_path / "notes.txt").write_text("no database at all")
    with pytest.raises(StorageError) as caught:
        await restored(settings, tmp_path / "notes.txt")
    assert sentence(caught.value) == (
        f"The file {tmp_path / 'notes.txt'} is damaged, or no copy of Feelprint's database; choose another one. "
        "Nothing was changed."
    )
    damaged(Path(sqlite_url))
    with pytest.raises(StorageError, match=StorageProblem.NO_GOOD_COPY):
        await restored(settings, Path(sqlite_url))


async def test_an_older_database_is_told_and_not_migrated(database_url: str, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("storage.looking.check", _as_if_older(tmp_path))
        finding = await found(database_url)
    assert "of an older Feelprint" in finding.sentence
    assert finding.warning
    async with open_storage(database_url, clock=CLOCK, read_only=True):
        pass


def _as_if_older(tmp_path: Path):  # type: ignore[no-untyped-def]
    from storage.schema import upgrade

    scripts = later(tmp_path, "9999")
    return lambda database: upgrade.check(database, scripts)


async def test_a_server_is_written_to_and_holds_the_same_afterwards(postgres: Postgres, postgres_url: str) -> None:
    counts = "SELECT relname, n_live_tup FROM pg_stat_user_tables ORDER BY 1"
    before = _rows(postgres, postgres_url, counts)
    finding = await found(postgres_url)
    assert (finding.exit_code, finding.warning) == (0, False)
    assert "can be written" in finding.sentence
    assert _rows(postgres, postgres_url, counts) == before


async def test_an_empty_server_gets_no_tables(postgres: Postgres) -> None:
    url = postgres.url(postgres.create())
    assert "`feelprint run` makes" in (await found(url)).sentence
    assert _rows(
        postgres, url, "SELECT count(*) FROM pg_class WHERE relnamespace::regnamespace::text = 'public'"
    ) == [(0,)]


async def test_a_role_that_may_not_delete_is_told_so(postgres: Postgres, postgres_url: str) -> None:
    name = str(parse(postgres_url).url.database)  # type: ignore[union-attr]
    postgres._do(f"CREATE ROLE {name}")
    postgres._do(f"ALTER ROLE {name} LOGIN")
    _rows(postgres, postgres_url, f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {name}")
    _rows(postgres, postgres_url, f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}")
    with pytest.raises(StorageError, match=StorageProblem.RIGHTS) as caught:
        await found(postgres_url.replace("postgres@", f"{name}@"))
    assert "DELETE on" in sentence(caught.value)
    postgres._do(f"ALTER ROLE {name} CONNECTION LIMIT 3")
    _rows(postgres, postgres_url, f"GRANT DELETE ON ALL TABLES IN SCHEMA public TO {name}")
    finding = await found(postgres_url.replace("postgres@", f"{name}@"))
    assert finding.warning
    assert "room for 3 connections" in finding.sentence
    _rows(postgres, postgres_url, f"DROP OWNED BY {name}")
    postgres._do(f"DROP ROLE {name}")


def _rows(postgres: Postgres, url: str, statement: str) -> list[tuple[object, ...]]:
    import psycopg

    name = str(parse(url).url.database)  # type: ignore[union-attr]
    given = {"host": postgres._socket, "user": "postgres", "dbname": name}
    with psycopg.connect(**given, autocommit=True) as connection:  # type: ignore[arg-type]
        cursor = connection.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


@pytest.mark.parametrize(
    ("address", "hidden"),
    [
        ("postgresql://me:se@cret@host/db", {"se@cret"}),
        ("postgresql://me:se%40cret@host/db", {"se%40cret", "se@cret"}),
        ("host=h password=secretly user=me", {"secretly"}),
        ("postgresql:///db?host=/x&password=secretly", {"secretly"}),
        ("data/feelprint.db", set()),
    ],
)
def test_the_databases_password_never_appears_in_a_log(address: str, hidden: set[str]) -> None:
    settings = Settings(_env_file=None).model_copy(update={"database": address})
    assert set(settings.secrets) == hidden
    assert not any(password in repr(settings) for password in hidden)
