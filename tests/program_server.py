"""`python -m tests.program_server SOCKET`: has imported what programs import, and starts each by `fork`.

A start so costs some milliseconds, and not the second that importing takes. What is forked leaves the loop below
and goes on as any other Python: it has its own environment, folder and files, and ends as an interpreter ends. The
server ends with the last of those who keep a connection open without asking for anything (`tests.programs`).
"""

import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import struct
import sys
from contextlib import suppress
from typing import Any

IMPORTED = (
    "bot.operations.doctor",
    "bot.operations.evaluation.command",
    "bot.operations.explaining",
    "bot.operations.healthy",
    "bot.operations.keeping",
    "bot.operations.moving",
    "bot.operations.running",
    "core.offline.server",
    "matplotlib.figure",
    "tests.core.model.calls",
    "tests.storage.made",
)


class Server:
    """Those who are connected, and the children that are not waited for yet."""

    def __init__(self, path: str) -> None:
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(64)
        self.woken, self._wakes = socket.socketpair()
        self._wakes.setblocking(False)
        self.selector = selectors.DefaultSelector()
        self.there: set[socket.socket] = set()
        self.children: dict[int, socket.socket] = {}

    def serve(self) -> dict[str, Any] | None:
        """Returns in a child, what it is to be; in the server, nothing, when all have left."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wakes.fileno())
        for one in (self.listener, self.woken):
            self.selector.register(one, selectors.EVENT_READ)
        while True:
            for key, _ in self.selector.select():
                one = key.fileobj
                assert isinstance(one, socket.socket)
                if one is self.listener:
                    self._met(one.accept()[0])
                elif one is self.woken:
                    one.recv(64)
                    self._bury()
                elif (asked := self._asked(one)) is not None:
                    return asked
            if not self.there:
                return None

    def _met(self, one: socket.socket) -> None:
        self.there.add(one)
        self.selector.register(one, selectors.EVENT_READ)
        with suppress(OSError):
            one.sendall(b"+")

    def _asked(self, one: socket.socket) -> dict[str, Any] | None:
        """What a child is to be, in that child."""
        head, files, _, _ = socket.recv_fds(one, 4, 3)
        self.selector.unregister(one)
        self.there.discard(one)
        if not head:
            one.close()
            return None
        with one.makefile("rb") as reading:
            asked: dict[str, Any] = json.loads(reading.read(*struct.unpack("!I", head)))
        if pid := os.fork():
            self.children[pid] = one
            with suppress(OSError):
                one.sendall(struct.pack("!i", pid))
            for file in files:
                os.close(file)
            return None
        self._become(one, files)
        return asked

    def _bury(self) -> None:
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                one = self.children.pop(ended[0])
                with suppress(OSError):
                    one.sendall(struct.pack("!i", os.waitstatus_to_exitcode(ended[1])))
                one.close()

    def _become(self, one: socket.socket, files: list[int]) -> None:
        """In a child: nothing of the server is left."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self.selector.close()
        for mine in (self.listener, self.woken, self._wakes, one, *self.there, *self.children.values()):
            mine.close()
        for number, file in enumerate(files):
            os.dup2(file, number)
            os.close(file)


def become(asked: dict[str, Any]) -> None:
    """Be started with these arguments in this environment."""
    os.environ.clear()
    os.environ.update(asked["env"])
    os.chdir(asked["cwd"])
    sys.argv = [asked["module"], *asked["arguments"]]
    encoding = os.environ.get("PYTHONIOENCODING", "utf-8")
    sys.stdin = os.fdopen(0, encoding=encoding, closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding=encoding, closefd=False)
    sys.stderr = os.fdopen(2, "w", 1, encoding=encoding, errors="backslashreplace", closefd=False)


if __name__ == "__main__":
    gc.disable()
    for name in IMPORTED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    gc.enable()
    if asked := Server(sys.argv[1]).serve():
        become(asked)
        runpy.run_module(asked["module"], run_name="__main__", alter_sys=True)
