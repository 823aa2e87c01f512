"""What runs inside an image worker: read a length and bytes, answer with an image or a reason, again and again.

Started as a plain interpreter over two pipes (`core.decoding.workers`), never by multiprocessing: spawning
would import the parent's main module, and the bot with it, into every worker. It knows no secret, opens
no file, and dies with its parent, because its pipe ends.
"""

import contextlib
import os
import resource
import signal
import struct
import sys
from typing import IO

from core.decoding.normalise import normalise
from core.vocabulary.errors import ImageError

HEADER = struct.Struct(">BII")
"""A reply: 1 and width, height, then 64 hex digits and the JPEG; or 0 and zeros, then the reason and the
kind of file, divided by a space. Each reply is preceded by its length, as each request is."""

LENGTH = struct.Struct(">I")

SIDE = struct.Struct(">H")
"""How a request begins, before the picture's bytes: the longest side that is wanted."""


def serve(requests: IO[bytes], replies: IO[bytes], *, seconds: float, work: float) -> None:
    """Answer requests until the pipe ends.

    A picture that takes longer than `seconds`, or `work` seconds of the processor, ends the process.
    """
    while (data := read_block(requests)) is not None:
        _alarm(seconds, work)
        reply = answer(data)
        _alarm(0, 0)
        replies.write(LENGTH.pack(len(reply)) + reply)
        replies.flush()


def answer(request: bytes) -> bytes:
    """The reply to one request."""
    (side,) = SIDE.unpack_from(request)
    try:
        image = normalise(request[SIDE.size :], side)
    except ImageError as error:
        return HEADER.pack(0, 0, 0) + f"{error.reason} {error.kind}".encode()
    return HEADER.pack(1, image.width, image.height) + image.hash.encode() + image.jpeg


def read_block(stream: IO[bytes]) -> bytes | None:
    """One length-prefixed block, or None where the stream ends."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(head)
    data = stream.read(size)
    return data if len(data) == size else None


def limit(memory_bytes: int) -> None:
    """Bound this process's address space, and let it leave no core file with somebody's picture in it."""
    for what, value in ((resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):  # macOS refuses RLIMIT_AS
            resource.setrlimit(what, (value, value))


def _alarm(seconds: float, work: float) -> None:
    """End this process after so many seconds (0: never mind), even where nobody is left to kill it."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    signal.setitimer(signal.ITIMER_PROF, work)


def main() -> None:
    """Serve on the standard streams; the arguments are the memory limit in bytes, and seconds and seconds of
    the processor for a picture.
    """
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not write into the replies
    limit(int(sys.argv[1]))
    serve(sys.stdin.buffer, replies, seconds=float(sys.argv[2]), work=float(sys.argv[3]))
