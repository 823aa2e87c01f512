"""The queue of several machines: procrastinate's own tables, on PostgreSQL alone.

They are made as the library that is installed makes them, and its version stands on them as a comment, so that a
migration for a later one knows what it finds. Whoever has them already has them of its own making: they are left.
"""

from importlib.metadata import version

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, with the functions and triggers that work them."""
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    from procrastinate.schema import SchemaManager  # noqa: PLC0415 - what a file needs no package for

    if connection.exec_driver_sql("SELECT to_regclass('procrastinate_jobs')").scalar() is None:
        as_it_stands = {"no_parameters": True}
        connection.exec_driver_sql(SchemaManager.get_schema(), execution_options=as_it_stands)
        made_by = f"procrastinate {version('procrastinate')}"
        connection.exec_driver_sql(f"COMMENT ON TABLE procrastinate_jobs IS '{made_by}'")
