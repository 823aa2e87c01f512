"""The picture workers under mutants, bombs and crashes: docs/platform.md#bombs and what follows it."""

import asyncio
import os
import random
import resource
import signal
import time
from pathlib import Path

import pytest

from core.decoding.workers import ImageWorkers
from core.vocabulary.errors import ImageError
from core.vocabulary.images import Image
from tests.core.samples import BOMBS, encoded, mutant, originals, scene

pytestmark = pytest.mark.bench

SEED = 20260101


async def _outcome(workers: ImageWorkers, data: bytes) -> tuple[Image | ImageError, float]:
    began = time.perf_counter()
    try:
        return await workers.normalise(data), time.perf_counter() - began
    except ImageError as error:
        return error, time.perf_counter() - began


async def test_10_000_mutants() -> None:
    rng, good = random.Random(SEED), originals()
    async with ImageWorkers(count=1) as workers:
        pids, began = workers.pids, time.perf_counter()
        outcomes = [await _outcome(workers, mutant(rng, good)) for _ in range(10_000)]
        took, died, peak = time.perf_counter() - began, workers.pids != pids, _peak_mb(workers.pids[0])
    read = sum(isinstance(outcome, Image) for outcome, _ in outcomes)
    slowest = max(seconds for _, seconds in outcomes)
    print(
        f"\n10,000 mutants, seed {SEED}: {read} read, {10_000 - read} refused, worker died: {died}, "
        f"slowest {slowest * 1000:.0f} ms, peak {peak:.0f} MB, {took / 10:.2f} ms each"
    )
    assert not died


async def test_50_bombs() -> None:
    files = [(name, make()) for name, make in BOMBS.items()]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with ImageWorkers() as workers:
        pids = workers.pids
        slowest = max([((await _outcome(workers, data))[1], name) for name, data in files * 5])
        died = workers.pids != pids
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(
        f"\n{len(files) * 5} bombs of {len(files)} kinds: slowest {slowest[0]:.2f} s ({slowest[1]}), "
        f"worker died: {died}, main process grew by {grown:.0f} MB"
    )


async def test_1_000_crashes() -> None:
    rng, data = random.Random(SEED), encoded(scene(), "PNG")
    lost = refused = 0
    back = []
    async with ImageWorkers(count=2, timeout_s=1.0) as workers:
        for _ in range(4):
            await workers.normalise(data)
        for _ in range(1000):
            victim = rng.randrange(2)
            os.kill(workers.pids[victim], rng.choice([signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT]))
            outcomes = await asyncio.gather(*(_outcome(workers, data) for _ in range(3)))
            failed = sum(isinstance(outcome, ImageError) for outcome, _ in outcomes)
            refused += failed
            lost += failed > 1
            back.append((await _outcome(workers, data))[1])
    back.sort()
    print(
        f"\n1,000 crashes: {refused} pictures refused, {lost} times more than the one in the crashed worker; "
        f"the next picture after {back[500] * 1000:.0f} ms (median), {back[-1] * 1000:.0f} ms (worst)"
    )
    assert lost == 0


async def test_the_event_loop_hardly_notices() -> None:
    heavy = BOMBS["40 million pixels with alpha"]()
    photo = encoded(scene(4000, 3000), "JPEG")
    async with ImageWorkers(count=2) as workers:
        await workers.normalise(photo)
        for name, data in (("24 MB decoded photo", photo), ("40 million pixels with alpha", heavy)):
            jobs = [asyncio.create_task(_outcome(workers, data)) for _ in range(20)]
            stalls, before = [], time.perf_counter()
            while not all(job.done() for job in jobs):
                await asyncio.sleep(0.001)
                stalls.append(time.perf_counter() - before - 0.001)
                before = time.perf_counter()
            each = [(await job)[1] for job in jobs]
            stalls.sort()
            print(
                f"\n20 x {name}: all done after {max(each):.2f} s; loop stall p99.9 "
                f"{stalls[int(len(stalls) * 0.999)] * 1000:.1f} ms, worst {stalls[-1] * 1000:.1f} ms"
            )


def _peak_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024
