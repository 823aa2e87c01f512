"""The files beside an SQLite database: made private, held by one process, with room kept for erasing.

A full disk makes even DELETE fail, so some megabytes are set aside that `forget` may give back. One
process holds the lock, because SQLite before 3.51.3 can lose commits when two connections checkpoint
at once (sqlite.org/wal.html#walresetbug).
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from core.vocabulary.errors import StorageError, StorageProblem

RESERVE_BYTES = 8 * 1024 * 1024


def beside(path: Path, what: str) -> Path:
    """The file that belongs to a database and serves one purpose."""
    return path.with_name(f"{path.name}.{what}")


def make_private(path: Path) -> None:
    """Create the database's folder (0700) and file (0600) where they are missing; tighten the file if it is ours.

    SQLite gives its log the same mode as the file. Raises StorageError where that is not possible.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT, 0o600))
        if path.stat().st_mode & 0o077:
            with contextlib.suppress(PermissionError):  # another user's file, which may still be ours to write
                path.chmod(0o600)
    except OSError as error:
        raise StorageError(StorageProblem.NOT_MADE, where=str(path), why=error.strerror or "") from error


@contextlib.contextmanager
def exclusive_lock(path: Path) -> Iterator[None]:
    """Hold the database's lock; the system lets go of it however the process ends.

    Raises StorageError if another process (or another open storage of this one) holds it.
    """
    try:
        lock = os.open(beside(path, "lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StorageError(StorageProblem.FOLDER, where=str(path), why=error.strerror or "") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise StorageError(StorageProblem.IN_USE, where=str(path)) from error
    finally:
        os.close(lock)


@contextlib.contextmanager
def nobody_holds(path: Path) -> Iterator[None]:
    """As `exclusive_lock`, and makes no file: where there is no lock, nobody has ever held it."""
    with exclusive_lock(path) if beside(path, "lock").exists() else contextlib.nullcontext():
        yield


def reserve_space(path: Path, size: int = RESERVE_BYTES) -> bool:
    """Keep real disk space for erasing; whether there was room for it. Harmless when it is there already."""
    reserve = beside(path, "reserve")
    with contextlib.suppress(FileNotFoundError):
        if reserve.stat().st_size >= size:
            return True
    try:
        descriptor = os.open(reserve, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            _allocate(descriptor, size)
        finally:
            os.close(descriptor)
    except OSError:
        release_space(path)
        return False
    return True


def _allocate(descriptor: int, size: int) -> None:
    """Give a file real space; macOS has no call for that, so there it is written. Raises OSError."""
    if (allocate := getattr(os, "posix_fallocate", None)) is not None:
        allocate(descriptor, 0, size)
        return
    left = memoryview(bytes(size))
    while left:
        left = left[os.write(descriptor, left) :]


def release_space(path: Path) -> None:
    """Free the space that was set aside."""
    beside(path, "reserve").unlink(missing_ok=True)
