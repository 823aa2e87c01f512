import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from procrastinate import App, PsycopgConnector
from sqlalchemy import create_engine

import storage as package
from core.ports import Ability, Caps, Profile, Purchase, RunReport, TuningPolicy
from core.vocabulary.consent import ANYWHERE, EVERYBODY, Yes, YesTo
from core.vocabulary.errors import StorageError, StorageProblem
from core.vocabulary.feelprint import RuleRecord
from core.vocabulary.moments import moment_of
from core.vocabulary.own_moods import FIRST
from core.vocabulary.reasons import Mode, RuleReason, RuleStatus, RunReason, RunResult
from core.vocabulary.server_settings import ServerSettings
from storage import open_storage
from storage.database import holder
from storage.database.address import parse
from storage.database.backup import backups
from storage.database.engine import Database
from storage.schema.tables import metadata
from storage.schema.upgrade import SCRIPTS
from tests.databases import Postgres
from tests.fakes import ManualClock
from tests.storage.lives import answer, rule
from tests.storage.made import SET, T0, hash_of, image, key, rated, reacted, withdrew

CLOCK = ManualClock()
HEAD = "0025"
UNDO_0023 = (
    "ALTER TABLE members DROP COLUMN told_at_press",
    "ALTER TABLE servers DROP COLUMN member_usd_per_day",
)
UNDO_0022 = (*UNDO_0023, "ALTER TABLE servers DROP COLUMN usd_per_day")
UNDO_0021 = (*UNDO_0022, "DROP TABLE donors")
UNDO_0020 = (*UNDO_0021, "DROP TABLE own_moods")
UNDO_0019 = (
    *UNDO_0020,
    *(f"DROP TABLE {table}" for table in ("guesses", "subjects", "games", "players")),
    "ALTER TABLE servers DROP COLUMN game_channel",
)
UNDO_0017 = (
    *UNDO_0019,
    "DROP INDEX ix_ledger_single",
    "ALTER TABLE ledger DROP COLUMN calls",
)
UNDO_0013 = (
    *UNDO_0017,
    "DROP TABLE moods",
    "DROP TABLE warnings",
    "ALTER TABLE servers DROP COLUMN notices_channel",
    "ALTER TABLE servers DROP COLUMN left_at",
    "ALTER TABLE servers DROP COLUMN label_roles",
    "ALTER TABLE servers DROP COLUMN ask_roles",
    "DROP TABLE notices",
    "ALTER TABLE profiles DROP COLUMN asked",
    "DROP INDEX ix_ledger_reserved",
    "ALTER TABLE ledger DROP COLUMN question",
    "ALTER TABLE ledger DROP COLUMN holder",
)
UNDO_0010 = (
    *UNDO_0013,
    "DROP TABLE askable",
    "DROP TABLE yeses",
    "ALTER TABLE rules DROP COLUMN written_at",
)
UNDO_0008 = (
    *UNDO_0010,
    "DROP INDEX ix_ratings_server_id",
    "DROP TABLE abilities",
    "DROP INDEX ix_ledger_key",
    "ALTER TABLE ledger DROP COLUMN key",
    "ALTER TABLE ledger DROP COLUMN shared",
)
UNDO_0007 = (
    "DROP TABLE exclusions",
    "DROP TABLE ratings",
    "CREATE TABLE ratings (member_id BIGINT NOT NULL, image_hash TEXT NOT NULL, label_set_id TEXT NOT NULL,"
    " emotions JSON NOT NULL, server_id BIGINT, at BIGINT NOT NULL, CONSTRAINT fk_ratings_member_id"
    " FOREIGN KEY(member_id) REFERENCES members (member_id) ON DELETE CASCADE, CONSTRAINT fk_ratings_image_hash"
    " FOREIGN KEY(image_hash) REFERENCES images (hash),"
    " CONSTRAINT pk_ratings PRIMARY KEY (member_id, image_hash, label_set_id))",
    "CREATE INDEX ix_ratings_image_hash ON ratings (image_hash)",
    "DROP INDEX ix_sightings_author_id",
    *(
        f"ALTER TABLE sightings DROP COLUMN {column}"
        for column in ("author_id", "parent_id", "spoiler", "nsfw", "counts")
    ),
)
UNDO_0006 = (
    "DROP TABLE spending",
    "DROP INDEX ix_answers_asked_by",
    "ALTER TABLE answers DROP COLUMN asked_by",
)
UNDO_0005 = (
    *(f"DROP TABLE {table}" for table in ("declined", "snapshots", "walks", "pasts")),
    "ALTER TABLE members DROP COLUMN counts_from",
    "ALTER TABLE servers DROP COLUMN bot_id",
    "ALTER TABLE sightings DROP COLUMN source",
)
NEXT = """
from alembic import op
import sqlalchemy as sa
revision, down_revision = "{name}", "{before}"
def upgrade():
    op.create_table("extra_{name}", sa.Column("n", sa.Integer, primary_key=True))
    op.execute("UPDATE members SET consent_version = consent_version + 1")
    {then}
"""


