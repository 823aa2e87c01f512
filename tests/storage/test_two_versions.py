"""Two versions over one PostgreSQL while processes are restarted one after the other: expand, then contract.

The version of before goes on reading and writing under the schema of the next, so a migration only adds what can
be done without. What nobody uses any more goes later, in a migration that names since when (`contracts`).
"""

import asyncio
import shutil
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

import storage as package
from core.vocabulary.clock import SystemClock
from storage import Storage, open_storage
from storage.database.address import parse
from storage.schema.upgrade import _directory
from tests.databases import Postgres
from tests.fakes import ManualClock
from tests.storage.made import T0, key, rated
from tests.storage.test_migrations import later, postgres_schema

SINCE = "0018"
"""From here on no migration takes anything from the version before it."""

ADDS = """op.add_column("labels", sa.Column("strength", sa.Integer))
    op.add_column("profiles", sa.Column("shade", sa.Text, server_default="plain", nullable=False))
    op.create_index("ix_labels_strength", "labels", ["strength"])"""
PICTURES = 120


def refused(before: set[tuple[str, ...]], after: set[tuple[str, ...]]) -> list[str]:
    """What the version of before could not read or write under the schema after."""
    columns = {row[1:3]: row[3:] for row in after if row[0] == "column"}
    tables = {row[1] for row in before if row[0] == "column"}
    found = []
    for kind, table, name, *more in before:
        if kind != "column":
            continue
        now = columns.get((table, name))
        if now is None or now[0] != more[0]:
            found.append(f"{table}.{name} is gone or another")
        elif more[1] == "YES" != now[1]:
            found.append(f"{table}.{name} may not be empty any more")
    known = {row[1:3] for row in before}
    for kind, table, name, *more in after:
        if table not in tables or (table, name) in known:
            continue
        if kind == "column" and more[1] == "NO" and not (more[2] or more[3]):
            found.append(f"{table}.{name} cannot be left out")
        if (kind == "constraint" and not more[0].startswith("NOT NULL")) or (
            kind == "index" and "UNIQUE" in more[0]
        ):
            found.append(f"{table} has a new rule: {name}")
    return sorted(found)


def up_to(folder: Path, revision: str) -> str:
    """The migrations up to a revision."""
    scripts = shutil.copytree(Path(package.__file__).parent / "migrations", folder / f"up_to_{revision}")
    for migration in scripts.glob("versions/m*.py"):
        if migration.name[1:5] > revision:
            migration.unlink()
    return str(scripts)


async def schema_under(postgres: Postgres, scripts: str) -> set[tuple[str, ...]]:
    url = postgres.url(postgres.create())
    async with open_storage(url, clock=ManualClock(), scripts=scripts):
        pass
    engine = create_engine(parse(url).url or "")
    with engine.connect() as connection:
        found = postgres_schema(connection)
    engine.dispose()
    return found


async def test_no_migration_takes_from_the_version_before_it(postgres: Postgres, tmp_path: Path) -> None:
    revisions = sorted(script.revision for script in _directory("storage:migrations").walk_revisions())
    before = await schema_under(postgres, up_to(tmp_path, SINCE))
    for revision in (one for one in revisions if one > SINCE):
        after = await schema_under(postgres, up_to(tmp_path, revision))
        (file,) = (Path(package.__file__).parent / "migrations" / "versions").glob(f"m{revision}_*.py")
        unused_since = getattr(import_module(f"storage.migrations.versions.{file.stem}"), "contracts", "")
        assert refused(before, after) == [] or SINCE <= unused_since < revision, revision
        before = after


@pytest.mark.parametrize(
    ("then", "told"),
    [
        (ADDS, []),
        ('op.drop_column("labels", "first_at")', ["labels.first_at is gone or another"]),
        (
            'op.add_column("labels", sa.Column("n", sa.Integer, nullable=False))',
            ["labels.n cannot be left out"],
        ),
        (
            'op.create_unique_constraint("one_each", "labels", ["member_id"])',
            ["labels has a new rule: one_each"] * 2,
        ),
        (
            'op.alter_column("servers", "notices_channel", nullable=False)',
            ["servers.notices_channel may not be empty any more"],
        ),
    ],
)
async def test_a_migration_that_takes_something_is_seen(
    postgres: Postgres, tmp_path: Path, then: str, told: list[str]
) -> None:
    before = await schema_under(postgres, "storage:migrations")
    assert refused(before, await schema_under(postgres, later(tmp_path, "9999", then=then))) == told


async def test_the_version_of_before_goes_on_while_the_next_migrates_and_after_it(
    postgres: Postgres, postgres_url: str, tmp_path: Path
) -> None:
    async with open_storage(postgres_url, clock=SystemClock()) as old:
        await old.members.join(1, 1, T0)
        labelling = asyncio.create_task(_labels(old))
        await asyncio.sleep(0.2)
        async with open_storage(
            postgres_url, clock=SystemClock(), scripts=later(tmp_path, "9999", then=ADDS)
        ) as new:
            await labelling
            assert len(await new.labels.labels(key(1))) == PICTURES
        profile = await old.labels.profile(key(1))
    assert profile is not None
    assert profile.labels == PICTURES


async def _labels(storage: Storage) -> None:
    """A label after the other, for as long as a migration takes and longer."""
    for turn in range(PICTURES):
        refused: Any = await storage.labels.apply([rated(1, turn, ("awe", "fear")[turn % 2], at=turn)])
        assert refused is not None
        await asyncio.sleep(0.01)
