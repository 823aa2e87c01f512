"""The queue of several machines: procrastinate's own tables, on PostgreSQL alone.

Who finds them there already has them of its own making, and they are left as they are.
"""

from pathlib import Path

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_SCHEMA = Path(__file__).parents[1] / "procrastinate_3_10.sql"


def upgrade() -> None:
    """Make the tables, with the functions and triggers that work them."""
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    if connection.exec_driver_sql("SELECT to_regclass('procrastinate_jobs')").scalar() is None:
        as_it_stands = {"no_parameters": True}
        connection.exec_driver_sql(_SCHEMA.read_text(encoding="utf-8"), execution_options=as_it_stands)
