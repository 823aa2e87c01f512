"""What can be chosen from now on: by a member where they are told (until now by direct message, if Discord lets
us), and by a server what one member may cost (until now what whoever runs the bot allows).
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("members", sa.Column("told_at_press", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("servers", sa.Column("member_usd_per_day", sa.Double()))
