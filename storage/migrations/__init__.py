"""Bringing a database to this program's schema: Alembic, one transaction a revision, a backup first."""
