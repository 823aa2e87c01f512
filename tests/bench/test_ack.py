"""How soon an interaction is acknowledged and answered: a command, and `/feel` whose answer is known already.

From the event's arrival to the request that Discord gets, on the simulated Discord: the network is not ours to
measure. Half of it again while 20 members react, so that the acknowledgement has to pass the ingest; and once
while four members are tuned and twenty pictures of six megapixels are decoded, again and again.
"""

import asyncio
import functools
import io
import time

import pytest
from discord.webhook.async_ import AsyncWebhookAdapter
from PIL import Image

from bot.demo.pictures import draw, draw_many
from core.vocabulary.facts import Reacted
from core.vocabulary.profile import ProfileKey
from core.vocabulary.server_settings import ServerSettings
from tests.journeys.conftest import bot_on, folder, kept_workers, picture, settings_for  # noqa: F401 (two are fixtures)

pytestmark = pytest.mark.bench
TIMES = 100
_ANSWERS = ("create_interaction_response", "edit_original_interaction_response", "execute_webhook")


def _said(values):
    ordered = sorted(values)
    p99 = ordered[int(len(ordered) * 0.99)]
    return f"p50 {1000 * ordered[len(ordered) // 2]:.1f}, p99 {1000 * p99:.1f} ms"


async def _ingest(app, members, messages, channel_id, guild_id):
    """As many facts as 20 busy members make: one every 5 ms."""
    n = 0
    while True:
        place = (members[n % 20], messages[n // 20 % 5], channel_id, guild_id, "😂", False, False, n)
        app.intake.put(Reacted(n // 100 % 2 == 0, *place))
        n += 1
        await asyncio.sleep(0.005)


@pytest.mark.parametrize("busy", [False, True])
async def test_acknowledged_and_answered(folder, monkeypatch, busy, request):  # noqa: F811
    said = []
    for name in _ANSWERS:
        original = getattr(AsyncWebhookAdapter, name)

        @functools.wraps(original)
        def noted(*args, _original=original, **kwargs):
            said.append(time.perf_counter())
            return _original(*args, **kwargs)

        monkeypatch.setattr(AsyncWebhookAdapter, name, noted)
    async with bot_on(settings_for(folder, feel_per_minute=120)) as (app, env):
        guild = env.create_guild("Pictures")
        channel = guild.create_text_channel("pictures")
        bob = guild.add_member(env.create_user("bob"))
        await app.roster.save(ServerSettings(guild.id, frozenset({channel.id}), seed_reactions=False))
        await bob.slash(channel, "join")
        members = list(range(1, 21))
        for member_id in members:
            await app.roster.join(member_id, 1)
        messages = [(await bob.send(channel, attachments=[("a.png", picture(n))])).id for n in range(5)]
        await bob.slash(channel, "feel", image=("a.png", picture()))
        ingest = asyncio.create_task(_ingest(app, members, messages, channel.id, guild.id)) if busy else None
        for name, options in (("progress", {}), ("feel", {"image": ("a.png", picture())})):
            acked, answered, used = [], [], time.process_time()
            for _ in range(TIMES):
                said.clear()
                began = time.perf_counter()
                await bob.slash(channel, name, **options)
                acked.append(said[0] - began)
                answered.append(said[-1] - began)
            used = time.process_time() - used
            print(
                f"\n{request.node.name} /{name}: acknowledged {_said(acked)}; answered {_said(answered)}", end=""
            )
            print(f"; {1000 * used / TIMES:.1f} ms of processor each")
        if ingest is not None:
            ingest.cancel()


async def _for_ever(work):
    while True:
        await work()


async def test_acknowledged_once_and_soon_while_four_are_tuned_and_twenty_pictures_decoded(
    folder,  # noqa: F811
    monkeypatch,
):
    acked = {}
    original = AsyncWebhookAdapter.create_interaction_response

    @functools.wraps(original)
    def noted(self, interaction_id, *args, **kwargs):
        acked.setdefault(interaction_id, []).append(time.perf_counter())
        return original(self, interaction_id, *args, **kwargs)

    monkeypatch.setattr(AsyncWebhookAdapter, "create_interaction_response", noted)
    drawn = Image.open(io.BytesIO(draw(1).png)).resize((3000, 2000))
    large = io.BytesIO()
    drawn.save(large, "JPEG")
    chosen = {"quiet_seconds": 10.0**6, "concurrency": 4, "image_workers": 2}
    async with bot_on(settings_for(folder, **chosen)) as (app, env):
        guild = env.create_guild("Pictures")
        channel = guild.create_text_channel("pictures")
        people = [guild.add_member(env.create_user(f"p{n}")) for n in range(4)]
        await app.roster.save(ServerSettings(guild.id, frozenset({channel.id}), seed_reactions=False))
        for member in people:
            await member.slash(channel, "join")
        for n, one in enumerate(draw_many(16, 3)):
            message = await people[0].send(channel, attachments=[("a.png", one.png)])
            for place, member in enumerate(people):
                await member.react(message, "😂😨😌😮"[(n + place) % 4])
        await app.intake.drained()
        keys = [ProfileKey(member.id, app.default_label_set.id) for member in people]
        tuning = [asyncio.create_task(_for_ever(functools.partial(app.tuner.tune, key))) for key in keys]
        decode = functools.partial(app.images.normalise, large.getvalue())
        decoding = [asyncio.create_task(_for_ever(decode)) for _ in range(20)]
        late = []
        for n in range(TIMES):
            began, before = time.perf_counter(), set(acked)
            await people[n % 4].slash(channel, ("progress", "me", "feelprint show", "feelprint why")[n // 4 % 4])
            (said,) = (acked[one] for one in acked.keys() - before)
            assert len(said) == 1, "acknowledged once"
            late.append(said[0] - began)
        assert not any(task.done() for task in (*tuning, *decoding)), "all of it went on"
        for task in (*tuning, *decoding):
            task.cancel()
        await asyncio.gather(*tuning, *decoding, return_exceptions=True)
    print(f"\nfour tuned, twenty decoded: acknowledged {_said(late)}")
    assert sorted(late)[int(len(late) * 0.99)] < 0.5
