"""Copies of an SQLite database: one before each migration, and one whenever somebody asks.

`VACUUM INTO` copies a consistent snapshot while others write; a plain copy of the file would miss what is
still in the log. Forgetting reaches the copies before migrations, not those that somebody asked for.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection

from core.vocabulary.errors import StorageError, StorageProblem
from storage.database.engine import Database, outside
from storage.database.files import beside

KEPT = 3


async def copy_to(database: Database, target: Path) -> None:
    """Write a private copy of the open database to a new file. Raises StorageError if there is one already."""
    if not database.is_sqlite:
        raise StorageError(StorageProblem.NOT_OURS_TO_COPY, kind=database.address.for_tools)
    await database.maintain(_copy, target)


def before_migration(connection: Connection, path: Path, at: int, revision: str) -> Path:
    """Copy the database beside itself and keep the newest few such copies; where the copy is."""
    copy = beside(path, f"backup-{at:015d}-{revision}")
    _copy(connection, copy)
    prune(path)
    return copy


def backups(path: Path) -> list[Path]:
    """Copies made before migrations, oldest first."""
    return sorted(path.parent.glob(f"{path.name}.backup-*"))


def prune(path: Path, keep: int = KEPT) -> None:
    """Delete all but the newest copies made before migrations."""
    found = backups(path)
    for old in found[: max(0, len(found) - keep)]:
        old.unlink(missing_ok=True)


def asked_for(path: Path, at: str) -> Path:
    """Where a copy goes that somebody asks for without saying where; `at` is when, as a part of a name."""
    return beside(path, f"saved-{at}")


def newest_good(path: Path) -> Path | None:
    """The newest copy beside a database that is whole, by whatever it was made; None where there is none."""
    found = [*backups(path), *path.parent.glob(f"{path.name}.saved-*")]
    found.sort(key=lambda copy: copy.stat().st_mtime, reverse=True)
    return next((copy for copy in found if _is_whole(copy)), None)


def is_sound(connection: Connection, *, indices: bool = False) -> bool:
    """Whether each page of an open database is where it belongs, and rows are as their tables promise.

    `indices`: whether each index says the same as its table, too, which takes several times as long.
    """
    return outside(connection, f"PRAGMA {'integrity' if indices else 'quick'}_check(1)") == [("ok",)]


def _is_whole(copy: Path) -> bool:
    if not copy.stat().st_size:
        return False  # an empty file is a good database of nothing
    try:
        with closing(sqlite3.connect(f"{copy.as_uri()}?mode=ro", uri=True)) as opened:
            return opened.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)]
    except sqlite3.Error:
        return False


def _copy(connection: Connection, target: Path) -> None:
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise StorageError(StorageProblem.NO_COPY, where=str(target), why=error.strerror or "") from error
    try:
        outside(connection, "PRAGMA query_only=OFF")  # a connection for reading writes nothing but the copy
        outside(connection, "VACUUM INTO ?", str(target))
        _settle(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _settle(target: Path) -> None:
    """Have the disk keep it, which SQLite does not ask for a copy."""
    for path in (target, target.parent):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
