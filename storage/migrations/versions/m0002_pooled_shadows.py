"""An index for the newest shadow records of everybody with a label set."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.create_index(op.f("ix_shadows_label_set_id_at"), "shadows", ["label_set_id", "at"])
