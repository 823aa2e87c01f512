import asyncio
import sqlite3
import threading
import warnings
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Select, insert, select

from core.vocabulary.errors import StorageError, StorageProblem
from storage.database.address import parse
from storage.database.driver import HANDFUL, Cursor, opener
from storage.database.engine import Database, outside
from storage.schema.queries import many
from storage.schema.tables import tombstones
from tests.storage.test_leaving import threads_end

NUMBERS = select(tombstones.c.gone_id).order_by(tombstones.c.gone_id)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(parse(database_url))
    yield database
    await database.close()


def fill(connection: Connection) -> None:
    connection.execute(insert(tombstones), [{"gone_id": n, "at": 0} for n in range(3 * HANDFUL)])


@pytest.mark.parametrize("count", [0, 1, HANDFUL - 1, HANDFUL, HANDFUL + 1, 2 * HANDFUL, 2 * HANDFUL + 7])
async def test_every_way_of_taking_rows_gives_each_of_them_once(database: Database, count: int) -> None:
    def ways(connection: Connection, query: Select[tuple[int]]) -> list[list[int]]:
        result = connection.execute(query)
        few = connection.execute(query.execution_options(yield_per=7))
        return [
            list(connection.scalars(query)),
            [n for (n,) in connection.execute(query).all()],
            [row.gone_id for row in many(connection, query)],
            [n for some in few.scalars().partitions() for n in some],
            [*(n for (n,) in result.fetchmany(3)), *(n for (n,) in result.fetchmany(5)), *result.scalars()],
        ]

    await database.write(fill)
    found = await database.read(ways, NUMBERS.limit(count))
    assert found == [list(range(count))] * len(found)


async def test_a_small_statement_changes_threads_once_and_closing_lets_go_of_a_large_one(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = await opener(sqlite_url, reads=False)()
    changes = 0
    puts = connection._tx.put_nowait

    class Counting:
        def put_nowait(self, item: object) -> None:
            nonlocal changes
            changes += 1
            puts(item)  # type: ignore[arg-type]

    monkeypatch.setattr(connection, "_tx", Counting())
    cursor = connection.cursor()
    assert isinstance(cursor, Cursor)
    await cursor.execute("SELECT 1 UNION SELECT 2")
    assert await cursor.fetchall() == [(1,), (2,)]
    await cursor.close()
    assert changes == 1
    await cursor.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n")
    await cursor.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed cursor"):
        cursor._cursor.fetchone()
    await connection.close()


async def test_a_statement_that_was_left_half_read_holds_nobody_up(sqlite_url: str) -> None:
    database = Database(parse(sqlite_url))

    def peek(connection: Connection) -> int:
        return next(many(connection, NUMBERS)).gone_id

    await database.write(fill)
    assert await asyncio.gather(*(database.read(peek) for _ in range(20))) == [0] * 20
    ((busy, *_),) = await database.maintain(outside, "PRAGMA wal_checkpoint(TRUNCATE)")
    assert busy == 0
    await database.close()


async def test_a_reader_sees_one_snapshot_a_transaction_and_the_newest_in_the_next(sqlite_url: str) -> None:
    writer, reader = await opener(sqlite_url, reads=False)(), await opener(sqlite_url, reads=True)()

    async def seen() -> int:
        cursor = reader.cursor()
        await cursor.execute("SELECT count(*) FROM tombstones")  # type: ignore[attr-defined]
        return int((await cursor.fetchall())[0][0])  # type: ignore[attr-defined]

    counts = []
    for n, end in enumerate([reader.commit, reader.rollback, reader.commit]):
        counts.append(await seen())
        await writer.execute("INSERT INTO tombstones VALUES (?, 0)", (n,))
        counts.append(await seen())
        await end()
    assert counts == [0, 0, 1, 1, 2, 2]
    await reader.close()
    await writer.close()


async def test_a_connection_that_cannot_be_used_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Ann, " * 1000)
    before = threading.enumerate()
    database = Database(parse(str(path)))
    with warnings.catch_warnings(record=True) as noise:
        warnings.simplefilter("always")
        with pytest.raises(StorageError, match=StorageProblem.DAMAGED):
            await database.write(fill)
        await database.close()
    assert [str(warning.message) for warning in noise] == []
    assert await threads_end(before)


async def test_a_file_that_cannot_be_opened_leaves_no_thread_that_tells_a_closed_loop(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with pytest.raises(sqlite3.OperationalError):
        await opener(str(tmp_path / "nowhere" / "none.db"), reads=True)()
    assert not [thread for thread in set(threading.enumerate()) - before if "_connection_worker" in thread.name]
