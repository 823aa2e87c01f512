"""What the event loop feels of the picture workers; what they withstand is in the figures of reliability."""

import asyncio
import time

import pytest

from core.decoding.workers import ImageWorkers
from core.vocabulary.errors import ImageError
from core.vocabulary.images import Image
from tests.core.samples import BOMBS, encoded, scene

pytestmark = pytest.mark.bench

SEED = 20260101


async def _outcome(workers: ImageWorkers, data: bytes) -> tuple[Image | ImageError, float]:
    began = time.perf_counter()
    try:
        return await workers.normalise(data), time.perf_counter() - began
    except ImageError as error:
        return error, time.perf_counter() - began


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
