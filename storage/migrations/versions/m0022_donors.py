"""A yes to be in files for research: nobody has said one before."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "donors",
        sa.Column("member_id", _BIG, nullable=False),
        sa.Column("server_id", _BIG, nullable=False),
        sa.Column("other_id", _BIG, nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("member_id", "server_id", "other_id", name=op.f("pk_donors")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.member_id"], name=op.f("fk_donors_member_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_donors_server_id"), "donors", ["server_id"])
    op.create_index(op.f("ix_donors_other_id"), "donors", ["other_id"])
