"""The answers of a server, found without a look at all others': they go on when its emotions change."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.create_index(op.f("ix_ratings_server_id"), "ratings", ["server_id"])
