"""What can go wrong with a database, as reasons.

A driver's message may quote a row, so it is never shown: the reason is chosen by the error's code.
"""

import contextlib
from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core.vocabulary.errors import StorageError, StorageProblem

_SQLITE = {
    "SQLITE_READONLY": StorageProblem.READ_ONLY,
    "SQLITE_FULL": StorageProblem.FULL,
    "SQLITE_BUSY": StorageProblem.LOCKED,
    "SQLITE_LOCKED": StorageProblem.LOCKED,
    "SQLITE_NOTADB": StorageProblem.DAMAGED,
    "SQLITE_CORRUPT": StorageProblem.DAMAGED,
    "SQLITE_CANTOPEN": StorageProblem.NOT_OPENED,
    "SQLITE_IOERR": StorageProblem.DISK,
    "SQLITE_PERM": StorageProblem.READ_ONLY,
    "SQLITE_AUTH": StorageProblem.READ_ONLY,
}
_POSTGRES = {
    "25006": StorageProblem.READ_ONLY,
    "53100": StorageProblem.FULL,
    "55P03": StorageProblem.LOCKED,
    "40P01": StorageProblem.LOCKED,
}


class DiskFull(StorageError):
    """The one failure that erasing knows how to get round."""


@contextlib.contextmanager
def in_words(where: str) -> Iterator[None]:
    """Turn the database's errors into StorageError; a mistake of ours stays what it is."""
    try:
        yield
    except (DBAPIError, PoolTimeout, OSError) as error:
        reason = _reason(error)
        kind = DiskFull if reason is StorageProblem.FULL else StorageError
        raise kind(reason, where=where, kind=type(error).__name__) from error


def _reason(error: Exception) -> StorageProblem:
    cause = error.orig if isinstance(error, DBAPIError) else error
    if name := getattr(cause, "sqlite_errorname", None):
        return next((reason for code, reason in _SQLITE.items() if name.startswith(code)), StorageProblem.REFUSED)
    if isinstance(cause, OSError) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return StorageProblem.AWAY
    state = getattr(cause, "sqlstate", None)
    if state in _POSTGRES:
        return _POSTGRES[state]
    if type(cause).__name__ == "OperationalError" and (
        state is None or state.startswith(("08", "57P", "28", "3D"))
    ):
        return StorageProblem.AWAY
    return StorageProblem.REFUSED
