"""Figures 5, 6 and 7: what strangers send as pictures, through real worker processes.

Mutants of every format end in a picture or a reason within two seconds and no worker dies; bombs too, and the
process that hands them over does not grow; a worker that crashes costs nobody a picture and is back at once.
"""

import asyncio
import contextlib
import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from core.decoding import workers
from core.decoding.workers import ImageWorkers
from core.vocabulary.errors import ImageError
from core.vocabulary.images import Image
from tests.bench.reliability.figure import Figure, Trials
from tests.core.samples import BOMBS, encoded, mutant, originals, png, scene

SECONDS, WORKER_MB, OWN_MB = 2.0, 512.0, 100.0
HOW = (signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT)


async def mutants(trials: Trials) -> None:
    """Flipped, cut, repeated and glued bytes."""
    dice, good, slowest = random.Random(trials.seed), originals(), 0.0
    async with ImageWorkers(count=1) as images:
        pids = images.pids
        for _ in range(trials.n):
            outcome, seconds = await _outcome(images, mutant(dice, good))
            slowest = max(slowest, seconds)
            trials.check(_fine(outcome) and seconds < SECONDS, f"{outcome!r:.80} after {seconds:.1f} s")
        trials.check(images.pids == pids, "a worker died")
        peak = _peak_mb(images.pids[0])
    trials.check(peak < WORKER_MB, f"a worker took {peak:.0f} MB")
    trials.note(f"the slowest took {1000 * slowest:.0f} ms, a worker {peak:.0f} MB at most")


async def bombs(trials: Trials) -> None:
    """Small files that grow."""
    made = {**BOMBS, "81 million pixels with alpha": lambda: png(9000, 9000, 8, 6, b"\xff\0\0\x80" * 9000)}
    names, files = list(made), [make() for make in made.values()]
    async with ImageWorkers(count=1) as images:
        before, slowest = _resident_mb(), 0.0
        for number in range(trials.n):
            outcome, seconds = await _outcome(images, files[number % len(files)])
            slowest = max(slowest, seconds)
            name = names[number % len(files)]
            trials.check(_fine(outcome) and seconds < SECONDS, f"{name}: {outcome!r:.80} after {seconds:.1f} s")
        grown, peak = _resident_mb() - before, _peak_mb(images.pids[0])
        trials.check(peak < WORKER_MB, f"a worker took {peak:.0f} MB")
    trials.check(grown < OWN_MB, f"the process grew by {grown:.0f} MB")
    trials.note(f"the slowest took {slowest:.1f} s, the process grew by {grown:.0f} MB")


async def crashes(trials: Trials) -> None:
    """Workers that are killed in whatever they do."""
    dice, data, slowest = random.Random(trials.seed), encoded(scene(), "PNG"), 0.0
    async with ImageWorkers(count=2) as images:
        for _ in range(trials.n):
            jobs = [asyncio.create_task(_outcome(images, data)) for _ in range(3)]
            await asyncio.sleep(dice.uniform(0.0, 0.01))
            with contextlib.suppress(ProcessLookupError):  # it has just died of the one before
                os.kill(images.pids[dice.randrange(2)], dice.choice(HOW))
            lost = sum(not isinstance(outcome, Image) for outcome, _ in await asyncio.gather(*jobs))
            for outcome, seconds in await asyncio.gather(*(_outcome(images, data) for _ in range(2))):
                slowest = max(slowest, seconds)  # and both workers are seen to live before the next crash
                trials.check(isinstance(outcome, Image), f"the next one: {outcome!r:.80}", times=0)
            trials.check(not lost, f"{lost} pictures were lost")
    trials.note(f"the next picture came after {1000 * slowest:.0f} ms at most")


async def _outcome(images: ImageWorkers, data: bytes) -> tuple[Image | Exception, float]:
    began = time.perf_counter()
    try:
        return await images.normalise(data), time.perf_counter() - began
    except Exception as error:
        return error, time.perf_counter() - began


def _fine(outcome: Image | Exception) -> bool:
    return isinstance(outcome, Image | ImageError)


def _peak_mb(pid: int) -> float:
    return _status(pid, "VmHWM")


def _resident_mb() -> float:
    return _status(os.getpid(), "VmRSS")


def _status(pid: int, name: str) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(name)) / 1024


@contextlib.contextmanager
def starting(instead: str) -> Iterator[None]:
    """Workers are started with other words before their own."""
    was, main = workers._START, "from core.decoding.child import main"
    workers._START = was.replace(main, f"{instead}; {main}")
    try:
        yield
    finally:
        workers._START = was


def without_reasons() -> contextlib.AbstractContextManager[None]:
    """What is wrong with a picture is an error in the worker."""
    return starting("import core.decoding.child as c; c.ImageError = ZeroDivisionError")


def without_limits() -> contextlib.AbstractContextManager[None]:
    """No picture is too large, and none takes too long."""
    return starting(
        "import core.decoding.child as c, core.decoding.normalise as n; c._alarm = lambda *_: None; "
        "l = c.limit; c.limit = lambda most: l(3 * most); n.MAX_INPUT_PIXELS = n.MAX_INPUT_SIDE = 10**8"
    )


@contextlib.contextmanager
def without_another_try() -> Iterator[None]:
    """A picture in whose worker's hands it was when that died is given up."""
    was = workers._Worker.run

    def run(self: workers._Worker, side: int, data: bytes) -> Image:
        reply, _ = self._ask(side, data)
        if reply is None:
            raise ImageError(workers.ImageProblem.UNREADABLE)
        return workers._image_of(reply)

    workers._Worker.run = run  # type: ignore[method-assign]
    try:
        yield
    finally:
        workers._Worker.run = was  # type: ignore[method-assign]


MUTANTS = Figure(5, "Broken pictures end in a reason and no worker", mutants, without_reasons, 400, 10_000, 10)
BOMBED = Figure(6, "Small files that grow hurt nobody", bombs, without_limits, 14, 56, 14)
CRASHES = Figure(7, "A worker that crashes costs nobody a picture", crashes, without_another_try, 25, 1_000, 20)