def later(folder: Path, *names: str, then: str = "pass") -> str:
    """The migrations of a later Feelprint: ours and some more."""
    scripts = folder / "later"
    shutil.copytree(Path(package.__file__).parent / "migrations", scripts, dirs_exist_ok=True)
    before = HEAD
    for name in names:
        last = then if name == names[-1] else "pass"
        (scripts / "versions" / f"m{name}.py").write_text(NEXT.format(name=name, before=before, then=last))
        before = name
    return str(scripts)


def run_sql(url: str, *statements: str) -> list[Any]:
    """Run statements in one transaction; the first column of what the last one found."""
    address = parse(url)
    if address.url is None:
        with closing(sqlite3.connect(str(address.path))) as file, file:
            return _first_column([file.execute(statement) for statement in statements][-1])
    where = address.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(where) as connection:
        return _first_column([connection.execute(statement.encode()) for statement in statements][-1])


def _first_column(found: Any) -> list[Any]:
    return [row[0] for row in found] if found.description else []


async def with_a_label(url: str) -> None:
    async with open_storage(url, clock=CLOCK) as storage:
        await storage.members.join(1, 1, T0)
        await storage.labels.apply([reacted(1, 1, "awe")])


async def test_an_older_database_is_copied_then_migrated(database_url: str, tmp_path: Path) -> None:
    await with_a_label(database_url)
    async with open_storage(database_url, clock=CLOCK, scripts=later(tmp_path, "8888", "9999")) as storage:
        assert len(await storage.labels.labels(key(1))) == 1
    assert run_sql(database_url, "SELECT version_num FROM alembic_version") == ["9999"]
    assert run_sql(database_url, "SELECT consent_version FROM members") == [3]
    if path := parse(database_url).path:
        (backup,) = backups(path)
        assert backup.stat().st_mode & 0o777 == 0o600
        with sqlite3.connect(backup) as copy:
            assert copy.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]
            assert copy.execute("SELECT count(*) FROM labels").fetchall() == [(1,)]
            assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def test_a_profile_of_before_is_kept_and_counts_all_labels_of_its_last_run(database_url: str) -> None:
    """As the second revision had it: a table whose rows must survive being made anew."""
    await with_a_label(database_url)
    run_sql(
        database_url,
        *UNDO_0008,
        *UNDO_0007,
        *UNDO_0006,
        *UNDO_0005,
        "DELETE FROM profiles",
        "DROP INDEX ix_profiles_due",
        "ALTER TABLE profiles DROP COLUMN lasting",
        "CREATE INDEX ix_profiles_due ON profiles"
        " (last_label_at, retry_at, waiting, labels_at_run, member_id, label_set_id) WHERE waiting > 0",
        "INSERT INTO profiles (member_id, label_set_id, labels, counts, emotions, last_label_at, labels_at_run,"
        " min_labels, min_emotions, retry_at, unshadowed)"
        f" VALUES (1, '{SET}', 44, '{{\"awe\": 44}}', 1, 5, 40, 12, 3, 0, false)",
        "UPDATE alembic_version SET version_num = '0002'",
    )
    async with open_storage(database_url, clock=CLOCK) as storage:
        profile = await storage.labels.profile(key(1))
        assert profile == Profile(key(1), 44, {"awe": 44}, 5, 40, 12, 3, 0, lasting=40)
        policy = TuningPolicy()
        assert await storage.due.for_run(10**6, policy, limit=9) == ()
        run_sql(database_url, "UPDATE profiles SET labels = 48")
        assert await storage.due.for_run(10**6, policy, limit=9) == (key(1),)


