"""Where a member wants to be told what was learned of them: until now by direct message, if Discord lets us."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("members", sa.Column("told_at_press", sa.Boolean(), nullable=False, server_default=sa.false()))
