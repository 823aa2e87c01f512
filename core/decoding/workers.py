"""Image workers: strangers' bytes are decoded in processes of their own, which may be killed at any moment.

One worker holds one picture at a time, so a bomb takes nobody else's picture with it, and people take turns.
A thread waits for each worker, because the time limit must hold even where the event loop is late; the
thread takes and returns its worker itself, so a caller who is cancelled leaves nothing behind.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from threading import Timer
from types import TracebackType

from core.decoding.child import HEADER, LENGTH, SIDE, read_block
from core.decoding.turns import Turns
from core.vocabulary.errors import FileKind, ImageError, ImageProblem
from core.vocabulary.images import MAX_INPUT_BYTES, MAX_SIDE, Image

_ROOT = str(Path(__file__).resolve().parents[2])
_START = (
    "import sys; root = sys.argv.pop(1); root in sys.path or sys.path.insert(0, root); "
    "from core.decoding.child import main; main()"
)
_KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""All of the environment that a worker sees: the token and the key are none of its business."""

_HASH_CHARS = 64

_COSTLY, _LATE = -signal.SIGPROF, -signal.SIGALRM
"""How a worker ends that has used up its time (`core.decoding.child`)."""


class ImageWorkers:
    """`count` worker processes; use as `async with ImageWorkers() as workers`.

    `timeout_s` bounds one picture, and `work_s` the processor's time for it, which is what others wait for;
    `memory_mb` bounds one worker's address space.
    """

    def __init__(self, count: int = 1, timeout_s: float = 5.0, work_s: float = 1.2, memory_mb: int = 512) -> None:
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="image-worker")
        self._turns = Turns(count)
        self._workers = [_Worker(timeout_s, work_s, memory_mb << 20) for _ in range(count)]
        self._free: SimpleQueue[_Worker] = SimpleQueue()

    async def __aenter__(self) -> "ImageWorkers":
        for worker in self._workers:
            await asyncio.to_thread(worker.start)
            self._free.put(worker)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.close()
        await asyncio.to_thread(self._threads.shutdown)

    async def normalise(self, data: bytes, side: int = MAX_SIDE, owner: int | None = None) -> Image:
        """The picture in `data`, normalised as `core.decoding.normalise` says, at most `side` pixels a side.

        `owner` is who waits for it, None for the program itself: owners are served in turn. Raises
        `ImageError`: empty, too large, another kind, broken, too slow.
        """
        if not data:
            raise ImageError(ImageProblem.EMPTY)
        if len(data) > MAX_INPUT_BYTES:
            raise ImageError(ImageProblem.TOO_LARGE)
        await self._turns.take(owner, patient=True)
        try:
            job = asyncio.get_running_loop().run_in_executor(self._threads, self._run, side, data)
        except RuntimeError:  # the threads have been shut down
            self._turns.give(owner)
            raise ImageError(ImageProblem.CLOSING) from None
        job.add_done_callback(lambda job: self._over(job, owner))
        return await asyncio.shield(job)  # whoever goes away, the thread and its place are taken until it is done

    def _over(self, job: asyncio.Future[Image], owner: int | None) -> None:
        self._turns.give(owner)
        if not job.cancelled():
            job.exception()  # perhaps nobody is left who asks

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the workers at this moment."""
        return tuple(worker.pid for worker in self._workers)

    def _run(self, side: int, data: bytes) -> Image:
        worker = self._free.get()
        try:
            return worker.run(side, data)
        finally:
            self._free.put(worker)


class _Worker:
    """One process and its two pipes. All but `close` run in one thread at a time."""

    def __init__(self, timeout_s: float, work_s: float, memory_bytes: int) -> None:
        self._timeout_s, self._work_s = timeout_s, work_s
        self._memory_bytes = memory_bytes
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def start(self) -> None:
        """Start the process; it imports while nobody waits for it."""
        if self._closed:
            return
        limits = [str(self._memory_bytes), str(self._timeout_s + 1.0), str(self._work_s)]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
            [sys.executable, "-I", "-c", _START, _ROOT, *limits],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ},
            start_new_session=True,  # Ctrl-C in a terminal is for the parent alone
        )

    @property
    def pid(self) -> int:
        """The process id, 0 before the start."""
        return self._process.pid if self._process else 0

    def close(self) -> None:
        """Kill the process for good; a job under way ends in an `ImageError`."""
        self._closed = True
        self._kill()

    def run(self, side: int, data: bytes) -> Image:
        """One picture. A process that dies or is too slow is replaced at once.

        One that dies may have been dying already when the picture came, and one that is late without having used
        up its share of the processor did not get it: a busy machine. So the picture has one more try; after that
        it is BUSY, as nothing is known against it.
        """
        for _ in range(2):
            reply, costly, late = self._ask(side, data)
            if reply is not None:
                return _image_of(reply)
            if self._closed or costly:
                break
        why = ImageProblem.SLOW if costly else ImageProblem.BUSY if late else ImageProblem.UNREADABLE
        raise ImageError(ImageProblem.CLOSING if self._closed else why)

    def _ask(self, side: int, data: bytes) -> tuple[bytes | None, bool, bool]:
        """The process's reply, None where it died; whether its work was too much, and whether it was late."""
        if self._process is None or self._process.poll() is not None:
            self.start()  # it died while idle
        process = self._process
        if self._closed or process is None:
            return None, False, False
        expired = False

        def expire() -> None:
            nonlocal expired
            expired = True
            process.kill()

        timer = Timer(self._timeout_s, expire)
        timer.start()
        try:
            reply = _exchange(process, side, data)
        finally:
            timer.cancel()
            timer.join()
        if reply is None or expired:
            self._kill()
            self.start()
        return reply, process.returncode == _COSTLY, expired or process.returncode == _LATE

    def _kill(self) -> None:
        if (process := self._process) is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def _exchange(process: subprocess.Popen[bytes], side: int, data: bytes) -> bytes | None:
    """Send one request and read its reply; None if the process died."""
    if process.stdin is None or process.stdout is None:
        return None
    try:
        process.stdin.write(LENGTH.pack(SIDE.size + len(data)) + SIDE.pack(side))
        process.stdin.write(data)
        process.stdin.flush()
        return read_block(process.stdout)
    except (OSError, ValueError):
        return None


def _image_of(reply: bytes) -> Image:
    """The image in a reply. Raises `ImageError` with the worker's reason, or where the reply makes no sense."""
    ok, width, height = HEADER.unpack_from(reply)
    rest = reply[HEADER.size :]
    if not ok:
        raise _error_in(rest)
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE and len(rest) > _HASH_CHARS):
        raise ImageError(ImageProblem.UNREADABLE)
    return Image(rest[:_HASH_CHARS].decode(), rest[_HASH_CHARS:], width, height)


def _error_in(said: bytes) -> ImageError:
    """The error that a worker sent; one that makes no sense is what a broken worker says."""
    try:
        reason, kind = said.decode().split(" ")
        return ImageError(ImageProblem(reason), kind=FileKind(kind))
    except ValueError:
        return ImageError(ImageProblem.UNREADABLE)
