"""Where the database is: what a person wrote, as the two kinds of address that we know.

A plain path is an SQLite file. What is shown of an address never holds its password.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from core.vocabulary.errors import StorageError, StorageProblem

_POSTGRES = ("postgresql+psycopg", "postgresql", "postgres")
_SQLITE = ("sqlite+aiosqlite", "sqlite")
_LIKE_A_SERVER = re.compile(
    r"\b(host|hostaddr|port|dbname|user|password|service|sslmode)\s*=|^postgres\w*(\+\w+)?:|^[^/@]*:[^@]*@", re.I
)
"""What libpq and other programs take, and whoever writes it means no file of that name."""


@dataclass(frozen=True, slots=True)
class Address:
    """A database's place: `path` for an SQLite file, `url` for PostgreSQL; exactly one of them is set."""

    path: Path | None = None
    url: URL | None = None

    @property
    def shown(self) -> str:
        """The address for people, without its password."""
        return str(self.path) if self.path else f"at {self.url.host or 'this machine'}" if self.url else ""

    @property
    def for_tools(self) -> str:
        """How PostgreSQL's own programs are told which database, without its password."""
        if self.url is None:
            return ""
        given = {
            "host": self.url.host or self.url.query.get("host"),
            "port": self.url.port,
            "username": self.url.username,
        }
        options = [f"--{name}={value}" for name, value in given.items() if value]
        return " ".join([*options, f"--dbname={self.url.database or ''}"])


def parse(address: str) -> Address:
    """An address from a path, an SQLite URL or a PostgreSQL URL. Raises StorageError for anything else.

    No error of another's is kept beside it: it would quote the address.
    """
    if "://" not in address:
        if _LIKE_A_SERVER.search(address):
            raise StorageError(StorageProblem.NOT_A_URL)
        return _file(address)
    if not address.startswith("sqlite") and address.count("@") > 1:
        raise StorageError(StorageProblem.UNQUOTED)
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise StorageError(StorageProblem.ADDRESS) from None
    if url.drivername in _SQLITE:
        return _file(url.database or "")
    if url.drivername in _POSTGRES:
        return Address(url=url.set(drivername="postgresql+psycopg"))
    raise StorageError(StorageProblem.UNKNOWN_KIND, kind=url.drivername)


def _file(path: str) -> Address:
    if path in ("", ":memory:"):
        raise StorageError(StorageProblem.NO_FILE)
    return Address(path=Path(path).expanduser().absolute())
