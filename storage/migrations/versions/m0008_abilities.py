"""What model servers have shown of themselves; and what a line of the ledger is known by until its call is sent.

Nothing of the first was kept before, so the table begins empty. Lines from before have no key and need none.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table and the columns."""
    op.create_table(
        "abilities",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("takes", sa.JSON(), nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("address", "model", name=op.f("pk_abilities")),
    )
    op.add_column("ledger", sa.Column("key", _BIG))
    op.add_column("ledger", sa.Column("shared", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(op.f("ix_ledger_key"), "ledger", ["key"], unique=True)
