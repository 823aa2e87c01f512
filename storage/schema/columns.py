"""Columns and constraints that several tables share."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Integer, MetaData, Text, text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BIG = BigInteger().with_variant(Integer, "sqlite")
"""64 bits. SQLite's INTEGER has them, and as a single key it is the row's own address."""


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """Text out of a closed set."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def only(condition: str) -> dict[str, Any]:
    """The rows of a partial index."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def member(*, index: bool = False) -> Column[int]:
    """Whose row it is; it goes with them. `index`: where it is not what the key begins with."""
    goes = ForeignKey("members.member_id", ondelete="CASCADE")
    return Column("member_id", BIG, goes, nullable=False, index=index)


def label_set() -> Column[str]:
    """With which label set."""
    return Column("label_set_id", Text, nullable=False)
