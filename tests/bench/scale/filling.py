"""A world's rows straight into the tables of a migrated database, many at a time: a bot would take days."""

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import JSON, Boolean

from storage.database.address import parse
from storage.schema.tables import metadata
from tests.bench.scale.world import Rows, Size, label_sets, servers

SERVERS_AT_ONCE = 20


def fill(url: str, size: Size) -> None:
    """Make a world in a database that has tables and no rows."""
    batches = _batches(size)
    address = parse(url)
    if address.path is not None:
        _into_file(address.path, batches)
    else:
        _into_server(url, batches)


def _batches(size: Size) -> Iterator[Rows]:
    """The rows of some servers at a time; sums that servers share are added up at the end."""
    yield label_sets()
    bot: dict[Any, dict[str, Any]] = {}
    made = servers(size)
    while some := list(islice(made, SERVERS_AT_ONCE)):
        rows: Rows = {table.name: [] for table in metadata.sorted_tables}
        for one in some:
            for name, more in one.items():
                rows[name] += more
        ours = [row for row in rows["spending"] if row["kind"] == "bot"]
        rows["spending"] = [row for row in rows["spending"] if row["kind"] != "bot"]
        for row in ours:
            there = bot.setdefault(row["hour"], {**row, "nano_usd": 0})
            there["nano_usd"] += row["nano_usd"]
        yield rows
    yield {"spending": list(bot.values())}


def _in_order(rows: Rows) -> Iterator[tuple[str, list[str], Iterable[list[Any]]]]:
    for table in metadata.sorted_tables:
        if found := rows.get(table.name):
            names = list(found[0])
            yield table.name, names, ([_written(table.c[name].type, row[name]) for name in names] for row in found)


def _written(kind: Any, value: Any) -> Any:
    if isinstance(kind, JSON):
        return json.dumps(value)
    return bool(value) if isinstance(kind, Boolean) else value


def _into_file(path: Path, batches: Iterable[Rows]) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as raw:
        for pragma in ("synchronous=OFF", "foreign_keys=ON", "cache_size=-200000"):
            raw.execute(f"PRAGMA {pragma}")
        for rows in batches:
            raw.execute("BEGIN")
            for table, names, values in _in_order(rows):
                places = ", ".join("?" * len(names))
                raw.executemany(f"INSERT INTO {table} ({_listed(names)}) VALUES ({places})", values)
            raw.execute("COMMIT")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _into_server(url: str, batches: Iterable[Rows]) -> None:
    with psycopg.connect(url.replace("+psycopg", "")) as raw:
        for rows in batches:
            for table, names, values in _in_order(rows):
                with raw.cursor().copy(f"COPY {table} ({_listed(names)}) FROM STDIN") as copy:
                    for row in values:
                        copy.write_row(row)
            raw.commit()
        raw.commit()
        raw.autocommit = True
        raw.execute("VACUUM ANALYZE")  # what the server does by itself a minute later


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
