"""A picture of one channel is shown in another only where all who see that one see this one, too."""

from types import SimpleNamespace

import discord
import pytest
from simcord.backend.models import Overwrite

from bot.outgoing.audience import sees_all

VIEW, HISTORY = discord.Permissions(view_channel=True).value, discord.Permissions(read_message_history=True).value
ROLE, PERSON = 0, 1


@pytest.fixture
async def channels(world):
    """A channel with pictures, one in which the game is played, a role, and ways to change who sees what."""
    source, target = world.guild.create_text_channel("art"), world.guild.create_text_channel("game")
    role = world.guild.create_role("Friends")
    whom = {
        "everybody": (world.guild.id, ROLE),
        "friends": (role.id, ROLE),
        "bob": (world.bob.id, PERSON),
        "bot": (world.app.client.user.id, PERSON),
    }

    def say(channel, who, *, allow=0, deny=0):
        who_id, kind = whom[who]
        world.env.backend.set_overwrite(channel.id, Overwrite(who_id, kind, allow=allow, deny=deny))

    await world.env.settle()

    async def seen():
        await world.env.settle()
        there, here = world.app.client.get_channel(source.id), world.app.client.get_channel(target.id)
        return sees_all(there, here)

    return SimpleNamespace(source=source, target=target, say=say, seen=seen)


async def test_what_everybody_sees_is_open(channels):
    assert await channels.seen()
    channels.say(channels.target, "everybody", deny=VIEW)
    assert await channels.seen()
    channels.say(channels.source, "bot", deny=VIEW)
    assert await channels.seen(), "the bot's own rights are no audience"


@pytest.mark.parametrize("right", [VIEW, HISTORY])
@pytest.mark.parametrize("who", ["everybody", "friends", "bob"])
async def test_a_channel_that_some_who_see_the_game_do_not_see_is_closed(channels, who, right):
    channels.say(channels.source, who, deny=right)
    assert not await channels.seen()


async def test_a_channel_for_a_role_is_open_to_a_game_for_that_role_alone(channels):
    channels.say(channels.source, "everybody", deny=VIEW)
    channels.say(channels.source, "friends", allow=VIEW)
    assert not await channels.seen()
    channels.say(channels.target, "everybody", deny=VIEW)
    channels.say(channels.target, "friends", allow=VIEW)
    assert await channels.seen()
    channels.say(channels.target, "bob", allow=VIEW)
    assert not await channels.seen(), "who is let in as a person may not see the other"


async def test_in_its_own_channel_and_its_threads_every_picture_is_seen(world, channels):
    channels.say(channels.source, "everybody", deny=VIEW)
    await world.env.settle()
    source = world.app.client.get_channel(channels.source.id)
    assert sees_all(source, source)
    thread = discord.Thread(guild=source.guild, state=source._state, data=_thread(source, private=False))
    assert sees_all(thread, source)
    private = discord.Thread(guild=source.guild, state=source._state, data=_thread(source, private=True))
    assert not sees_all(private, source)
    assert sees_all(private, private)


def _thread(parent, *, private):
    kind = discord.ChannelType.private_thread if private else discord.ChannelType.public_thread
    state = {"archived": False, "auto_archive_duration": 60, "archive_timestamp": "2026-01-01T00:00:00+00:00"}
    return {
        "id": 77,
        "parent_id": parent.id,
        "owner_id": 1,
        "name": "aside",
        "type": kind.value,
        "message_count": 0,
        "member_count": 0,
        "thread_metadata": state,
    }
