"""The ledger as it stands in a database, line by line; `core` itself asks only for sums."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from storage import Storage
from storage.database.holder import Holder
from storage.schema.tables import ledger


async def lines(storage: Storage) -> Sequence[Row[Any]]:
    """Every line, in order."""

    def query(connection: Connection) -> Sequence[Row[Any]]:
        return connection.execute(select(ledger).order_by(ledger.c.entry_id)).all()

    return await storage._database.read(query)


async def endings(storage: Storage) -> list[str | None]:
    """How each line ended, in order; None for an open reservation."""
    return [None if line.state == "reserved" else line.outcome for line in await lines(storage)]


async def live_on(storage: Storage) -> None:
    """Whoever held reservations has died, and another process goes on with the same database."""
    await storage._holder.leave()
    storage._holder = Holder(storage._database)
    for store in (storage.answers, storage.answers_of_anybody):
        store._holder = storage._holder
