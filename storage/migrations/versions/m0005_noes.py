"""Since when reactions count, what stood before, and how far each channel has been compared.

Whoever joined before this counts from then on: what stands from before is not known to have been wanted.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the columns and tables."""
    op.add_column("members", sa.Column("counts_from", _BIG, nullable=False, server_default="0"))
    op.execute(  # when they joined, as the smallest id that Discord gave then
        "UPDATE members SET counts_from = CASE WHEN joined_at > 1420070400000"
        " THEN (joined_at - 1420070400000) * 4194304 ELSE 0 END"
    )
    op.add_column("servers", sa.Column("bot_id", _BIG))
    op.add_column("sightings", sa.Column("source", sa.Text()))
    op.create_table(
        "pasts",
        _member(),
        sa.Column("server_id", _BIG, nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("moment", _BIG, nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "server_id", name=op.f("pk_pasts")),
        _of_member("pasts"),
    )
    op.create_table(
        "walks",
        sa.Column("channel_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("server_id", _BIG),
        sa.Column("round", _BIG, nullable=False),
        sa.Column("turn", _BIG, nullable=False),
        sa.Column("cursor", _BIG, nullable=False),
        sa.Column("seen", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("channel_id", name=op.f("pk_walks")),
    )
    op.create_table(
        "looks",
        sa.Column("message_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("channel_id", _BIG, nullable=False),
        sa.Column("round", _BIG, nullable=False),
        sa.Column("mark", _BIG, nullable=False),
        sa.Column("others", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_looks")),
    )
    op.create_index(op.f("ix_looks_channel_id"), "looks", ["channel_id"])
    op.create_table(
        "declined",
        _member(),
        sa.Column("message_id", _BIG, nullable=False),
        sa.Column("emoji", sa.Text(), nullable=False),
        sa.Column("burst", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "message_id", "emoji", "burst", name=op.f("pk_declined")),
        _of_member("declined"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["looks.message_id"], ondelete="CASCADE", name=op.f("fk_declined_message_id")
        ),
    )
    op.create_index(op.f("ix_declined_message_id"), "declined", ["message_id"])


def _member() -> sa.Column[int]:
    return sa.Column("member_id", _BIG, nullable=False)


def _of_member(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_member_id")
    return sa.ForeignKeyConstraint(["member_id"], ["members.member_id"], ondelete="CASCADE", name=name)
