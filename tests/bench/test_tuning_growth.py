"""Growth: what a run costs a member in time and memory, with ten members and with a thousand."""

import asyncio
import time
import tracemalloc

import pytest

from core.tuning.run import Tuner
from core.vocabulary.emotions import MIKELS
from core.vocabulary.profile import ProfileKey
from tests.fakes import ManualClock
from tests.fakes_tuning import MemoryLabels, MemoryTuning
from tests.scripted import ScriptedAsker, picture, rule

pytestmark = pytest.mark.bench

MAJORITY = {"sea": "contentment", "storm": "fear", "cake": "amusement", "peak": "awe"}
KINDS = tuple(MAJORITY)
WRITES = [rule(kind, feel) for kind in KINDS for feel in ("excitement", "anger", "sadness")]


def tuner(members: int) -> Tuner:
    labels = MemoryLabels()
    for member in range(members):
        for k in range(40):
            kind = KINDS[k % 4]
            felt = "excitement" if kind == "storm" else MAJORITY[kind]
            labels.felt(member, picture(f"{kind} {k}"), felt, at=k)
    return Tuner(MemoryTuning(labels), ScriptedAsker(MAJORITY, writes=WRITES), ManualClock())


async def test_memory_per_member_stays_flat() -> None:
    found = {}
    for members in (10, 100, 1000):
        run = tuner(members)
        tracemalloc.start()
        began = time.process_time()
        for first in range(0, members, 10):
            await asyncio.gather(*(run.tune(ProfileKey(member, MIKELS.id)) for member in range(first, first + 10)))
        seconds, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
        tracemalloc.stop()
        found[members] = (seconds / members, peak / members)
        print(f"\n{members} members: {1000 * seconds / members:.1f} ms and {peak / members / 1024:.0f} KiB each")
    print(f"a thousand against ten: {found[1000][0] / found[10][0]:.2f} x the time each")
    assert found[1000][1] < 2.0 * found[10][1]
