"""What can go wrong with a database, as reasons.

A driver's message may quote a row, so it is never shown: the reason is chosen by the error's code. Only where we
are not let in there is none, as the client library keeps it to itself: then by the server's words, if in English.
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

POSTGRES = {
    "08": StorageProblem.AWAY,
    "22021": StorageProblem.ENCODING,
    "22P05": StorageProblem.ENCODING,
    "25006": StorageProblem.SERVER_READ_ONLY,
    "25P03": StorageProblem.AWAY,  # it ended a transaction in which we stood still
    "25P04": StorageProblem.SLOW,
    "28": StorageProblem.NOT_LET_IN,
    "3D": StorageProblem.NO_DATABASE,
    "3F": StorageProblem.RIGHTS,
    "40": StorageProblem.LOCKED,
    "42501": StorageProblem.RIGHTS,
    "53100": StorageProblem.FULL,
    "53300": StorageProblem.CROWDED,
    "53": StorageProblem.EXHAUSTED,
    "54": StorageProblem.EXHAUSTED,
    "55P03": StorageProblem.LOCKED,
    "57014": StorageProblem.SLOW,
    "57": StorageProblem.AWAY,
    "58": StorageProblem.FAULTY,
    "XX": StorageProblem.FAULTY,
}
"""PostgreSQL's codes (appendix A of its manual), or how they begin; the longest that fits counts."""

_SAID = {
    "too many clients": StorageProblem.CROWDED,
    "too many connections": StorageProblem.CROWDED,
    "remaining connection slots": StorageProblem.CROWDED,
    "no more connections allowed": StorageProblem.CROWDED,
    "password": StorageProblem.NOT_LET_IN,
    "authentication failed": StorageProblem.NOT_LET_IN,
    "pg_hba.conf": StorageProblem.NOT_LET_IN,
    "not permitted to log in": StorageProblem.NOT_LET_IN,
    "permission denied": StorageProblem.NOT_LET_IN,
    'role "': StorageProblem.NOT_LET_IN,
    'database "': StorageProblem.NO_DATABASE,
    "no such database": StorageProblem.NO_DATABASE,
    "invalid connection option": StorageProblem.ADDRESS,
    "invalid port number": StorageProblem.ADDRESS,
}
"""What a server, or a pooler in front of it, says to whom it does not let in; the first that fits counts."""


class DiskFull(StorageError):
    """The one failure that erasing knows how to get round."""


@contextlib.contextmanager
def in_words(where: str) -> Iterator[None]:
    """Turn the database's errors into StorageError; a mistake of ours stays what it is."""
    try:
        yield
    except (DBAPIError, PoolTimeout, OSError) as error:
        reason = reason_of(error)
        cause = error.orig if isinstance(error, DBAPIError) else error
        code = getattr(cause, "sqlstate", None) if reason is not StorageProblem.RIGHTS else ""
        kind = DiskFull if reason is StorageProblem.FULL else StorageError
        raise kind(reason, where=where, kind=type(error).__name__ if code is None else code) from error


def reason_of(error: Exception) -> StorageProblem:
    """What an error of a database, or of its driver, means."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if name := getattr(cause, "sqlite_errorname", None):
        return next((reason for code, reason in _SQLITE.items() if name.startswith(code)), StorageProblem.REFUSED)
    state = getattr(cause, "sqlstate", None)
    if state is not None:
        fits = (POSTGRES[state[:size]] for size in (5, 2) if state[:size] in POSTGRES)
        return next(fits, StorageProblem.REFUSED)
    said = str(cause)
    if isinstance(cause, OSError | PoolTimeout) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    ):
        return StorageProblem.AWAY
    if (named := next((reason for words, reason in _SAID.items() if words in said), None)) is not None:
        return named
    return StorageProblem.AWAY if type(cause).__name__ in _CONNECTING else StorageProblem.REFUSED


_CONNECTING = frozenset({"OperationalError", "ConnectionTimeout", "PoolTimeout"})
