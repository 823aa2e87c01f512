"""After an absence: what was added, taken back or deleted meanwhile is found, within a budget of requests."""

import discord
import pytest
from simcord.backend.models import Overwrite

from bot.intake.catchup import Walk
from core.vocabulary.facts import Reacted
from core.vocabulary.server_settings import ServerSettings
from tests.journeys.conftest import bot_on, deaf, picture, settings_for


async def _away_and_back(world, *while_away):
    """Stop the bot, let things happen, start another over the same database on the same Discord."""
    await world.app.intake.drained()
    with deaf(world.app.intake):
        for happens in while_away:
            await happens
    world.app.client = type(world.app.client)(world.app, message_content=True)
    world.app.catchup._last = -(10**9)
    await world.env.restart_bot(world.app.client)
    await world.app.catchup.idle()


async def test_reactions_added_and_taken_back_while_away_are_found(world):
    await world.join(world.bob)
    first, second, third = [await world.post(picture(n)) for n in (1, 100, 200)]
    await world.bob.react(first, "😂")
    await world.bob.react(second, "😮")
    await _away_and_back(
        world,
        world.bob.unreact(first, "😂"),
        world.bob.react(second, "😌"),
        world.bob.react(third, "😨"),
        world.alice.react(third, "😢"),
    )
    assert sorted(map(sorted, await world.labels(world.bob))) == [["awe", "contentment"], ["fear"]]
    assert await world.labels(world.alice) == []


async def test_messages_deleted_while_away_are_forgotten(world):
    await world.join(world.bob)
    first, second = await world.post(picture(1)), await world.post(picture(100))
    await world.bob.react(first, "😂")
    await world.bob.react(second, "😮")
    await _away_and_back(world, world.alice.delete(first))
    assert await world.labels(world.bob) == [{"awe"}]


async def test_a_history_that_may_not_be_seen_is_not_an_empty_one(world):
    await world.join(world.bob)
    await world.bob.react(await world.post(), "😂")
    await world.labels(world.bob)
    denied = discord.Permissions(read_message_history=True).value
    me = world.app.client.get_guild(world.guild.id).me
    world.env.backend.set_overwrite(world.channel.id, Overwrite(me.id, 1, allow=0, deny=denied))
    await world.env.settle()
    await world.app.catchup.walk(Walk())
    assert await world.labels(world.bob) == [{"amusement"}]


async def test_a_channel_deleted_while_away_is_forgotten(world):
    await world.join(world.bob)
    await world.bob.react(await world.post(), "😂")
    await world.labels(world.bob)
    with deaf(world.app.intake):
        world.env.backend.delete_channel(world.channel.id)
        await world.env.settle()
    await world.app.catchup.walk(Walk())
    assert await world.labels(world.bob) == []


async def test_a_server_that_is_not_there_is_left_alone(world):
    await world.join(world.bob)
    await world.bob.react(await world.post(), "😂")
    await world.labels(world.bob)
    world.app.client._connection._guilds.pop(world.guild.id)
    assert await world.app.catchup.walk(Walk()) == 0
    assert await world.labels(world.bob) == [{"amusement"}]


async def test_nothing_is_done_twice(world):
    await world.join(world.bob)
    message = await world.post()
    await world.bob.react(message, "😂")
    await world.app.intake.drained()
    assert await world.app.catchup.walk(Walk()) == 0


async def test_super_reactions_are_asked_for_apart(world, monkeypatch):
    """The simulation has none, so the count and the answer for them are put in."""
    await world.join(world.bob)
    message = await world.post()
    await world.bob.react(message, "😂")
    await world.app.intake.drained()
    original = discord.Reaction.users

    def users(self, *, limit=None, after=None, type=None):
        if type is discord.ReactionType.burst:
            return original(self, limit=limit)
        return original(self, limit=limit, type=type)

    def burst_too(self, **values):
        made(self, **values)
        self.burst_count = 1

    made = discord.Reaction.__init__
    monkeypatch.setattr(discord.Reaction, "__init__", burst_too)
    monkeypatch.setattr(discord.Reaction, "users", users)
    assert await world.app.catchup.walk(Walk()) == 1
    await world.app.intake.drained()
    stored = await world.app.storage.labels.reactions_on([message.id])
    assert {burst for *_, burst in stored} == {False, True}


async def test_a_live_event_while_reading_wins(world, monkeypatch):
    await world.join(world.bob)
    message = await world.post()
    with deaf(world.app.intake):
        await world.bob.react(message, "😂")
    walk, users = world.app.catchup, world.app.catchup._users

    async def meanwhile(reaction):
        async for found in users(reaction):
            yield found
        place = (world.bob.id, message.id, world.channel.id, world.guild.id, "😂", False, False, 9)
        world.app.intake.put(Reacted(False, *place))

    monkeypatch.setattr(walk, "_users", meanwhile)
    await walk.walk(Walk())
    assert await world.labels(world.bob) == []


async def test_a_paused_members_labels_stay(world):
    await world.join(world.bob)
    await world.bob.react(await world.post(), "😂")
    await world.labels(world.bob)
    await world.app.roster.pause(world.bob.id)
    assert await world.app.catchup.walk(Walk()) == 0
    assert await world.labels(world.bob) == [{"amusement"}]


async def test_the_budget_of_requests_is_a_hard_limit(world):
    await world.join(world.bob)
    with deaf(world.app.intake):
        for n in range(6):
            await world.bob.react(await world.post(picture(20 * n)), "😂")
    world.app.catchup._calls = 4
    before = len(world.env.http_requests)
    await world.app.catchup.walk(Walk())
    assert len(world.env.http_requests) - before == 4
    await world.app.intake.drained()
    assert len(await world.labels(world.bob)) == 3


@pytest.mark.parametrize("status", [403, 404])
async def test_a_channel_that_is_refused_is_not_asked_again(world, status):
    world.env.inject_error("GET", f"/channels/{world.channel.id}/messages", status=status, times=1)
    await world.app.catchup.walk(Walk())
    before = len(world.env.http_requests)
    await world.app.catchup.walk(Walk())
    assert len(world.env.http_requests) == before


async def test_being_ready_often_walks_once(world):
    world.app.catchup.request()
    await world.app.catchup.idle()
    before = len(world.env.http_requests)
    for _ in range(5):
        world.app.catchup.request()
    await world.app.catchup.idle()
    assert len(world.env.http_requests) == before


async def test_a_fresh_process_knows_who_joined_and_what_was_chosen(folder):
    async with bot_on(settings_for(folder)) as (app, _):
        await app.roster.join(77, 1)
        await app.roster.save(ServerSettings(5, frozenset({6})))
    async with bot_on(settings_for(folder)) as (app, _):
        assert app.roster.joined(77)
        assert app.roster.place(5).channels == {6}
