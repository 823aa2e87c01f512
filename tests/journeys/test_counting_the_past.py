"""Counting the past where not every channel can be looked at: the others are counted, and what is left is told."""

from dataclasses import replace
from types import SimpleNamespace

import discord
import pytest
from simcord.backend.models import Overwrite

from bot.intake.catchup import Walk
from tests.journeys.conftest import picture


@pytest.fixture
async def elsewhere(world):
    """Another chosen channel, older than what anybody did."""
    channel = world.guild.create_text_channel("elsewhere")
    place = world.app.roster.place(world.guild.id)
    await world.app.roster.save(replace(place, channels=place.channels | {channel.id}))
    return channel


async def _counted(world):
    """What is told after "Yes, count them" in the channel of the world."""
    asked = await world.bob.slash(world.channel, "join")
    pressed = await world.bob.click(asked.response, label="Yes, count them")
    await world.app.catchup.idle()
    return " ".join(told.content for told in pressed.followups)


async def test_a_channel_that_fails_keeps_no_other_from_being_counted(world, elsewhere, monkeypatch):
    await world.bob.react(await world.post(picture(250)), "😮")
    await world.bob.react(await world.alice.send(elsewhere, attachments=[("a.png", picture(9))]), "😂")
    reader = world.app.catchup._reader
    page, fails = reader.page, [True]

    async def failing(channel, *more):
        if channel.id == world.channel.id and fails:
            raise discord.DiscordServerError(SimpleNamespace(status=503, reason=""), "")
        return await page(channel, *more)

    monkeypatch.setattr(reader, "page", failing)
    assert "I go on with the older ones" in await _counted(world)
    assert await world.labels(world.bob) == [{"amusement"}]
    fails.clear()
    await world.app.catchup.walk(Walk())
    assert len(await world.labels(world.bob)) == 2


async def test_a_channel_that_may_not_be_read_is_not_told_as_counted(world, elsewhere):
    await world.bob.react(await world.post(picture(250)), "😮")
    denied = discord.Permissions(read_message_history=True).value
    me = elsewhere.guild.me.id
    world.env.backend.set_overwrite(elsewhere.id, Overwrite(me, 1, allow=0, deny=denied))
    await world.env.settle()
    told = await _counted(world)
    assert "I counted 1 reaction from before." in told
    assert "There is 1 channel here that I may not read back in." in told
