"""Members' own moods: nobody has made one before, so everything of before belongs to the first."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "own_moods",
        sa.Column("member_id", _BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("made_at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("member_id", "number", name=op.f("pk_own_moods")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.member_id"], name=op.f("fk_own_moods_member_id"), ondelete="CASCADE"
        ),
    )
    one = sa.text("active")
    op.create_index(
        op.f("ix_own_moods_active"),
        "own_moods",
        ["member_id"],
        unique=True,
        sqlite_where=one,
        postgresql_where=one,
    )