async def test_whoever_joined_before_moments_were_kept_counts_from_when_they_joined(database_url: str) -> None:
    await with_a_label(database_url)
    run_sql(
        database_url,
        *UNDO_0008,
        *UNDO_0007,
        *UNDO_0006,
        *UNDO_0005,
        "UPDATE alembic_version SET version_num = '0004'",
    )
    async with open_storage(database_url, clock=CLOCK) as storage:
        assert await storage.members.starts() == {1: moment_of(T0)}
        assert len(await storage.labels.labels(key(1))) == 1
        assert await storage.labels.seen(1) is not None


async def test_a_rating_and_a_sighting_of_before_are_kept_and_count(database_url: str) -> None:
    await with_a_label(database_url)
    rated = (
        f"INSERT INTO ratings (member_id, image_hash, label_set_id, emotions, at)"
        f" VALUES (1, '{hash_of(1)}', '{SET}', '[\"fear\"]', {T0 - 9})"
    )
    run_sql(database_url, *UNDO_0008, *UNDO_0007, rated, "UPDATE alembic_version SET version_num = '0006'")
    async with open_storage(database_url, clock=CLOCK) as storage:
        await storage.servers.save(ServerSettings(5, frozenset({99})))
        assert await storage.labels.misjudged(5, limit=9) == ()
        await storage.labels.apply([reacted(1, 1, "anger", at=1)])
        (label,) = await storage.labels.labels(key(1))
        assert label.emotions == {"awe", "fear", "anger"}
        await storage.labels.apply([withdrew(1, 1, emotion) for emotion in ("awe", "anger")])
        assert await storage.labels.image(hash_of(1)) is not None


async def test_of_a_database_of_before_nothing_is_known_of_model_servers_yet(database_url: str) -> None:
    await with_a_label(database_url)
    run_sql(database_url, *UNDO_0008, "UPDATE alembic_version SET version_num = '0007'")
    async with open_storage(database_url, clock=CLOCK) as storage:
        here = "http://localhost/v1"
        assert await storage.abilities.shown(here, 0) == ()
        await storage.abilities.keep(Ability(here, "m", {"room": 9}, 2**40))
        assert await storage.abilities.shown(here, 2**40) == (Ability(here, "m", {"room": 9}, 2**40),)
        assert len(await storage.labels.labels(key(1))) == 1


async def test_a_run_and_its_rules_of_before_are_kept_and_what_is_done_by_hand_fits(database_url: str) -> None:
    await with_a_label(database_url)
    report = RunReport("before", 1, SET, Mode.RULES, 1, 12, T0, T0 + 1, RunResult.KEPT, RunReason.STILL_BEST)
    record = RuleRecord(rule(1), RuleStatus.UNUSED, reason=RuleReason.NO_GAIN)
    async with open_storage(database_url, clock=CLOCK) as storage:
        assert await storage.runs.finish(report, rules=[record])
    run_sql(database_url, *UNDO_0010, "UPDATE alembic_version SET version_num = '0009'")
    async with open_storage(database_url, clock=CLOCK) as storage:
        assert await storage.runs.last(key(1)) == report
        assert await storage.runs.rules(key(1)) == (record,)
        struck = replace(record, reason=RuleReason.STRUCK)
        after = replace(report, run_id="after", reason=RunReason.RULE_STRUCK)
        assert await storage.runs.finish(after, rules=[struck])
        assert await storage.runs.rules(key(1)) == (struck,)


