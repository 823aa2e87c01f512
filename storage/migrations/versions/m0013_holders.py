"""Which process holds a reservation, and for which question.

Of those that are open nobody knows the holder any more, so they count as spent as soon as somebody looks.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_RESERVED = sa.text("state = 'reserved'")


def upgrade() -> None:
    """Add the columns, and an index of what is reserved now."""
    op.add_column("ledger", sa.Column("question", sa.Text()))
    op.add_column("ledger", sa.Column("holder", _BIG))
    op.create_index(
        op.f("ix_ledger_reserved"),
        "ledger",
        ["question", "holder"],
        sqlite_where=_RESERVED,
        postgresql_where=_RESERVED,
    )
