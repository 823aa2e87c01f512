"""Order: what was taken back stays taken back, however slow a picture is and however events come together."""

import asyncio
import random

from core.vocabulary.facts import MessagesGone, Reacted
from tests.journeys.conftest import picture

EMOJIS = ("😂", "😮", "😌")


async def test_added_and_taken_back_in_quick_succession_leaves_nothing(world):
    await world.join(world.bob)
    messages = [await world.post(picture(10 * n)) for n in range(5)]
    for message in messages:
        for shown in (True, False, True, False):
            world.env.backend.set_reaction(world.channel.id, message.id, "😂", world.bob.id, shown)
    await world.env.settle()
    assert await world.labels(world.bob) == []


async def test_a_reaction_taken_back_while_its_picture_downloads_leaves_nothing(world, monkeypatch):
    await world.join(world.bob)
    message = await world.post()
    look, go = world.app.source, asyncio.Event()
    read = look.image

    async def slow(*wanted, **how):
        await go.wait()
        return await read(*wanted, **how)

    monkeypatch.setattr(look, "image", slow)
    place = (world.bob.id, message.id, world.channel.id, world.guild.id, "😂", False, False, 1)
    world.app.intake.put(Reacted(True, *place))
    world.app.intake.put(Reacted(False, *place))
    go.set()
    assert await world.labels(world.bob) == []


async def test_a_late_reaction_does_not_revive_a_deleted_message(world):
    await world.join(world.bob)
    message = await world.post()
    await world.bob.react(message, "😂")
    world.app.intake.put(MessagesGone((message.id,)))
    world.app.intake.put(
        Reacted(True, world.bob.id, message.id, world.channel.id, world.guild.id, "😮", False, False, 2)
    )
    assert await world.labels(world.bob) == []


async def test_a_thousand_hasty_changes_end_where_discord_ends(world):
    await world.join(world.bob, world.alice)
    chance = random.Random(7)
    messages = [await world.post(picture(10 * n)) for n in range(6)]
    shown: set[tuple[int, int, str]] = set()
    for at in range(1000):
        key = (chance.choice((world.alice.id, world.bob.id)), chance.choice(messages).id, chance.choice(EMOJIS))
        member_id, message_id, emoji = key
        place = (member_id, message_id, world.channel.id, world.guild.id, emoji, False, False, at)
        world.app.intake.put(Reacted(key not in shown, *place))
        shown ^= {key}
        if at % 50 == 0:
            await asyncio.sleep(0)
    await world.app.intake.drained()
    stored = await world.app.storage.labels.reactions_on([message.id for message in messages])
    assert {(member_id, message_id, emoji) for message_id, member_id, emoji, _ in stored} == shown


async def test_an_exception_for_one_fact_stops_no_lane(world, monkeypatch):
    await world.join(world.bob)
    first, second = await world.post(picture(1)), await world.post(picture(2))
    look, read = world.app.source, world.app.source.message

    async def broken(server_id, channel_id, message_id):
        if message_id == first.id:
            raise RuntimeError("anything at all")
        return await read(server_id, channel_id, message_id)

    monkeypatch.setattr(look, "message", broken)
    for lane_mate in (first, second, first, second):
        await world.bob.react(lane_mate, "😂") if lane_mate is second else world.app.intake.put(
            Reacted(True, world.bob.id, first.id, world.channel.id, world.guild.id, "😂", False, False, 1)
        )
    assert await world.labels(world.bob) == [{"amusement"}]
