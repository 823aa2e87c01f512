"""Programs that tests start, kill and listen to. They are forked from a server that has imported all (see there).

What is not about how Python itself starts (its locale, say) is started so; `python -m MODULE` would do the same.
"""

import asyncio
import contextlib
import fcntl
import io
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

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


class Child:
    """A program as asyncio has those that it starts."""

    def __init__(self, program: Program, stderr: IO[bytes] | None) -> None:
        self._program, self._stderr = program, stderr
        self.pid, self.send_signal, self.kill = program.pid, program.send_signal, program.kill

    @property
    def returncode(self) -> int | None:
        """What `wait` returns; None as long as it lives."""
        return self._program.returncode

    def terminate(self) -> None:
        """Tell it to end, if it lives."""
        self.send_signal(signal.SIGTERM)

    async def wait(self) -> int:
        """Its exit code, or minus the signal that it died of."""
        while (ended := self.returncode) is None:  # noqa: ASYNC110 - of another process
            await asyncio.sleep(0.02)
        return ended

    async def communicate(self) -> tuple[bytes, bytes]:
        """What it has said until its end where that was kept."""
        await self.wait()
        if self._stderr is None:
            return b"", b""
        self._stderr.seek(0)
        return b"", self._stderr.read()


class Programs:
    """Starts programs."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def start(
        self,
        module: str,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        cwd: Path = ROOT,
        stdin: IO[Any] | None = None,
    ) -> Program:
        """As `python -m MODULE ARGUMENTS...`; without `stdin` there is nothing to read."""
        reads, says = os.pipe()
        stdout = os.fdopen(reads, encoding="utf-8", errors="replace")
        stderr = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the program is known
        with os.fdopen(says, "w"), Path(os.devnull).open() as nothing:
            files = (stdin or nothing).fileno(), says, stderr.fileno()
            connection, pid = self._ask(module, arguments, env, cwd, files)
        return Program(connection, pid, stdout, stderr)

    def begin(
        self,
        module: str,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        stderr: IO[Any] | int | None = None,
    ) -> Child:
        """As `asyncio.create_subprocess_exec`: what it says goes where ours does, to a file, or is kept (PIPE)."""
        kept = tempfile.TemporaryFile() if stderr == subprocess.PIPE else None  # noqa: SIM115 - as above
        to = kept or (sys.__stderr__ if stderr is None else stderr)
        assert not isinstance(to, int)
        assert to is not None
        with Path(os.devnull).open() as nothing:
            connection, pid = self._ask(module, arguments, env, ROOT, (nothing.fileno(), 1, to.fileno()))
        return Child(Program(connection, pid, io.StringIO(), io.BytesIO()), kept)

    def _ask(
        self,
        module: str,
        arguments: Sequence[str],
        env: Mapping[str, str] | None,
        cwd: Path,
        files: tuple[int, int, int],
    ) -> tuple[socket.socket, int]:
        """Start one; what tells its end, and its number."""
        asked = {"module": module, "arguments": arguments, "env": dict(env or os.environ), "cwd": str(cwd)}
        message = json.dumps(asked).encode()
        connection = _connected(self._path)
        socket.send_fds(connection, [struct.pack("!I", len(message))], files)
        connection.sendall(message)
        return connection, struct.unpack("!i", connection.recv(4))[0]

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
