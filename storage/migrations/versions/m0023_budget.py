"""What a server chose to spend at most: until now none could, so what whoever runs the bot allows holds."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("servers", sa.Column("usd_per_day", sa.Double()))
