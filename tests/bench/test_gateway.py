"""What the road to the model costs beside the model itself: our own time per call, and how well waits overlap."""

import asyncio
import time
from collections.abc import Awaitable
from pathlib import Path

import pytest

from core.model.client import ModelClient
from core.model.gateway import Gateway
from core.model.prices import Price
from core.vocabulary.calls import Answer
from core.vocabulary.clock import SystemClock
from storage import open_storage
from tests.core.model.calls import a_call, colour, settings_for
from tests.core.model.server import ModelServer, after, answers, completion, serving

pytestmark = pytest.mark.bench

LATENCY = 0.2
CALLS = 400


@pytest.mark.parametrize("concurrency", [4, 16])
async def test_waiting_overlaps_and_our_own_work_is_small(tmp_path: Path, concurrency: int) -> None:
    server = ModelServer(always=after(LATENCY, answers(completion())))
    async with serving(server), open_storage(str(tmp_path / "f.db"), clock=SystemClock()) as storage:
        settings = settings_for(server, concurrency=concurrency, prices={"m": Price(0.4)}, cap_usd_day=100.0)
        async with ModelClient(settings) as client:
            gateway = Gateway(client, storage.answers, settings, SystemClock())
            await gateway.ask(a_call(nonce="warm"), colour)
            first, busy = await _asked(gateway)
            second, _ = await _asked(gateway)
    ideal = CALLS / concurrency * LATENCY
    print(
        f"\nconcurrency {concurrency}: {CALLS} calls of {LATENCY * 1000:.0f} ms took {first:.2f} s, "
        f"{first / ideal:.3f} x the ideal {ideal:.2f} s; processor time {busy / CALLS * 1000:.2f} ms a call "
        f"(client, gateway, ledger, the test's own server); from the cache {second / CALLS * 1000:.2f} ms a call"
    )
    assert len(server.requests) == CALLS + 1


async def _asked(gateway: Gateway) -> tuple[float, float]:
    wall, busy = time.perf_counter(), time.process_time()
    outcomes = await asyncio.gather(*(gateway.ask(a_call(nonce=str(i)), colour) for i in range(CALLS)))
    assert all(isinstance(outcome, Answer) for outcome in outcomes)
    return time.perf_counter() - wall, time.process_time() - busy


async def test_one_call_after_another(tmp_path: Path) -> None:
    server = ModelServer(always=after(LATENCY, answers(completion())))
    async with serving(server), open_storage(str(tmp_path / "f.db"), clock=SystemClock()) as storage:
        settings = settings_for(server)
        async with ModelClient(settings) as client:
            gateway = Gateway(client, storage.answers, settings, SystemClock())
            await gateway.ask(a_call(nonce="warm"), colour)
            ours, bare = [], []
            for i in range(25):
                ours.append(await _timed(gateway.ask(a_call(nonce=str(i)), colour)))
                bare.append(await _timed(client.send(a_call(nonce=str(i)))))
    (wall, busy), (bare_wall, bare_busy) = (map(_median, zip(*times, strict=True)) for times in (ours, bare))
    print(
        f"\none at a time, medians of 25: bare client {bare_wall * 1000:.1f} ms ({bare_busy * 1000:.2f} ms of it "
        f"processor time), with gateway and ledger {wall * 1000:.1f} ms ({busy * 1000:.2f} ms): "
        f"{wall / LATENCY:.3f} x latency, our own work {(busy - bare_busy) * 1000:.2f} ms a call"
    )


async def _timed(call: Awaitable[object]) -> tuple[float, float]:
    wall, busy = time.perf_counter(), time.process_time()
    await call
    return time.perf_counter() - wall, time.process_time() - busy


def _median(values: tuple[float, ...]) -> float:
    return sorted(values)[len(values) // 2]
