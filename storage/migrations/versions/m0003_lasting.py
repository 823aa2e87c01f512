"""How many labels a share of new ones is of: fewer than at the last run where taste has changed since."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_DUE = ["last_label_at", "retry_at", "waiting", "labels_at_run", "lasting", "member_id", "label_set_id"]
_WAITING = sa.text("waiting > 0")


def upgrade() -> None:
    """Add the column, as of the last run. The computed one is made anew: SQLite cannot copy it."""
    op.drop_index("ix_profiles_due", "profiles")
    op.add_column("profiles", sa.Column("lasting", sa.Integer()))
    op.execute("UPDATE profiles SET lasting = labels_at_run")
    waiting = sa.Computed(
        "CASE WHEN labels_at_run > 0 THEN labels - labels_at_run"
        " WHEN labels >= min_labels AND emotions >= min_emotions THEN labels ELSE 0 END",
        persisted=True,
    )
    with op.batch_alter_table("profiles") as profiles:
        profiles.drop_column("waiting")
        profiles.alter_column("lasting", nullable=False)
    with op.batch_alter_table("profiles") as profiles:
        profiles.add_column(sa.Column("waiting", sa.Integer(), waiting))
    op.create_index("ix_profiles_due", "profiles", _DUE, sqlite_where=_WAITING, postgresql_where=_WAITING)
