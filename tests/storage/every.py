"""Rows for every table that there is, made from what tables say of themselves: a new one needs nothing here."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Double,
    Integer,
    LargeBinary,
    insert,
)

from storage.schema.tables import metadata

ODD = ("", "Zoë", "ängstlich", "a'b\\c\n", "😱", "zz", "Aa", "ß")
"""Texts that collations put in another order than their bytes, and that are quoted in different ways."""


def fill(connection: Connection, rows: int = 9, picture: int = 40) -> None:
    """So many rows in each table."""
    for table in metadata.sorted_tables:
        given = [column for column in table.c if column.computed is None]
        connection.execute(
            insert(table), [{column.name: value(column, n, picture) for column in given} for n in range(rows)]
        )


def value(column: Column[Any], n: int, picture: int = 40) -> Any:
    """What row `n` has there; a column has what the one has that it refers to."""
    for key in column.foreign_keys:
        return value(key.column, n, picture)
    if column.nullable and n % 3 == 0:
        return None
    allowed = _allowed(column) or _of_kind(column, n, picture)
    return allowed[n % len(allowed)]


def _of_kind(column: Column[Any], n: int, picture: int) -> Sequence[Any]:
    match column.type:
        case JSON():
            return ({}, None, [], {"ö": [0.1, -0.0, 1e300, '\0😱"']})
        case Boolean():
            return (True, False)
        case Double():
            return (0.1 + 0.2, 1.0, -3.5, 5e-324)
        case LargeBinary():
            return (bytes(range(256))[n % 200 :][:40] * (picture // 40),)
        case Integer():
            return ((7 * n - 20) * 10**15 if n % 2 and isinstance(column.type, BigInteger) else n,)
        case _:
            return [f"{odd}{n}" for odd in ODD]


def _allowed(column: Column[Any]) -> list[str]:
    for check in column.table.constraints:
        if isinstance(check, CheckConstraint) and str(check.sqltext).startswith(f"{column.name} IN"):
            return re.findall(r"'([^']+)'", str(check.sqltext))
    return []
