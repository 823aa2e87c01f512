"""What can go wrong with a database, said in sentences.

A driver's message may quote a row, so it is never shown: the sentence is chosen by the error's code.
"""

import contextlib
from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core.vocabulary.errors import StorageError

FULL = (
    "The disk of the database is full: nothing that was stored is lost, but nothing new can be stored until there"
    " is room."
)
_READ_ONLY = "The database {where} is read-only; its file and folder must be writable for Feelprint."
_LOCKED = "The database {where} is locked by another program; close that one and try again."
_DAMAGED = "The file {where} is damaged or no database; restore the newest backup beside it."
_CLOSED = "The database {where} cannot be opened; see whether it is there and may be read."
_DISK = "The disk of the database {where} fails or is full; nothing that was stored before is touched."
_AWAY = "The database {where} cannot be reached; see whether it runs and the address and password are right."
_OTHER = "The database {where} refused a request ({kind})."

_SQLITE = {
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_FULL": FULL,
    "SQLITE_BUSY": _LOCKED,
    "SQLITE_LOCKED": _LOCKED,
    "SQLITE_NOTADB": _DAMAGED,
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_CANTOPEN": _CLOSED,
    "SQLITE_IOERR": _DISK,
    "SQLITE_PERM": _READ_ONLY,
    "SQLITE_AUTH": _READ_ONLY,
}
_POSTGRES = {"25006": _READ_ONLY, "53100": FULL, "55P03": _LOCKED, "40P01": _LOCKED}


class DiskFull(StorageError):
    """The one failure that erasing knows how to get round."""


@contextlib.contextmanager
def in_words(where: str) -> Iterator[None]:
    """Turn the database's errors into StorageError; a mistake of ours stays what it is."""
    try:
        yield
    except (DBAPIError, PoolTimeout, OSError) as error:
        sentence = _sentence(error).format(where=where, kind=type(error).__name__)
        raise (DiskFull if sentence == FULL else StorageError)(sentence) from error


def _sentence(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    if name := getattr(cause, "sqlite_errorname", None):
        return next((text for code, text in _SQLITE.items() if name.startswith(code)), _OTHER)
    if isinstance(cause, OSError) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return _AWAY
    state = getattr(cause, "sqlstate", None)
    if state in _POSTGRES:
        return _POSTGRES[state]
    if type(cause).__name__ == "OperationalError" and (
        state is None or state.startswith(("08", "57P", "28", "3D"))
    ):
        return _AWAY
    return _OTHER
