"""A process that leaves its database open, in one of several ways; it says what it stored before it leaves."""

import asyncio
import sys

from sqlalchemy import Connection, insert

from storage.database.address import parse
from storage.database.engine import Database
from storage.schema.tables import tombstones

PAIRS = 400
_kept: list[object] = []


def note(connection: Connection, n: int) -> None:
    """A pair of rows in two statements."""
    for gone_id in (n, -n):
        connection.execute(insert(tombstones), {"gone_id": gone_id, "at": 0})


def until(connection: Connection, go_on: asyncio.Event) -> None:
    """A transaction that lasts until it is let go on; the loop runs meanwhile, as during any statement."""
    connection.connection.dbapi_connection.run_async(lambda _: go_on.wait())  # type: ignore[union-attr]


async def main(url: str, way: str) -> None:
    database = Database(parse(url))
    _kept.append(database)
    for n in range(1, 4):
        await database.write(note, n)
        sys.stdout.write(f"{n}\n")
    sys.stdout.flush()
    if way == "working":
        for n in range(4, PAIRS):
            _kept.append(asyncio.create_task(database.write(note, n)))
            _kept.append(asyncio.create_task(database.write_together(note, PAIRS + n)))
            _kept.append(asyncio.create_task(database.read(lambda _: None)))
        await asyncio.sleep(0.02)
    if way == "failing":
        raise SystemExit(7)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
