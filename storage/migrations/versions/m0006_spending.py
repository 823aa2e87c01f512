"""What is spent by hour and account, and who asked for an answer about a picture.

The sums begin with the last 24 hours of the ledger. Answers that hang on nobody and on no picture that is kept
were of members' rules, or of pictures that somebody asked about once: nobody could have them erased, so they go.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
HOUR_MS = 3_600_000


def upgrade() -> None:
    """Make the table, fill it, and drop the answers that hang on nothing."""
    op.create_table(
        "spending",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account", BIG, nullable=False),
        sa.Column("hour", BIG, nullable=False),
        sa.Column("member_id", BIG),
        sa.Column("nano_usd", BIG, nullable=False),
        sa.PrimaryKeyConstraint("kind", "account", "hour", name=op.f("pk_spending")),
        sa.CheckConstraint("kind IN ('bot', 'server', 'member', 'strangers')", name=op.f("ck_spending_kind")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.member_id"], name=op.f("fk_spending_member_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_spending_hour"), "spending", ["hour"])
    op.create_index(op.f("ix_spending_member_id"), "spending", ["member_id"])
    op.add_column("answers", sa.Column("asked_by", BIG))
    op.create_index(op.f("ix_answers_asked_by"), "answers", ["asked_by"])
    op.execute("UPDATE ledger SET owner = NULL WHERE owner NOT IN (SELECT member_id FROM members)")
    day = f"at > (SELECT MAX(at) FROM ledger) - {25 * HOUR_MS}"  # noqa: S608 - numbers of ours
    op.execute(
        "INSERT INTO spending (kind, account, hour, nano_usd)"  # noqa: S608 - numbers of ours
        f" SELECT 'bot', 0, at / {HOUR_MS}, SUM(nano_usd) FROM ledger WHERE {day} GROUP BY at / {HOUR_MS}"
    )
    op.execute(
        "INSERT INTO spending (kind, account, hour, member_id, nano_usd)"  # noqa: S608 - numbers of ours
        f" SELECT 'member', owner, at / {HOUR_MS}, owner, SUM(nano_usd) FROM ledger"
        f" WHERE owner IS NOT NULL AND {day} GROUP BY owner, at / {HOUR_MS}"
    )
    op.execute("DELETE FROM answers WHERE owner IS NOT NULL AND owner NOT IN (SELECT member_id FROM members)")
    op.execute(
        "DELETE FROM answers WHERE owner IS NULL AND (about IS NULL OR about NOT IN (SELECT hash FROM images))"
    )
