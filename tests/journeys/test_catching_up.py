"""After an absence: what was added, taken back or deleted meanwhile is found, within a budget of requests."""

import asyncio
import contextlib
import os
import signal
from dataclasses import replace

import discord
import pytest
from simcord.backend.models import Overwrite

from bot.intake.catchup import Walk
from core.vocabulary.server_settings import ServerSettings
from tests.journeys.absences import away_and_back
from tests.journeys.conftest import bot_on, deaf, picture, settings_for


async def test_reactions_added_and_taken_back_while_away_are_found(world):
    await world.join(world.bob)
    first, second, third = [await world.post(picture(n)) for n in (1, 100, 200)]
    await world.bob.react(first, "😂")
    await world.bob.react(second, "😮")
    await away_and_back(
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
    await away_and_back(world, world.alice.delete(first))
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
    reader = world.app.catchup._reader
    listing = reader.listing

    async def meanwhile(*given):
        found = await listing(*given)
        monkeypatch.undo()
        world.env.backend.set_reaction(world.channel.id, message.id, "😂", world.bob.id, False)
        await asyncio.sleep(0.2)
        return found

    monkeypatch.setattr(reader, "listing", meanwhile)
    await world.app.catchup.walk(Walk())
    assert await world.labels(world.bob) == []


@pytest.mark.parametrize("slow", ["known", "below"])
async def test_a_reaction_between_a_page_and_its_comparison_stays(world, monkeypatch, slow):
    """As where the database is slow: what the page showed is old by the time that it is compared."""
    await world.join(world.bob)
    message = await world.post()
    walks, calls = world.app.catchup._walks, []
    asked = getattr(walks, slow)

    async def late(*args, **more):
        calls.append(args)
        if len(calls) == {"known": 1, "below": 2}[slow]:
            await world.bob.react(message, "😂")
            assert await world.labels(world.bob) == [{"amusement"}]
        return await asked(*args, **more)

    monkeypatch.setattr(walks, slow, late)
    await world.app.catchup.walk(Walk())
    assert len(calls) > 1
    assert await world.labels(world.bob) == [{"amusement"}]


async def test_a_reaction_taken_back_while_the_past_is_counted_is_not_counted(world, monkeypatch):
    first, second = [await world.post(picture(n)) for n in (1, 100)]
    for message in (first, second):
        await world.bob.react(message, "😂")
    reader = world.app.catchup._reader
    has = reader.has

    async def meanwhile(reaction, *given):
        found = await has(reaction, *given)
        if reaction.message.id == first.id:
            world.env.backend.set_reaction(world.channel.id, first.id, "😂", world.bob.id, False)
            await asyncio.sleep(0.2)
        return found

    monkeypatch.setattr(reader, "has", meanwhile)
    asked = await world.bob.slash(world.channel, "join")
    await world.bob.click(asked.response, label="Yes, count them")
    await world.app.catchup.idle()
    assert await world.labels(world.bob) == [{"amusement"}]


async def test_what_is_missed_while_the_missed_is_looked_at_is_not_dropped(world, monkeypatch):
    await world.join(world.bob)
    first, second = [await world.post(picture(n)) for n in (1, 100)]
    with deaf(world.app.intake):
        await world.bob.react(first, "😂")
        await world.bob.react(second, "😮")
    catchup = world.app.catchup
    message = catchup._comparer.message

    async def meanwhile(*given):
        monkeypatch.undo()
        catchup.again(world.guild.id, world.channel.id, second.id)
        await message(*given)

    monkeypatch.setattr(catchup._comparer, "message", meanwhile)
    catchup.again(world.guild.id, world.channel.id, first.id)
    for _ in range(2):
        await catchup._retry()
    assert sorted(map(sorted, await world.labels(world.bob))) == [["amusement"], ["awe"]]


async def test_a_message_to_be_looked_at_is_listed_though_it_was_in_this_round_and_its_numbers_are_the_same(world):
    await world.join(world.bob)
    post = await world.post()
    with deaf(world.app.intake):
        await world.bob.react(post, "😂")
    await world.app.catchup.walk(Walk())
    assert await world.labels(world.bob) == [{"amusement"}]
    with deaf(world.app.intake):
        await world.bob.unreact(post, "😂")
        await world.alice.react(post, "😂")
    world.app.catchup.again(world.guild.id, world.channel.id, post.id)
    await world.app.catchup._retry()
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
    asked = [request.path for request in world.env.http_requests[before:]]
    assert sum(path.endswith("/messages") or "/reactions/" in path for path in asked) == 4
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


async def test_a_message_deleted_while_away_is_forgotten_however_many_came_after_it(world):
    await world.join(world.bob)
    message = await world.post()
    await world.bob.react(message, "😂")
    assert await world.labels(world.bob) == [{"amusement"}]
    for n in range(230):
        world.env.backend.create_message(world.channel.id, world.alice.id, f"chat {n}")
    await away_and_back(world, world.alice.delete(message))
    assert await world.labels(world.bob) == []


async def test_a_picture_older_than_a_page_that_nobody_had_labelled_is_found(world):
    await world.join(world.bob)
    message = await world.post()
    for n in range(130):
        world.env.backend.create_message(world.channel.id, world.alice.id, f"chat {n}")
    await away_and_back(world, world.bob.react(message, "😂"))
    assert await world.labels(world.bob) == [{"amusement"}]


async def test_one_that_came_for_another_is_found_though_the_numbers_are_the_same(world):
    await world.join(world.bob, world.alice)
    message = await world.post()
    await world.bob.react(message, "😂")
    assert await world.labels(world.bob) == [{"amusement"}]
    await away_and_back(world, world.bob.unreact(message, "😂"), world.alice.react(message, "😂"))
    assert await world.labels(world.bob) == []
    assert await world.labels(world.alice) == [{"amusement"}]


async def test_a_strangers_reaction_meanwhile_hides_nothing(world, monkeypatch):
    await world.join(world.bob)
    posts = [await world.post(picture(40 * n)) for n in range(6)]
    for message in posts:
        await world.bob.react(message, "😂")
    assert len(await world.labels(world.bob)) == 6
    with deaf(world.app.intake):
        for message in posts:
            await world.bob.unreact(message, "😂")
            await world.alice.react(message, "😂")
    reader = world.app.catchup._reader
    listing, disturbed = reader.listing, set()

    async def disturb(message, *more):
        if message.id not in disturbed:
            disturbed.add(message.id)
            world.env.backend.set_reaction(world.channel.id, message.id, "😮", world.steward.id, True)
            await asyncio.sleep(0.05)
        return await listing(message, *more)

    monkeypatch.setattr(reader, "listing", disturb)
    await world.app.catchup.walk(Walk())
    assert await world.labels(world.bob) == []


async def test_an_absence_soon_after_a_walk_is_walked_later(world, monkeypatch):
    await world.join(world.bob)
    catchup = world.app.catchup
    message = await world.post()
    catchup.request()
    await catchup.idle()
    with deaf(world.app.intake):
        await world.bob.react(message, "😂")
    catchup.request()
    await catchup.idle()
    assert await world.labels(world.bob) == []
    monkeypatch.setattr(catchup, "_pause_ms", 0)
    catchup._wake()
    await catchup.idle()
    assert await world.labels(world.bob) == [{"amusement"}]


async def test_another_bots_token_forgets_no_server(world):
    await world.join(world.bob)
    await world.bob.react(await world.post(), "😂")
    await world.app.intake.drained()
    await world.app.storage.walks.there([world.guild.id], 12345)
    world.app.client._connection._guilds.pop(world.guild.id)
    world.env.backend.guilds.pop(world.guild.id)
    await world.app.catchup.walk(Walk())
    assert await world.labels(world.bob) == [{"amusement"}]
    assert await world.app.storage.servers.left() == {}


async def test_a_walk_that_ran_out_goes_on_where_it_stopped(world):
    await world.join(world.bob)
    with deaf(world.app.intake):
        for n in range(9):
            await world.bob.react(await world.post(picture(20 * n)), "😂")
    catchup = world.app.catchup
    catchup._calls = 4
    catchup._round_wanted = True
    walks = 0
    while catchup._due():
        await catchup._walk()
        walks += 1
    assert len(await world.labels(world.bob)) == 9
    assert walks == 3  # a page and three listings each


async def test_where_somebody_joined_is_counted_first_and_they_are_told_how_far(world):
    busy = world.guild.create_text_channel("busy")
    settings = world.app.roster.place(world.guild.id)
    await world.app.roster.save(replace(settings, channels=settings.channels | {busy.id}))
    for n in range(12):
        shown = await world.alice.send(busy, attachments=[("a.png", picture(15 * n))])
        await world.alice.react(shown, "😂")
    here = await world.post(picture(250))
    await world.bob.react(here, "😮")
    world.app.catchup._calls = 6
    asked = await world.bob.slash(world.channel, "join")
    pressed = await world.bob.click(asked.response, label="Yes, count them")
    await world.app.catchup.idle()
    assert await world.labels(world.bob) == [{"awe"}]
    (told,) = pressed.followups
    assert "I counted 1 reaction from before." in told.content
    assert "I go on with the older ones" in told.content


async def _conversation(world):
    """Bob and the bot alone: a picture of his, felt about."""
    await world.join(world.bob)
    channel_id = world.bob.user.dm_channel.id
    uploads = world.env.backend.store_attachments(channel_id, [("a.png", picture(40))])
    message = await world.bob.send_dm(attachments=uploads)
    await world.bob.user.set_reaction(message, "😂", reacted=True)
    assert await world.labels(world.bob) == [{"amusement"}]
    return message


async def test_reactions_in_a_direct_conversation_are_compared_too(world):
    message = await _conversation(world)
    await away_and_back(
        world,
        world.bob.user.set_reaction(message, "😂", reacted=False),
        world.bob.user.set_reaction(message, "😮", reacted=True),
    )
    assert await world.labels(world.bob) == [{"awe"}]


async def test_a_picture_deleted_in_a_direct_conversation_is_forgotten(world):
    message = await _conversation(world)

    async def delete():
        world.env.backend.delete_message(message.channel.id, message.id)
        await world.env.settle()

    await away_and_back(world, delete())
    assert await world.labels(world.bob) == []


@pytest.mark.parametrize(("status", "code"), [(404, 10003), (403, 50001)])
async def test_a_direct_conversation_of_another_bot_is_left_alone(world, status, code):
    message = await _conversation(world)
    world.app.client._connection._private_channels.clear()
    world.app.client._connection._private_channels_by_user.clear()
    world.env.inject_error("GET", f"/channels/{message.channel.id}", status=status, code=code, times=9)
    await world.app.catchup.walk(Walk())
    assert await world.labels(world.bob) == [{"amusement"}]


async def test_a_label_is_not_lost_to_a_machine_that_had_no_time_to_read_its_picture(world, monkeypatch):
    (worker,) = world.app.images._workers
    monkeypatch.setattr(worker, "_timeout_s", 0.2)
    await world.join(world.bob)
    post = await world.post(picture(77))
    hindering = asyncio.create_task(_stopped(world.app.images))
    await world.bob.react(post, "😂")
    assert await world.labels(world.bob) == []
    hindering.cancel()
    monkeypatch.undo()
    worker._kill()
    await world.app.catchup._retry()
    assert await world.labels(world.bob) == [{"amusement"}]


async def _stopped(workers):
    """Whatever decodes gets nothing of the processor."""
    while True:
        for pid in workers.pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(0.01)
