"""What the road from event to label costs: facts that do not count, and facts that do.

The yardstick is a bare queue between two tasks on the same machine at the same moment.
"""

import asyncio
import time

import pytest

from bot.host.logs import set_up_logs
from bot.intake.intake import Intake
from bot.intake.roster import Roster
from core.collecting.policy import MessageView, Picture
from core.vocabulary.facts import Reacted
from core.vocabulary.images import Image
from core.vocabulary.server_settings import ServerSettings
from storage import open_storage
from tests.fakes import ManualClock

pytestmark = pytest.mark.bench
FACTS = 20_000


class _Look:
    """Every message shows one picture; nothing is downloaded, since Discord's speed is not ours to measure."""

    async def message(self, server_id, channel_id, message_id):
        return MessageView(message_id, channel_id, server_id, 1, (Picture("u"),))

    async def image(self, *_, **__):
        return Image("a" * 64, b"jpeg", 1, 1)


async def _bare_queue():
    queue: asyncio.Queue[int] = asyncio.Queue()

    async def take():
        for _ in range(FACTS):
            await queue.get()

    taker = asyncio.create_task(take())
    began = time.perf_counter()
    for n in range(FACTS):
        queue.put_nowait(n)
    await taker
    return time.perf_counter() - began


async def test_facts_a_second(tmp_path):
    set_up_logs("info")
    clock = ManualClock()
    async with open_storage(tmp_path / "x.db", clock=clock) as storage:
        roster = Roster(storage.members, storage.servers, storage.exclusions, storage.own_moods)
        await roster.save(ServerSettings(1, frozenset({2})))
        await roster.join(7, 1)
        intake = Intake(roster, storage.labels, _Look(), clock, lambda applied: None)
        intake.start()
        bare = await _bare_queue()
        print(f"\nbare queue: {FACTS / bare:,.0f} a second")
        for name, member_id in (("of strangers", 8), ("of members", 7)):
            began, busy = time.perf_counter(), time.process_time()
            for n in range(FACTS):
                place = (1000 + n % 500, 2, 1, "😂😮"[n // 500 % 2], False, False, n)
                intake.put(Reacted(n // 1000 % 2 == 0, member_id, *place))
            await intake.drained()
            spent, busy = time.perf_counter() - began, time.process_time() - busy
            print(f"facts {name}: {FACTS / spent:,.0f} a second, {1e6 * busy / FACTS:.0f} µs of processor each")
        await intake.stop()
