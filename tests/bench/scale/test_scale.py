"""The world of the bench of size, made small: the product derives it again, and a world that is wrong is seen."""

import pytest
from sqlalchemy import Connection, Update, func, select, update

from storage import open_storage
from storage.schema.tables import labels, ledger, metadata, profiles, spending
from storage.stores.spending import HOUR_MS
from tests.bench.scale.filling import fill
from tests.bench.scale.measuring import bytes_of, measured, roster_of
from tests.bench.scale.proving import wrong
from tests.bench.scale.world import DAY_MS, NOW, Size, servers
from tests.fakes import ManualClock
from tests.storage.hot import LARGE, QUESTIONS

SIZE = Size(labels=1200, members=120, servers=3)


def _rows(connection: Connection) -> dict[str, int]:
    return {t.name: connection.scalar(select(func.count()).select_from(t)) or 0 for t in metadata.sorted_tables}


async def test_a_small_world_is_what_the_product_would_have_made_and_answers_all_that_is_asked(
    database_url: str, clock: ManualClock
) -> None:
    fill(database_url, SIZE)
    async with open_storage(database_url, clock=clock) as storage:
        assert await wrong(storage, SIZE) == []
        rows = await storage._database.read(_rows)
        assert [name for name in LARGE if not rows[name]] == []
        assert 0.9 * SIZE.labels < rows["labels"] < 1.1 * SIZE.labels
        lines = await measured(storage, SIZE)
        assert {what for what, _ in QUESTIONS} < {line.what for line in lines}
        assert (await roster_of(storage))[1] > 0.01
        assert sum(one.bytes for one in await bytes_of(storage)) > 1_000_000


NEWEST = select(func.max(labels.c.updated_at)).scalar_subquery()
CHANGES = (
    update(labels).where(labels.c.updated_at == NEWEST).values(felt={"awe": 0.5}),
    update(profiles).where(profiles.c.unshadowed).values(unshadowed=False),
    update(ledger).where(ledger.c.at > NOW - DAY_MS + HOUR_MS).values(nano_usd=1),
    update(spending).where(spending.c.kind == "member").values(nano_usd=1),
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.table.name)
async def test_a_world_with_other_values_is_seen(sqlite_url: str, clock: ManualClock, change: Update) -> None:
    fill(sqlite_url, SIZE)
    async with open_storage(sqlite_url, clock=clock) as storage:
        assert await storage._database.write(lambda one: one.execute(change).rowcount) > 0
        assert await wrong(storage, SIZE) != []


def test_the_same_seed_makes_the_same_world_and_another_another() -> None:
    one, same, other = (next(servers(Size(200, 20, 1, seed))) for seed in (1, 1, 2))
    assert one == same
    assert one["labels"] != other["labels"]
