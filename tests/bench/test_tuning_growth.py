"""Growth: what a run costs a member in time and memory, with ten members and with a thousand."""

import asyncio
import time
import tracemalloc

import pytest

from core.tending.run import Tuner
from core.vocabulary.emotions import MIKELS
from core.vocabulary.profile import ProfileKey
from storage import Storage
from tests.fakes import ManualClock
from tests.labelling import felt
from tests.scripted import ScriptedAsker, picture, rule

pytestmark = pytest.mark.bench

MAJORITY = {"sea": "contentment", "storm": "fear", "cake": "amusement", "peak": "awe"}
KINDS = tuple(MAJORITY)
WRITES = [rule(kind, feel) for kind in KINDS for feel in ("excitement", "anger", "sadness")]


async def labelled(storage: Storage, members: range) -> Tuner:
    """A tuner for members who labelled forty pictures each."""
    kinds = [(k, KINDS[k % 4]) for k in range(40)]
    taste = {**MAJORITY, "storm": "excitement"}
    feelings = [(picture(f"{kind} {k}"), taste[kind], k) for k, kind in kinds]
    for member in members:
        await felt(storage, member, feelings)
    return Tuner(storage, ScriptedAsker(MAJORITY, writes=WRITES), ManualClock())


async def test_memory_per_member_stays_flat(sqlite_storage: Storage) -> None:
    found = {}
    for members in (10, 100, 1000):
        run = await labelled(sqlite_storage, range(members, 2 * members))
        tracemalloc.start()
        began = time.process_time()
        for first in range(members, 2 * members, 10):
            await asyncio.gather(*(run.tune(ProfileKey(member, MIKELS.id)) for member in range(first, first + 10)))
        seconds, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
        tracemalloc.stop()
        found[members] = (seconds / members, peak / members)
        print(f"\n{members} members: {1000 * seconds / members:.1f} ms and {peak / members / 1024:.0f} KiB each")
    print(f"a thousand against ten: {found[1000][0] / found[10][0]:.2f} x the time each")
    assert found[1000][1] < 2.0 * found[10][1]