async def test_what_was_reserved_before_anybody_noted_by_whom_counts_as_spent(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holder, "GRACE_S", 0.0)
    async with open_storage(database_url, clock=CLOCK) as storage:
        assert await storage.answers.reserve(Purchase(T0, "alone", None, "m", 0.5), Caps())
    run_sql(database_url, *UNDO_0013, "UPDATE alembic_version SET version_num = '0012'")
    async with open_storage(database_url, clock=CLOCK) as storage:
        assert await storage.answers.close_reservations() == 1
        assert (await storage.answers.spent(T0))["alone"].usd == 0.5


async def test_every_line_of_a_ledger_of_before_is_one_call(database_url: str) -> None:
    await with_a_label(database_url)
    async with open_storage(database_url, clock=CLOCK) as storage:
        await answer(storage, "first", "text", owner=1)
        await answer(storage, "second", "text", owner=1)
    run_sql(database_url, *UNDO_0017, "UPDATE alembic_version SET version_num = '0017'")
    async with open_storage(database_url, clock=CLOCK) as storage:
        assert await storage.answers.calls() == {"predict": 2}
        assert await storage.retention.sum_up(T0 + 1, limit=9) == 2
        assert await storage.answers.calls() == {"predict": 2}


async def test_in_a_database_of_before_games_no_server_has_one_and_nobody_said_yes(database_url: str) -> None:
    async with open_storage(database_url, clock=CLOCK) as storage:
        await storage.members.join(1, 1, T0)
        await storage.servers.save(ServerSettings(5))
    run_sql(database_url, *UNDO_0019, "UPDATE alembic_version SET version_num = '0019'")
    async with open_storage(database_url, clock=CLOCK) as storage:
        assert (await storage.servers.settings(5)).game_channel is None
        assert await storage.yeses.said(1) == ()
        assert await storage.games.running() == ()


async def test_whoever_was_a_member_before_there_were_moods_has_the_first_with_all_that_is_theirs(
    database_url: str,
) -> None:
    await with_a_label(database_url)
    run_sql(database_url, *UNDO_0020, "UPDATE alembic_version SET version_num = '0020'")
    async with open_storage(database_url, clock=CLOCK) as storage:
        assert [(kept.mood, kept.active, kept.labels) for kept in await storage.own_moods.listed(1)] == [
            (FIRST, True, 1)
        ]
        assert await storage.own_moods.make(1, "evening", T0)


async def test_in_a_database_of_before_budgets_no_server_chose_one(database_url: str) -> None:
    async with open_storage(database_url, clock=CLOCK) as storage:
        await storage.servers.save(ServerSettings(5))
    run_sql(database_url, *UNDO_0022, "UPDATE alembic_version SET version_num = '0022'")
    async with open_storage(database_url, clock=CLOCK) as storage:
        assert (await storage.servers.settings(5)).usd_per_day is None
        await storage.servers.save(ServerSettings(5, usd_per_day=0.5))
        assert (await storage.servers.settings(5)).usd_per_day == 0.5


async def test_in_a_database_of_before_these_choices_nobody_has_made_one_and_one_can(database_url: str) -> None:
    await with_a_label(database_url)
    async with open_storage(database_url, clock=CLOCK) as storage:
        await storage.servers.save(ServerSettings(5, usd_per_day=0.5))
    run_sql(database_url, *UNDO_0023, "UPDATE alembic_version SET version_num = '0023'")
    async with open_storage(database_url, clock=CLOCK) as storage:
        assert await storage.servers.settings(5) == ServerSettings(5, usd_per_day=0.5)
        await storage.servers.save(ServerSettings(5, member_usd_per_day=0.1))
        assert (await storage.servers.settings(5)).member_usd_per_day == 0.1
        assert not await storage.notices.at_press(1)
        await storage.notices.choose(1, at_press=True)
        assert await storage.notices.at_press(1)


