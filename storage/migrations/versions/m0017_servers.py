"""What people who manage a server are told of it, and since when it is left: until now none was left and kept."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, and add the columns."""
    op.create_table(
        "moods",
        sa.Column("server_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("week", _BIG, nullable=False),
        sa.Column("label_set_id", sa.Text(), nullable=False),
        sa.Column("shares", sa.JSON(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("server_id", name=op.f("pk_moods")),
    )
    op.create_table(
        "warnings",
        sa.Column("account", _BIG, autoincrement=False, nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_warnings")),
    )
    op.add_column("servers", sa.Column("left_at", _BIG))
    op.add_column("servers", sa.Column("notices_channel", _BIG))
    for name in ("label_roles", "ask_roles"):
        op.add_column("servers", sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
