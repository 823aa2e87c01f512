"""A PostgreSQL of a test's own, which it may stop, restart, fill, freeze, and put a real pgbouncer in front of."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from core.vocabulary.consent import CONSENT_VERSION
from storage import Storage
from storage.database.address import parse
from tests.databases import Postgres, Server, postgres_server
from tests.storage.made import T0, key, reacted

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


class Own(Postgres):
    """One server; its processes are known by the file in which it keeps its number."""

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self.home = Path(server)
        self._server = server
        self._frozen: list[int] = []

    def do(self, statement: str, dbname: str = "postgres", **given: Any) -> list[tuple[Any, ...]]:
        """Run a statement as its superuser."""
        given = {"host": str(self.home), "user": "postgres", "dbname": dbname, "autocommit": True, **given}
        with psycopg.connect(**given) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    @property
    def _pid(self) -> int:
        return int((self.home / "data" / "postmaster.pid").read_text().split()[0])

    def stop(self) -> None:
        """Stop at once, as a crash does: whatever is under way ends."""
        pid = self._pid
        os.kill(pid, signal.SIGQUIT)
        until = time.monotonic() + 20
        while (self.home / "data" / "postmaster.pid").exists() and _lives(pid):
            assert time.monotonic() < until
            time.sleep(0.02)

    def start(self) -> None:
        """Start again, and wait until it lets somebody in."""
        self._server.start()
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with contextlib.suppress(psycopg.OperationalError):
                self.do("SELECT 1")
                return
            time.sleep(0.05)
        raise AssertionError("it did not start")

    def freeze(self) -> None:
        """It hangs, with all its processes: connections stay open, and nothing is answered."""
        pid = self._pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        self._frozen = [pid, *map(int, children)]
        for one in self._frozen:
            os.kill(one, signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        for one in self._frozen:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGCONT)
        self._frozen = []

    def cut(self) -> None:
        """End every connection but this one; nothing is down."""
        self.do("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")

    @contextlib.contextmanager
    def full_but_for(self, free: int, role: str = "postgres") -> Iterator[None]:
        """The role may have so many connections and no more."""
        self.do(f"ALTER ROLE {role} CONNECTION LIMIT {free}", user="postgres")
        try:
            yield
        finally:
            self.do(f"ALTER ROLE {role} CONNECTION LIMIT -1")


@contextlib.contextmanager
def own_server() -> Iterator[Own]:
    """A server for one module of tests."""
    with postgres_server() as home:
        server = Own(home)
        try:
            yield server
        finally:
            server.thaw()


@contextlib.contextmanager
def pooler(server: Own, name: str, *, size: int = 8) -> Iterator[str]:
    """A real pgbouncer in transaction mode before a database; the address through it."""
    assert PGBOUNCER is not None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = server.home / f"bouncer{port}"
    folder.mkdir()
    (folder / "users").write_text('"postgres" ""\n')
    (folder / "ini").write_text(
        f"[databases]\n{name} = host={server.home} dbname={name} user=postgres\n[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = trust\n"
        f"auth_file = {folder}/users\npool_mode = transaction\ndefault_pool_size = {size}\n"
        "max_client_conn = 100\nserver_login_retry = 1\n"
    )
    user = {"user": "nobody"} if os.geteuid() == 0 else {}
    if user:
        subprocess.run(["chown", "-R", "nobody", str(folder)], check=True)
    running = subprocess.Popen([PGBOUNCER, "-q", str(folder / "ini")], stderr=subprocess.DEVNULL, **user)
    try:
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/{name}"
    finally:
        running.terminate()
        running.wait(10)


def _lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def name_in(url: str) -> str:
    return str(parse(url).url.database)  # type: ignore[union-attr]


async def lives_through(storage: Storage, member: int = 1) -> None:
    """A member joins, labels, takes back, is paid for, and leaves."""
    await storage.members.join(member, CONSENT_VERSION, T0)
    for n in range(1, 9):
        await storage.labels.apply([reacted(member, n, "awe")])
    assert len(await storage.labels.labels(key(member))) == 8
    for n in range(1, 9):
        assert await storage.labels.seen(n) is not None
    assert await storage.members.forget(member) == 8
    assert set(await storage.members.standings()) == set()
