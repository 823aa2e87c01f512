"""How long a tuning run takes against a slow model, beside what the model's latency alone would take.

    pytest -m bench -n 0 -s tests/bench/test_run_speed.py

The critical path is the steps of a run one after the other (generic answers, writers, matching, rules alone,
verification), each of ceil(calls / concurrency) times the latency. The check whether descriptions may be trusted
counts as a call of matching: it depends on nothing, so it forces no round of its own.

The server replays answers after exactly the latency, so its computing is neither latency nor our work: the first
run over fresh storage teaches it, and those that are measured ask the same over fresh storage again. They are also
warm and settled, as in a bot that has been up for a while; what the first run in a process costs is printed
beside. Our own work is the processor time of this process with the storage's threads, with prices and caps set.
Medians of some runs. Printed, not asserted: a time is not a test. That a second run sends nothing is one.
"""

import asyncio
import time
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from statistics import median

import pytest

from bot.demo.people import PEOPLE, reactions
from bot.demo.pictures import draw_many
from bot.operations.running import settle
from core.asking.asker import ModelAsker
from core.decoding.workers import ImageWorkers
from core.model.client import ModelClient
from core.model.config import ModelSettings
from core.model.gateway import Gateway
from core.model.prices import Price
from core.offline.model import MODEL_NAME
from core.tending.run import Tuner
from core.vocabulary.changes import RecordReaction, Sighting
from core.vocabulary.clock import SystemClock
from core.vocabulary.emotions import MIKELS
from core.vocabulary.profile import ProfileKey
from storage import Storage, open_storage
from tests.bench.replaying import replaying

pytestmark = pytest.mark.bench

MEMBER, LABELS, LATENCY, TOGETHER, RUNS = 7, 32, 0.2, 8, 5
PAID = {
    "prices": {"m": Price(0.4, 1.6)},
    "cap_usd_day": 10.0,
    "member_cap_usd_day": 5.0,
}


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


@dataclass(frozen=True, slots=True)
class Timed:
    """One run: wall-clock and processor seconds, calls by purpose, and the seconds of the same run again."""

    took: float
    worked: float
    asked: dict[str, int]
    again: float


async def run(database: Path, base_url: str) -> Timed:
    clock = SystemClock()
    async with open_storage(database, clock=clock) as storage:
        await label(storage)
        model = ModelSettings(base_url, "none", MODEL_NAME, concurrency=TOGETHER, **PAID)
        async with ModelClient(model) as client:
            gateway = Gateway(client, storage.answers, model, clock)
            tuner = Tuner(storage, ModelAsker(gateway), clock, concurrency=TOGETHER)
            began, cpu = time.perf_counter(), time.process_time()
            report = await tuner.tune(ProfileKey(MEMBER, MIKELS.id))
            took, worked = time.perf_counter() - began, time.process_time() - cpu
            began = time.perf_counter()
            second = await tuner.tune(ProfileKey(MEMBER, MIKELS.id))
            again = time.perf_counter() - began
            await gateway.aclose()
    assert report.explanation.cost.sent == report.explanation.cost.asked
    assert second.explanation.cost.sent == {}
    return Timed(took, worked, report.explanation.cost.asked, again)


async def test_a_run_takes_little_longer_than_its_critical_path(tmp_path: Path) -> None:
    with replaying(LATENCY) as server:
        first = await run(tmp_path / "first.db", server.base_url)
        computed = server.computed.value
        settle()
        runs = [await run(tmp_path / f"{n}.db", server.base_url) for n in range(RUNS)]
        assert server.computed.value == computed, "the measured runs asked something new"
    calls = sum(first.asked.values())
    path = sum(ceil(asked / TOGETHER) for asked in first.asked.values()) * LATENCY
    took, worked = median(r.took for r in runs), median(r.worked for r in runs)
    print(f"\n{calls} calls {first.asked}, {LATENCY * 1000:.0f} ms each, {TOGETHER} together")
    print(f"{took:.2f} s, {took / path:.2f} of the critical path of {path:.1f} s")
    print(
        f"our own work {1000 * worked / calls:.1f} ms of processor time a call "
        f"({1000 * first.worked / calls:.1f} in the first run of a process)"
    )
    print(f"the same again: 0 calls sent, {median(r.again for r in runs):.2f} s")
