"""Whoever manages a server, from nothing to a running one: what is missing is said, what is chosen holds, what is
spent is told, and who removes the bot and comes back finds all as it was.
"""

from dataclasses import replace

import discord
from simcord.backend.models import Overwrite

from bot.words import buttons, setup_buttons
from core.vocabulary.server_settings import GRACE_DAYS, ServerSettings
from tests.fakes import ManualClock
from tests.journeys.conftest import picture, text_of
from tests.journeys.driven import raw_in
from tests.journeys.test_budget_warnings import heard, owner, spend
from tests.journeys.test_deck import labels_on
from tests.journeys.test_server_left import passed, removed
from tests.journeys.test_setup import _fields


async def test_from_nothing_to_a_running_server_and_back(world):
    world.read = []
    for station in (begins, is_told_what_is_missing, sets_a_budget, invites, excludes, is_warned, comes_back):
        await station(world)
        assert raw_in(world.read) == [], station.__name__


async def says(world, command):
    """What the steward reads."""
    result = await world.steward.slash(world.channel, command)
    world.read.append(text_of(result))
    return result


async def begins(world):
    """Nothing is chosen: the panel says what to do, and posts no invitation where nothing would count."""
    await world.app.roster.save(ServerSettings(world.guild.id))
    panel = await says(world, "setup")
    assert "Channels: none yet: choose below" in text_of(panel)
    await world.steward.click(panel.response, label=setup_buttons.post_invitation())
    assert "they count nowhere yet: choose channels above" in text_of(panel)
    assert world.channel.history() == []


async def is_told_what_is_missing(world):
    """A channel in which the bot lacks a permission is named with it, until it has it."""
    me = world.app.client.get_guild(world.guild.id).me
    denied = Overwrite(me.id, 1, allow=0, deny=discord.Permissions(add_reactions=True).value)
    world.env.backend.set_overwrite(world.channel.id, denied)
    await world.env.settle()
    panel = await says(world, "setup")
    await world.steward.select(panel.response, [world.channel])
    assert f"In <#{world.channel.id}> I still need: Add Reactions." in text_of(panel)
    world.env.backend.set_overwrite(world.channel.id, replace(denied, deny=0))
    await world.env.settle()
    assert "I still need" not in text_of(await says(world, "setup"))


async def sets_a_budget(world):
    """For all who ask there, and for one member."""
    panel = await says(world, "setup")
    form = await world.steward.click(panel.response, label=setup_buttons.budget())
    fields = _fields(form.modal["components"])
    await world.steward.submit_modal(form, dict(zip(fields, ["1", "0.25"], strict=True)))
    world.read.append(text_of(panel))
    assert "What the model may cost here in 24 hours: $1.00" in text_of(panel)
    assert "For one member, all places together: $0.25" in text_of(panel)


async def invites(world):
    """Two join by the invitation and react; what is told of them is how many."""
    panel = await says(world, "setup")
    await world.steward.click(panel.response, label=setup_buttons.post_invitation())
    invitation = world.channel.last_message
    assert labels_on(invitation) == [buttons.join()]
    for member in (world.alice, world.bob):
        await member.click(invitation, label=buttons.join())
    first, world.other = await world.post(picture(10)), await world.post(picture(90))
    for member in (world.alice, world.bob):
        await member.react(first, "😂")
    await world.bob.react(world.other, "😨")
    await world.labels(world.bob)
    assert "Labels made here: 3, by 2 members" in text_of(await says(world, "server"))


async def excludes(world):
    """What is excluded counts for nobody any more, and not in the numbers."""
    card = await world.steward.context_menu(world.channel, "Exclude from Feelprint", world.other)
    await world.steward.click(card.response, label=buttons.exclude_message())
    assert await world.labels(world.bob) == [{"amusement"}]
    assert "Labels made here: 2, by 2 members" in text_of(await says(world, "server"))


async def is_warned(world):
    """Once four fifths of what may be spent are spent, whoever owns the server reads it, once."""
    world.owner, world.clock = owner(world), ManualClock(world.app.clock.now_ms())
    world.app.storage.overviews._clock = world.app.storage.answers._clock = world.clock
    world.app.warner._caps = world.app.settings.caps
    await world.app.roster.save(replace(world.app.roster.place(world.guild.id), member_usd_per_day=None))
    await spend(world, 0.4)
    await world.app.warner.look()
    assert heard(world, world.owner) == []
    await spend(world, 0.42)
    for _ in range(2):
        await world.app.warner.look()
    assert len(heard(world, world.owner)) == 1
    assert "$0.82 of $1.00" in text_of(await says(world, "server"))


async def comes_back(world):
    """The bot is removed, the owner is told what becomes of it, and a day before the end all is found again."""
    kept = world.app.roster.place(world.guild.id)
    back = await removed(world)
    farewell = heard(world, world.owner)[-1]
    assert farewell.startswith("I was removed from Pictures. On <t:")
    world.read.append(farewell)
    await passed(world, GRACE_DAYS - 1)
    back()
    await world.env.settle()
    await world.app.intake.drained()
    assert world.app.roster.place(world.guild.id) == kept
    assert await world.labels(world.bob) == [{"amusement"}]
    assert f"Channels: <#{world.channel.id}>" in text_of(await says(world, "setup"))
