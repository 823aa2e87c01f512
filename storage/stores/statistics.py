"""What a whole database comes to, in numbers without an id of anybody."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, Connection, FromClause, func, select

from storage.database.transactions import SqlStore, reading
from storage.schema.tables import feelprints, images, labels, ledger, members, runs, servers
from storage.stores.answers import CALLS, NANO, UNSENT
from storage.stores.outlived import DAY_MS
from storage.stores.runs import stopped_rules

DAYS = 30
_BEGAN = (members.c.joined_at, labels.c.first_at, feelprints.c.created_at)
"""When a row came in, where that is kept."""


@dataclass(frozen=True, slots=True)
class Calls:
    """What a model was asked for one purpose; reserved and lost calls count as they may have been paid for."""

    purpose: str
    model: str
    calls: int
    prompt_tokens: int
    completion_tokens: int
    usd: float


@dataclass(frozen=True, slots=True)
class Statistics:
    """How many rows of each kind there are; `versions` by status, rules that are kept and out of use by what
    `stopped` them. Since `since`, `DAYS` whole days: `new` of each kind, `runs` by result, `calls`.

    `bytes` is the size of the database on its disk, `picture_bytes` what of it pictures are.
    """

    bytes: int
    picture_bytes: int
    members: int
    paused: int
    servers: int
    labels: int
    pictures: int
    versions: Mapping[str, int]
    stopped: Mapping[str, int]
    since: int
    new: Mapping[str, int]
    runs: Mapping[str, int]
    calls: tuple[Calls, ...]


class SqlStatisticsStore(SqlStore):
    """Counting, on one snapshot. It reads every row of some tables: for people who ask, not for a timer."""

    @reading
    def all(self, connection: Connection) -> Statistics:
        """Everything that is counted."""
        paused = select(func.count()).select_from(members).where(members.c.paused)
        today = self._clock.now_ms() // DAY_MS
        since = (today - DAYS) * DAY_MS
        return Statistics(
            bytes=_size(connection),
            picture_bytes=int(connection.scalar(select(func.sum(func.length(images.c.jpeg)))) or 0),
            members=_rows(connection, members),
            paused=connection.execute(paused).scalar_one(),
            servers=_rows(connection, servers),
            labels=_rows(connection, labels),
            pictures=_rows(connection, images),
            versions=_by(connection, feelprints.c.status),
            stopped={str(reason): number for reason, number in stopped_rules(connection).items()},
            since=since,
            new={column.table.name: _rows(connection, column.table, column >= since) for column in _BEGAN},
            runs=_by(connection, runs.c.result, runs.c.started_at >= since),
            calls=_calls(connection, since),
        )


def _rows(connection: Connection, table: FromClause, *where: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one())


def _by(connection: Connection, column: Column[str], *where: ColumnElement[bool]) -> dict[str, int]:
    """How many rows have each value, the most frequent first; those without one are left out."""
    counted = select(column, func.count()).where(column.is_not(None), *where).group_by(column)
    rows = connection.execute(counted.order_by(func.count().desc(), column))
    return {str(value): int(n) for value, n in rows}


def _calls(connection: Connection, since: int) -> tuple[Calls, ...]:
    by = (ledger.c.purpose, ledger.c.model)
    sums = (func.sum(column) for column in (ledger.c.prompt_tokens, ledger.c.completion_tokens, ledger.c.nano_usd))
    sent = select(*by, CALLS, *sums).where(ledger.c.outcome != UNSENT, ledger.c.at >= since)
    rows = connection.execute(sent.group_by(*by).order_by(*by))
    return tuple(
        Calls(purpose, model, int(n), int(prompt), int(completion), int(nano) / NANO)
        for purpose, model, n, prompt, completion, nano in rows
    )


def _size(connection: Connection) -> int:
    if connection.dialect.name == "postgresql":
        asked = "SELECT pg_database_size(current_database())"
        return int(connection.exec_driver_sql(asked).scalar_one())
    pages, size = (
        connection.exec_driver_sql(f"PRAGMA {what}").scalar_one() for what in ("page_count", "page_size")
    )
    return int(pages) * int(size)
