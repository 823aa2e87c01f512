"""Whether an SQLite file is damaged, looked for when it is opened.

A disk that fails does so page by page, and SQLite tells only of pages that it reads. So all of them are read: of
a small file at each start, which takes less than a second, of a large one once a week.
"""

from pathlib import Path

from core.vocabulary.clock import Clock
from core.vocabulary.errors import StorageError, StorageProblem
from storage.database.backup import is_sound, newest_good
from storage.database.engine import Database
from storage.database.files import beside

SMALL = 64 * 1024 * 1024
WEEK_MS = 7 * 24 * 60 * 60 * 1000


async def looked_through(database: Database, clock: Clock) -> None:
    """Read all of a file if it is time to. Raises StorageError where it is damaged."""
    path = database.address.path
    if path is None or not _is_time(path, clock.now_ms()):
        return
    if not await database.read(is_sound):  # what will be refused is not even opened for writing
        raise StorageError(StorageProblem.DAMAGED, where=str(path))
    if _size(path) > SMALL:
        beside(path, "checked").write_text(str(clock.now_ms()))


def copy_against(error: StorageError, path: Path | None) -> StorageError | None:
    """What is to be said instead where it is damage, and a good copy stands beside the file."""
    if path is None or error.reason not in (StorageProblem.DAMAGED, StorageProblem.DANGLING):
        return None
    copy = newest_good(path)
    return StorageError(StorageProblem.RESTORABLE, where=error.where, why=str(copy)) if copy else None


def _is_time(path: Path, now: int) -> bool:
    if _size(path) <= SMALL:
        return True
    try:
        last = int(beside(path, "checked").read_text())
    except (OSError, ValueError):
        return True
    return not 0 <= now - last < WEEK_MS


def _size(path: Path) -> int:
    return path.stat().st_size
