"""Programs that tests start, kill and listen to. They are forked from a server that has imported all (see there).

What is not about how Python itself starts (its locale, say) is started so; `python -m MODULE` would do the same.
"""

import contextlib
import fcntl
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[1]


class Program:
    """One that was started: what it says is read from `stdout`, and `stderr` is kept."""

    def __init__(self, connection: socket.socket, pid: int, stdout: IO[str], stderr: IO[bytes]) -> None:
        self._connection, self.pid, self.stdout, self._stderr = connection, pid, stdout, stderr
        self._ended: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, or minus the signal that it died of. Raises TimeoutError."""
        if self._ended is None:
            self._connection.settimeout(timeout)
            self._ended = struct.unpack("!i", self._connection.recv(4))[0]
            self._connection.close()
        return self._ended

    @property
    def returncode(self) -> int | None:
        """What `wait` returns; None as long as it lives."""
        with contextlib.suppress(BlockingIOError):
            return self.wait(0)
        return None

    def send_signal(self, number: int) -> None:
        """Send a signal, if it lives."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """What it says until it ends."""
        said = self.stdout.read()
        self.wait(timeout)
        self._stderr.seek(0)
        return said, self._stderr.read().decode()


class Programs:
    """Starts programs."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def start(
        self, module: str, *arguments: str, env: Mapping[str, str] | None = None, cwd: Path = ROOT
    ) -> Program:
        """As `python -m MODULE ARGUMENTS...`."""
        reads, says = os.pipe()
        stdout = os.fdopen(reads, encoding="utf-8", errors="replace")
        stderr = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the program is known
        asked = {"module": module, "arguments": arguments, "env": dict(env or os.environ), "cwd": str(cwd)}
        message = json.dumps(asked).encode()
        connection = _connected(self._path)
        with Path(os.devnull).open() as nothing, os.fdopen(says, "w"):
            files = [nothing.fileno(), says, stderr.fileno()]
            socket.send_fds(connection, [struct.pack("!I", len(message))], files)
        connection.sendall(message)
        pid = struct.unpack("!i", connection.recv(4))[0]
        return Program(connection, pid, stdout, stderr)

    def run(
        self, module: str, *arguments: str, env: Mapping[str, str] | None = None, cwd: Path = ROOT
    ) -> subprocess.CompletedProcess[str]:
        """Start a program and wait for its end."""
        program = self.start(module, *arguments, env=env, cwd=cwd)
        stdout, stderr = program.communicate()
        return subprocess.CompletedProcess((module, *arguments), program.wait(), stdout, stderr)


@contextlib.contextmanager
def programs(folder: Path) -> Iterator[Programs]:
    """Starts programs from a server that all who name the same folder share."""
    path = folder / "programs"
    with (folder / "programs.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            there = _connected(path)
        except OSError:
            there = _served(path)
    with there:
        yield Programs(path)


def _served(path: Path) -> socket.socket:
    """A connection to a new server."""
    path.unlink(missing_ok=True)
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.program_server", str(path)], cwd=ROOT, stdin=subprocess.DEVNULL
    )
    while server.poll() is None:
        with contextlib.suppress(OSError):
            return _connected(path)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(0.05)
    raise OSError(f"the server of programs ended with {server.returncode}")


def _connected(path: Path) -> socket.socket:
    """A connection; whoever holds one keeps the server. Raises OSError."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(path))
        if connection.recv(1) != b"+":
            raise ConnectionResetError
    except OSError:
        connection.close()
        raise
    return connection
