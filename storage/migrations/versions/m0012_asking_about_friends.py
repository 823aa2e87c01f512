"""A yes to be asked about: nobody has said one before."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "askable",
        sa.Column("member_id", _BIG, nullable=False),
        sa.Column("server_id", _BIG, nullable=False),
        sa.Column("other_id", _BIG, nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("member_id", "server_id", "other_id", name=op.f("pk_askable")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.member_id"], name=op.f("fk_askable_member_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_askable_server_id"), "askable", ["server_id"])
    op.create_index(op.f("ix_askable_other_id"), "askable", ["other_id"])
