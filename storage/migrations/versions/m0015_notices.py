"""What members are still to be told stands in the database: until now it was in memory, so there is none yet."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table, and add the column."""
    op.create_table(
        "notices",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("member_id", _BIG, nullable=False),
        sa.Column("label_set_id", sa.Text(), nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("taken_until", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_notices")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=op.f("fk_notices_run_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.member_id"], name=op.f("fk_notices_member_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_notices_member_id"), "notices", ["member_id"])
    op.add_column("profiles", sa.Column("asked", sa.Boolean(), nullable=False, server_default=sa.false()))
