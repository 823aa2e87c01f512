"""The road under a slow Discord: order by message, turns by channel, and what is kept at hand on it."""

import asyncio
import re
import time
from collections import Counter
from types import SimpleNamespace

import pytest
from aiohttp import web

from bot.intake.fetch import Downloads
from bot.intake.intake import Intake
from bot.intake.lanes import AT_ONCE
from bot.intake.roster import Roster
from bot.intake.source import MessageSource
from core.collecting.policy import MessageView, Picture
from core.collecting.refusals import Refusal
from core.decoding.workers import ImageWorkers
from core.vocabulary.facts import ChannelGone, MessagesGone, PictureGone, Reacted, ServerGone, ServerLeft
from core.vocabulary.profile import ProfileKey
from core.vocabulary.server_settings import ServerSettings
from tests.core.samples import encoded, scene

SERVER, SLOW, QUICK = 1, 2, 3
MEMBERS = range(7, 27)
LANDSCAPE = encoded(scene(), "PNG")


class _Source(MessageSource):
    """The real one; what it asks of Discord by REST hangs for messages of one channel until `go` is set."""

    def __init__(self, client, images, url):
        super().__init__(client, images)
        self.url, self.go, self.fetches, self.under_way, self.most = url, asyncio.Event(), Counter(), 0, 0

    async def _fetched(self, server_id, channel_id, message_id):
        self.fetches[message_id] += 1
        if channel_id == SLOW:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            await self.go.wait()
            self.under_way -= 1
        return self.view(message_id, channel_id)

    def view(self, message_id, channel_id=QUICK, *, path="quick"):
        return MessageView(message_id, channel_id, SERVER, 1, (Picture(f"{self.url}/{path}/{message_id}.png"),))


@pytest.fixture
async def road(sqlite_storage, clock):
    """An intake over real parts: a file host on loopback whose files under /slow hang until `go` is set."""
    downloads = Downloads(hosts=re.compile(r"^127\.0\.0\.1$"), scheme="http", private=True)
    client = SimpleNamespace(http=SimpleNamespace(get_from_cdn=downloads.get))

    async def answer(request: web.Request) -> web.Response:
        if request.path.startswith("/slow"):
            await source.go.wait()
        return web.Response(body=LANDSCAPE)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    roster = Roster(
        sqlite_storage.members, sqlite_storage.servers, sqlite_storage.exclusions, sqlite_storage.own_moods
    )
    await roster.save(ServerSettings(SERVER, frozenset({SLOW, QUICK})))
    for member_id in MEMBERS:
        await roster.join(member_id, 1)
    async with ImageWorkers() as workers:
        source = _Source(lambda: client, workers, f"http://127.0.0.1:{runner.addresses[0][1]}")
        await workers.normalise(LANDSCAPE)  # its processes are there
        intake = Intake(roster, sqlite_storage.labels, source, clock, lambda applied: None)
        intake.start()
        yield SimpleNamespace(intake=intake, source=source, storage=sqlite_storage)
        source.go.set()
        await intake.stop(seconds=1.0)
    await downloads.close()
    await runner.cleanup()


def reacted(message_id, channel_id=QUICK, member_id=7, emoji="😂", *, added=True):
    return Reacted(added, member_id, message_id, channel_id, SERVER, emoji, False, False, message_id)


async def settled_ms(road, fact):
    began = time.perf_counter()
    assert await asyncio.wait_for(road.intake.settle(fact), 8) is None
    return 1000 * (time.perf_counter() - began)


async def test_a_channel_whose_messages_hang_holds_up_no_other(road):
    for n in range(100):
        road.intake.put(reacted(1000 + n, SLOW, 7 + n % 20))
    await asyncio.sleep(0.05)
    quick = sorted([await settled_ms(road, reacted(2000 + n, member_id=7 + n)) for n in range(10)])
    assert quick[5] < 500, quick
    assert road.source.most == AT_ONCE
    road.source.go.set()
    await road.intake.drained()
    assert len(await road.storage.labels.reactions_on(range(1000, 1100))) == 100