async def test_what_was_taken_back_before_is_gone_to_the_last_byte(
    database_url: str,
) -> None:
    async with open_storage(database_url, clock=CLOCK) as storage:
        await storage.members.join(1, 1, T0)
        await storage.members.join(2, 1, T0)
        mine = [
            reacted(1, 1, "awe", at=3),
            reacted(1, 2, "awe"),
            reacted(1, 3, "fear"),
            reacted(1, 3, "awe", at=9),
        ]
        await storage.labels.apply([*mine, reacted(2, 2, "fear"), rated(1, 3, "anger", at=5)])
    back = (
        f"INSERT INTO ratings (member_id, image_hash, label_set_id, emotions, at)"
        f" VALUES (1, '{hash_of(n)}', '{SET}', '[]', {T0 + 5})"
        for n in (1, 2)
    )
    gone = f"DELETE FROM labels WHERE member_id = 1 AND image_hash IN ('{hash_of(1)}', '{hash_of(2)}')"
    run_sql(database_url, *back, gone, "UPDATE alembic_version SET version_num = '0024'")
    async with open_storage(database_url, clock=CLOCK) as storage:
        await storage.eraser.idle()
        kept = await storage.labels.reactions_on([1, 2, 3])
        assert {(message, member) for message, member, *_ in kept} == {(2, 2), (3, 1)}
        assert [await storage.labels.image(hash_of(n)) is not None for n in (1, 2, 3)] == [False, True, True]
        known = await storage.walks.known([1, 2, 3])
        assert [len(known[n].declined) for n in (1, 2, 3)] == [1, 1, 0]
        assert [label.image_hash for label in await storage.labels.labels(key(1))] == [hash_of(3)]
    if path := parse(database_url).path:
        assert image(1).jpeg not in path.read_bytes()
        assert image(2).jpeg in path.read_bytes()


async def test_in_a_database_of_before_research_nobody_said_yes_to_it_and_one_can(database_url: str) -> None:
    await with_a_label(database_url)
    run_sql(database_url, *UNDO_0021, "UPDATE alembic_version SET version_num = '0021'")
    async with open_storage(database_url, clock=CLOCK) as storage:
        assert (await storage.donations.all()).given == ()
        await storage.yeses.say(Yes(1, ANYWHERE, EVERYBODY, YesTo.RESEARCH), T0)
        assert len((await storage.donations.all()).given) == 1


async def test_a_new_or_current_database_needs_no_backup(tmp_path: Path) -> None:
    path = tmp_path / "feelprint.db"
    for _ in range(2):
        await with_a_label(str(path))
    assert backups(path) == []


