"""What an event has shown is not asked for, and what is known to be of no use is not asked for again."""

import discord
from simcord.backend.models import Overwrite

from tests.journeys.absences import away_and_back
from tests.journeys.conftest import deaf, picture

EMOJIS = ("😂", "😮", "😌", "🤩", "😠", "🤢", "😨", "😢")


async def test_a_reaction_to_what_was_posted_while_the_bot_was_there_needs_no_request(world):
    await world.join(world.bob)
    message = await world.post()
    before = len(world.env.http_requests)
    await world.bob.react(message, "😂")
    assert await world.labels(world.bob) == [{"amusement"}]
    assert len(world.env.http_requests) == before


async def test_reactions_to_chat_are_asked_about_once_for_each_message_at_most(world):
    await world.join(world.bob, world.alice)
    with deaf(world.app.intake):
        old = [await world.alice.send(world.channel, f"chat {n}") for n in range(5)]
    world.app.look._views.clear()
    before = len(world.env.http_requests)
    for message in old:
        for emoji in EMOJIS:
            await world.bob.react(message, emoji)
    await world.labels(world.bob)
    assert len(world.env.http_requests) - before == 5


async def test_a_channel_that_may_not_be_read_is_asked_about_once(world):
    await world.join(world.bob)
    with deaf(world.app.intake):
        posts = [await world.post(picture(20 * n)) for n in range(5)]
    world.app.look._views.clear()
    world.env.inject_error("GET", "/channels/*/messages/*", status=403, code=50001, times=100)
    before = len(world.env.http_requests)
    for message in posts:
        await world.bob.react(message, "😂")
    await world.labels(world.bob)
    assert len(world.env.http_requests) - before == 1


async def test_people_of_whom_nothing_is_stored_are_listed_once(world):
    await world.join(world.bob)
    for n in range(4):
        await world.alice.react(await world.post(picture(20 * n)), "😂")
    await away_and_back(world)
    before = len(world.env.http_requests)
    await world.app.catchup._walk()  # of the same round: nothing is left to do
    assert len(world.env.http_requests) == before


async def test_once_the_permission_returns_what_was_missed_is_found(world):
    await world.join(world.bob)
    message = await world.post()
    me = world.app.client.get_guild(world.guild.id).me
    denied = discord.Permissions(read_message_history=True, view_channel=True).value
    world.env.backend.set_overwrite(world.channel.id, Overwrite(me.id, 1, allow=0, deny=denied))
    with deaf(world.app.intake):
        await world.bob.react(message, "😂")
    await away_and_back(world)
    assert await world.labels(world.bob) == []
    world.app.catchup._last = -(10**13)
    world.env.backend.set_overwrite(world.channel.id, Overwrite(me.id, 1, allow=denied, deny=0))
    await world.env.settle()
    await world.app.catchup.idle()
    assert await world.labels(world.bob) == [{"amusement"}]