async def test_a_channel_whose_pictures_hang_holds_up_no_other_not_even_for_the_same_member(road):
    for n in range(40):
        road.source.shown(1000 + n, road.source.view(1000 + n, SLOW, path="slow"))
        road.intake.put(reacted(1000 + n, SLOW, 7 + n % 2))
    await asyncio.sleep(0.05)
    quick = sorted([await settled_ms(road, reacted(2000 + n, member_id=7 + n % 2)) for n in range(10)])
    assert quick[5] < 500, quick
    road.source.go.set()
    await road.intake.drained()
    assert len(await road.storage.labels.reactions_on(range(1000, 1040))) == 40


async def test_what_needs_no_look_waits_for_none(road):
    for n in range(20):
        road.intake.put(reacted(1000 + n, SLOW))
    assert await settled_ms(road, reacted(2000)) < 5000
    assert await settled_ms(road, reacted(2000, SLOW, added=False)) < 500
    assert await road.storage.labels.labels(ProfileKey(7, "mikels")) == ()


@pytest.mark.parametrize("gone", [ChannelGone(SLOW), ServerGone(SERVER), MessagesGone((1000,))])
async def test_what_is_gone_waits_for_what_was_told_before_it_and_takes_it_along(road, gone):
    road.intake.put(reacted(1000, SLOW))
    road.intake.put(reacted(1000, SLOW, emoji="😮"))
    if isinstance(gone, ServerGone):
        road.intake.put(ServerLeft(SERVER, 9))
    road.intake.put(gone)
    road.source.go.set()
    await road.intake.drained()
    assert await road.storage.labels.reactions_on([1000]) == frozenset()
    assert road.intake._recent.get(1000) is None


async def test_the_end_of_one_channel_waits_for_no_other(road):
    road.intake.put(reacted(1000, SLOW))
    await road.intake.settle(reacted(2000))
    await asyncio.wait_for(road.intake.settle(ChannelGone(QUICK)), 5)
    assert await road.storage.labels.reactions_on([2000]) == frozenset()


async def test_many_deleted_together_wait_each_for_its_own_and_all_go(road):
    await road.intake.settle(reacted(2000))
    road.intake.put(reacted(1000, SLOW))
    road.intake.put(MessagesGone((1000, 2000), SERVER, SLOW))
    await road.intake.settle(reacted(2001))
    assert await road.storage.labels.reactions_on([2000]) == frozenset()
    road.source.go.set()
    await road.intake.drained()
    assert await road.storage.labels.reactions_on([1000, 2000]) == frozenset()


async def test_a_strangers_reaction_does_not_count_though_they_join_while_its_message_is_looked_at(road):
    road.intake.put(reacted(1000, SLOW))
    refused = road.intake.settle(reacted(1000, SLOW, 99))
    assert await asyncio.wait_for(refused, 60) is Refusal.NOT_JOINED
    await road.intake._roster.join(99, 2)
    road.source.go.set()
    await road.intake.drained()
    assert {row[1] for row in await road.storage.labels.reactions_on([1000])} == {7}


async def test_a_message_is_looked_at_once_for_all_who_react(road):
    for member_id in MEMBERS:
        road.intake.put(reacted(1000, SLOW, member_id))
    road.source.go.set()
    await road.intake.drained()
    assert len(await road.storage.labels.reactions_on([1000])) == len(MEMBERS)
    assert road.source.fetches == {1000: 1}


@pytest.mark.parametrize(
    "gone",
    [ChannelGone(QUICK), ServerGone(SERVER), MessagesGone((1000,)), PictureGone(1000, ("another",)), None],
)
async def test_no_picture_stays_at_hand_of_what_is_gone(road, gone):
    """None: somebody is forgotten."""
    await road.intake.settle(reacted(1000))
    recent = road.intake._recent
    assert recent.get(1000) is not None
    await road.intake.settle(gone) if gone else road.intake.forget_recent()
    assert recent.get(1000) is None
    assert not recent._images


async def test_an_end_finishes_what_it_can_and_begins_nothing_more(road):
    for n in range(10):
        road.intake.put(reacted(1000 + n, SLOW))
    async with asyncio.timeout(60):
        while road.source.fetches.total() < AT_ONCE:  # noqa: ASYNC110 - of other tasks
            await asyncio.sleep(0.005)
    await road.intake.stop(seconds=0.05)
    assert road.source.fetches.total() == AT_ONCE
    assert await road.intake.settle(reacted(2000)) is Refusal.NOT_KEPT
