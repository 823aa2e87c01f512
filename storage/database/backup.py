"""Copies of an SQLite database: one before each migration, and one whenever somebody asks.

`VACUUM INTO` copies a consistent snapshot while others write; a plain copy of the file would miss what is
still in the log. Forgetting reaches the copies before migrations, not those that somebody asked for.
"""

import os
from pathlib import Path

from sqlalchemy import Connection

from core.vocabulary.errors import StorageError, StorageProblem
from storage.database.engine import Database, outside
from storage.database.files import beside

KEPT = 3


async def copy_to(database: Database, target: Path) -> None:
    """Write a private copy of the open database to a new file. Raises StorageError if there is one already."""
    if not database.is_sqlite:
        raise StorageError(StorageProblem.NOT_OURS_TO_COPY)
    await database.maintain(_copy, target)


def before_migration(connection: Connection, path: Path, at: int, revision: str) -> None:
    """Copy the database beside itself and keep the newest few such copies."""
    _copy(connection, beside(path, f"backup-{at:015d}-{revision}"))
    prune(path)


def backups(path: Path) -> list[Path]:
    """Copies made before migrations, oldest first."""
    return sorted(path.parent.glob(f"{path.name}.backup-*"))


def prune(path: Path, keep: int = KEPT) -> None:
    """Delete all but the newest copies made before migrations."""
    found = backups(path)
    for old in found[: max(0, len(found) - keep)]:
        old.unlink(missing_ok=True)


def _copy(connection: Connection, target: Path) -> None:
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise StorageError(StorageProblem.NO_COPY, where=str(target), why=error.strerror or "") from error
    try:
        outside(connection, "VACUUM INTO ?", str(target))
    except BaseException:
        target.unlink(missing_ok=True)
        raise
