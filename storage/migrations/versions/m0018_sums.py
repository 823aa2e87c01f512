"""Lines of the ledger are summed up by day when they are old enough: those of before are single calls still."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the column, and the index by which single lines are found."""
    op.add_column("ledger", sa.Column("calls", _BIG))
    single = sa.text("calls IS NULL")
    op.create_index(op.f("ix_ledger_single"), "ledger", ["at"], sqlite_where=single, postgresql_where=single)