async def test_a_database_that_has_no_revision_yet_but_its_table_is_filled(postgres: Postgres) -> None:
    url = postgres.url(postgres.create())
    run_sql(url, "CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
    await with_a_label(url)


async def test_the_last_three_backups_are_kept(sqlite_url: str, tmp_path: Path) -> None:
    await with_a_label(sqlite_url)
    clock = ManualClock()
    for name in ("5", "6", "7", "8", "9"):
        clock.advance(seconds=1)
        names = [str(n) for n in range(5, int(name) + 1)]
        async with open_storage(sqlite_url, clock=clock, scripts=later(tmp_path / name, *names)):
            pass
    assert [file.name.rsplit("-", 1)[1] for file in backups(Path(sqlite_url))] == ["6", "7", "8"]


async def test_a_migration_that_fails_leaves_the_schema_of_the_one_before(
    database_url: str, tmp_path: Path
) -> None:
    await with_a_label(database_url)
    scripts = later(tmp_path, "8888", "9999", then="op.execute('SELECT broken FROM nowhere')")
    with pytest.raises(StorageError):
        async with open_storage(database_url, clock=CLOCK, scripts=scripts):
            pass
    assert run_sql(database_url, "SELECT version_num FROM alembic_version") == ["8888"]
    assert run_sql(database_url, "SELECT consent_version FROM members") == [2]
    with pytest.raises(Exception, match="extra_9999"):
        run_sql(database_url, "SELECT n FROM extra_9999")


async def test_a_newer_database_is_refused_and_left_untouched(database_url: str, tmp_path: Path) -> None:
    await with_a_label(database_url)
    async with open_storage(database_url, clock=CLOCK, scripts=later(tmp_path, "9999")):
        pass
    path = parse(database_url).path
    before = path.read_bytes() if path else b""
    for read_only in (False, True):
        with pytest.raises(StorageError, match=StorageProblem.NEWER):
            async with open_storage(database_url, clock=CLOCK, read_only=read_only):
                pass
    assert run_sql(database_url, "SELECT version_num FROM alembic_version") == ["9999"]
    if path:
        assert path.read_bytes() == before


async def test_a_database_of_something_else_is_refused_and_left_untouched(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    run_sql(str(path), "CREATE TABLE recipes (name TEXT)")
    before = path.read_bytes()
    with pytest.raises(StorageError, match=StorageProblem.FOREIGN):
        async with open_storage(path, clock=CLOCK):
            pass
    assert path.read_bytes() == before


async def test_an_older_database_cannot_be_looked_into(sqlite_url: str, tmp_path: Path) -> None:
    scripts = later(tmp_path, "9999")
    with pytest.raises(StorageError, match=StorageProblem.OLDER):
        async with open_storage(sqlite_url, clock=CLOCK, read_only=True, scripts=scripts):
            pass


def sqlite_schema(connection: Any) -> set[tuple[str, ...]]:
    rows = connection.exec_driver_sql(
        "SELECT type, name, sql FROM sqlite_master WHERE tbl_name != 'alembic_version'"
    )
    # A table that a migration had to make anew is named in quotes.
    return {(kind, name, " ".join((sql or "").replace(f'"{name}"', name).split())) for kind, name, sql in rows}


def postgres_schema(connection: Any) -> set[tuple[str, ...]]:
    query = """
        SELECT 'column', table_name, column_name, data_type, is_nullable, coalesce(column_default, ''),
               coalesce(generation_expression, '')
        FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT 'index', tablename, indexname, indexdef, '', '', '' FROM pg_indexes
        WHERE schemaname = 'public'
        UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '', ''
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """
    rows = {tuple(row) for row in connection.exec_driver_sql(query) if row[1] != "alembic_version"}
    return {row for row in rows if not row[1].startswith("procrastinate")}  # compared with its own below


async def test_the_newest_revision_is_exactly_the_schema_of_the_tables(
    database_url: str, postgres: Postgres, tmp_path: Path
) -> None:
    sqlite = parse(database_url).path is not None
    made = str(tmp_path / "made.db") if sqlite else postgres.url(postgres.create())
    schema: Callable[[Any], set[tuple[str, ...]]] = sqlite_schema if sqlite else postgres_schema
    found = []
    for url in (database_url, made):
        database = Database(parse(url))
        if url == made:
            engine = create_engine(parse(made).url or f"sqlite:///{made}")
            metadata.create_all(engine)
            engine.dispose()
        found.append(await database.read(schema))
        await database.close()
    assert found[0] == found[1]
    assert len(found[0]) > 30


async def test_the_queue_is_exactly_that_of_the_installed_procrastinate(
    postgres_url: str, postgres: Postgres
) -> None:
    """A release that changes it needs a migration of ours."""
    query = """
        SELECT 'column', table_name, column_name || ' ' || data_type, coalesce(column_default, '')
        FROM information_schema.columns WHERE table_name LIKE 'procrastinate%%'
        UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes
        WHERE tablename LIKE 'procrastinate%%'
        UNION ALL SELECT 'function', proname, prosrc, '' FROM pg_proc WHERE proname LIKE 'procrastinate%%'
        UNION ALL SELECT 'trigger', tgname, pg_get_triggerdef(oid), '' FROM pg_trigger
        WHERE tgname LIKE 'procrastinate%%'
        UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid), '' FROM pg_constraint
        WHERE conrelid::regclass::text LIKE 'procrastinate%%'
        UNION ALL SELECT 'value', enumtypid::regtype::text, enumlabel, '' FROM pg_enum
    """
    theirs = postgres.url(postgres.create())
    async with App(connector=PsycopgConnector(conninfo=theirs.replace("+psycopg", ""))).open_async() as app:
        await app.schema_manager.apply_schema_async()
    found = []
    for url in (postgres_url, theirs):
        database = Database(parse(url))
        found.append(await database.read(lambda connection: set(map(tuple, connection.exec_driver_sql(query)))))
        await database.close()
    assert found[0] == found[1]
    assert len(found[0]) > 60


def test_the_scripts_are_found_as_a_package() -> None:
    assert SCRIPTS == "storage:migrations"
