"""How long a tuning run takes against a slow model, beside what the model's latency alone would take.

    pytest -m bench -n 0 -s tests/bench/test_run_speed.py

The critical path is the steps of a run one after the other, each of ceil(calls / concurrency) times the
latency. Printed, not asserted: a time is not a test. That a second run sends nothing is one.
"""

import asyncio
import time
from collections import Counter
from math import ceil
from pathlib import Path

import pytest

from bot.demo.people import PEOPLE, reactions
from bot.demo.pictures import draw_many
from core.asking.asker import ModelAsker
from core.changes import RecordReaction, Sighting
from core.clock import SystemClock
from core.emotions import MIKELS
from core.imageworker import ImageWorkers
from core.model.client import ModelClient
from core.model.config import ModelSettings
from core.model.gateway import Gateway
from core.offline.model import MODEL_NAME
from core.offline.server import OfflineServer
from core.tuning.run import Tuner
from storage import Storage, open_storage

pytestmark = pytest.mark.bench

MEMBER, LABELS, LATENCY, TOGETHER = 7, 32, 0.2, 8


async def label(storage: Storage) -> None:
    pictures = draw_many(LABELS, seed=3)
    felt = reactions([p.scene for p in pictures], seed=3)[PEOPLE[1].name]
    async with ImageWorkers(2) as workers:
        images = await asyncio.gather(*[workers.normalise(p.png) for p in pictures])
    await storage.members.join(MEMBER, 1, 1)
    changes = [
        RecordReaction(
            MEMBER, Sighting(n, 1, 1, image.hash, n), MIKELS.emoji_of(name), False, name, MIKELS.id, n, image
        )
        for n, (image, name) in enumerate(zip(images, felt, strict=True), 1)
    ]
    await storage.labels.apply(changes)


async def test_a_run_takes_little_longer_than_its_critical_path(tmp_path: Path) -> None:
    clock = SystemClock()
    async with open_storage(tmp_path / "feelprint.db", clock=clock) as storage, OfflineServer(LATENCY) as server:
        await label(storage)
        model = ModelSettings(server.base_url, "none", MODEL_NAME, concurrency=TOGETHER)
        async with ModelClient(model) as client:
            gateway = Gateway(client, storage.answers, model, clock)
            asker = ModelAsker(gateway)
            tuner = Tuner(storage.labels, storage.tuning, asker, clock, concurrency=TOGETHER)
            began, cpu = time.perf_counter(), time.process_time()
            report = await tuner.tune(MEMBER, MIKELS.id)
            took, worked = time.perf_counter() - began, time.process_time() - cpu
            asked = Counter(report.detail["asked"])
            path = sum(ceil(calls / TOGETHER) for calls in asked.values()) * LATENCY
            calls = sum(asked.values())
            again = time.perf_counter()
            second = await tuner.tune(MEMBER, MIKELS.id)
            again = time.perf_counter() - again
            await gateway.aclose()
    print(f"\n{calls} calls {dict(asked)}, {LATENCY * 1000:.0f} ms each, {TOGETHER} together")
    print(f"{took:.1f} s, {took / path:.2f} of the critical path of {path:.1f} s")
    print(f"our own work {1000 * worked / calls:.1f} ms of processor time a call")
    print(f"the same again: {sum(second.detail['sent'].values())} calls sent, {again:.2f} s")
    assert second.detail["sent"] == {}
