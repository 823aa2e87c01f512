"""Walks that are disturbed: broken off, killed, refused once, by a clock that is set. The next finds the rest."""

from dataclasses import replace
from types import SimpleNamespace

import discord

from bot.intake import catchup
from bot.intake.catchup import Walk
from bot.intake.reading import OutOfBudget
from core.vocabulary.errors import ImageError, ImageProblem
from tests.fakes import ManualClock
from tests.journeys.conftest import deaf, picture

A_DAY_S = 24 * 60 * 60


async def _swapped(world, message):
    """While nobody listens bob takes his reaction back and alice makes the same: the numbers stay."""
    with deaf(world.app.intake):
        await world.bob.unreact(message, "😂")
        await world.alice.react(message, "😂")


def _unavailable(*_):
    raise discord.DiscordServerError(SimpleNamespace(status=503, reason=""), "")


async def test_absences_that_follow_soon_upon_another_leave_no_message_out_for_ever(world):
    """Each is walked with a budget for the page, that page again, and two listings."""
    await world.join(world.bob, world.alice)
    posts = [await world.post(picture(40 * n)) for n in range(6)]
    for message in posts:
        await world.bob.react(message, "😂")
    await _swapped(world, posts[0])
    world.app.catchup._calls = 4
    for _ in range(3):
        await world.app.catchup.walk(Walk())
    await world.app.intake.drained()
    assert await world.labels(world.alice) == [{"amusement"}]
    await _swapped(world, posts[2])
    for _ in range(3):
        await world.app.catchup.walk(Walk())
    await world.app.intake.drained()
    assert len(await world.labels(world.alice)) == 2


async def test_a_message_deleted_while_it_is_listed_closes_no_channel(world, monkeypatch):
    await world.join(world.bob)
    posts = [await world.post(picture(40 * n)) for n in range(3)]
    with deaf(world.app.intake):
        for message in posts:
            await world.bob.react(message, "😂")
    reader = world.app.catchup._reader
    listing = reader.listing

    async def deleted(message, *more):
        if message.id == posts[1].id:
            world.env.backend.delete_message(world.channel.id, message.id)
        return await listing(message, *more)

    monkeypatch.setattr(reader, "listing", deleted)
    await world.app.catchup.walk(Walk())
    await world.app.intake.drained()
    assert len(await world.labels(world.bob)) == 2
    assert world.app.catchup.left == 0
    with deaf(world.app.intake):
        await world.bob.unreact(posts[0], "😂")
    await world.app.catchup.walk(Walk())
    assert len(await world.labels(world.bob)) == 1


async def test_a_message_deleted_while_the_past_is_counted_ends_it_for_no_channel(world, monkeypatch):
    posts = [await world.post(picture(40 * n)) for n in range(3)]
    for message in posts:
        await world.bob.react(message, "😂")
    reader = world.app.catchup._reader
    has = reader.has

    async def deleted(reaction, *more):
        if reaction.message.id == posts[1].id:
            world.env.backend.delete_message(world.channel.id, posts[1].id)
        return await has(reaction, *more)

    monkeypatch.setattr(reader, "has", deleted)
    asked = await world.bob.slash(world.channel, "join")
    await world.bob.click(asked.response, label="Yes, count them")
    await world.app.catchup.idle()
    assert len(await world.labels(world.bob)) == 2


async def test_what_could_not_be_had_differs_for_the_next_process_too(world, monkeypatch):
    """It has no memory of what is to be tried again, and no budget to list what the numbers do not show."""
    await world.join(world.bob)
    message = await world.post()
    with deaf(world.app.intake):
        await world.bob.react(message, "😂")

    async def away(*_, **__):
        raise ImageError(ImageProblem.NOT_FETCHED)

    with monkeypatch.context() as broken:
        broken.setattr(world.app.source, "image", away)
        await world.app.catchup.walk(Walk())
    world.app.catchup._again.clear()
    world.app.catchup._calls = 2
    await world.app.catchup.walk(Walk())
    await world.app.intake.drained()
    assert await world.labels(world.bob) == [{"amusement"}]


async def test_what_a_walk_finds_while_the_bot_ends_differs_for_the_next(world):
    await world.join(world.bob)
    message = await world.post()
    with deaf(world.app.intake):
        await world.bob.react(message, "😂")
    world.app.intake._closed = True
    await world.app.catchup.walk(Walk())
    world.app.intake._closed = False
    world.app.catchup._calls = 2  # for the page and what differs
    await world.app.catchup.walk(Walk())
    await world.app.intake.drained()
    assert await world.labels(world.bob) == [{"amusement"}]


async def test_a_picture_that_cannot_be_decoded_is_not_listed_at_every_walk(world):
    await world.join(world.bob)
    message = await world.post(b"no picture at all")
    with deaf(world.app.intake):
        await world.bob.react(message, "😂")
    await world.app.catchup.walk(Walk())
    before = len(world.env.http_requests)
    world.app.catchup._calls = 1  # for the page
    await world.app.catchup.walk(Walk())
    assert not [r for r in world.env.http_requests[before:] if "/reactions/" in r.path]


async def test_one_that_fails_keeps_no_other_from_being_tried_again(world, monkeypatch):
    await world.join(world.bob)
    first, second = [await world.post(picture(n)) for n in (1, 100)]
    with deaf(world.app.intake):
        for message in (first, second):
            await world.bob.react(message, "😂")
    walker = world.app.catchup
    message = walker._reader.message

    async def failing(channel, message_id, budget):
        return _unavailable() if message_id == first.id else await message(channel, message_id, budget)

    monkeypatch.setattr(walker._reader, "message", failing)
    for post in (first, second):
        walker.again(world.guild.id, world.channel.id, post.id)
    await walker._retry()
    assert len(await world.labels(world.bob)) == 1
    monkeypatch.undo()
    await walker._retry()
    assert len(await world.labels(world.bob)) == 2


async def test_more_that_could_not_be_looked_at_puts_off_nothing(world):
    messages = [await world.post(picture(40 * n)) for n in range(3)]
    walker = world.app.catchup
    walker._clock = clock = ManualClock()
    for message in messages:
        walker.again(world.guild.id, world.channel.id, message.id)
        clock.advance(seconds=10)
    assert clock.now_ms() >= walker._again_at


async def test_a_clock_that_was_set_back_keeps_no_absence_from_being_walked(world):
    await world.join(world.bob)
    message = await world.post()
    walker = world.app.catchup
    walker._clock = clock = ManualClock()
    await walker.walk(Walk())
    clock.advance(seconds=-A_DAY_S)
    with deaf(world.app.intake):
        await world.bob.react(message, "😂")
    for _ in range(2):
        walker.request()
        await walker.idle()
        clock.advance(seconds=600)
    walker.request()
    await walker.idle()
    assert await world.labels(world.bob) == [{"amusement"}]


async def test_a_clock_that_was_ahead_costs_no_channel_its_turn(world):
    await world.join(world.bob)
    other = world.guild.create_text_channel("other")
    place = world.app.roster.place(world.guild.id)
    await world.app.roster.save(replace(place, channels=place.channels | {other.id}))
    walker = world.app.catchup
    await walker.idle()
    walker._rounds._clock = clock = ManualClock(world.app.clock.now_ms())
    clock.advance(seconds=A_DAY_S)
    await walker.walk(Walk())
    clock.advance(seconds=-A_DAY_S)
    walker._calls = 1
    await walker.walk(Walk())  # one of them has its turn by the right clock
    with deaf(world.app.intake):
        for n, channel in enumerate((world.channel, other)):
            await world.bob.react(
                await world.alice.send(channel, attachments=[("a.png", picture(90 * n))]), ("😂", "😮")[n]
            )
    walker._calls = 2  # for one page and one listing
    for _ in range(3):
        await walker.walk(Walk())
        await world.app.intake.drained()
    assert len(await world.labels(world.bob)) == 2


async def test_what_is_too_dear_for_a_look_at_the_missed_is_left_to_a_walk(world, monkeypatch):
    monkeypatch.setattr(catchup, "_RETRY_CALLS", 2)
    await world.join(world.bob)
    await world.app.catchup.walk(Walk())
    message = await world.post()
    with deaf(world.app.intake):
        for emoji in ("😂", "😮", "😌"):
            await world.bob.react(message, emoji)
    world.app.catchup.again(world.guild.id, world.channel.id, message.id)
    await world.app.catchup._retry()
    assert await world.labels(world.bob) == []
    await world.app.catchup._walk()
    assert await world.labels(world.bob) == [{"amusement", "awe", "contentment"}]


async def test_what_was_touched_all_the_while_is_looked_at_again_though_the_budget_ends(world, monkeypatch):
    first, second = [await world.post(picture(n)) for n in (1, 100)]

    async def message(channel, message_id, turn):
        if message_id == second.id:
            raise OutOfBudget
        turn.again.add(message_id)

    monkeypatch.setattr(world.app.catchup._comparer, "message", message)
    for post in (first, second):
        world.app.catchup.again(world.guild.id, world.channel.id, post.id)
    await world.app.catchup._retry()
    assert world.app.catchup._again == {(world.guild.id, world.channel.id): {first.id, second.id}}


async def test_what_is_too_dear_beside_its_page_keeps_no_other_from_being_compared(world):
    await world.join(world.bob)
    older, newer = [await world.post(picture(n)) for n in (1, 100)]
    with deaf(world.app.intake):
        for message, emojis in ((older, "😂"), (newer, "😂😮😌")):
            for emoji in emojis:
                await world.bob.react(message, emoji)
    world.app.catchup._calls = 3
    for _ in range(2):
        await world.app.catchup.walk(Walk())
        await world.app.intake.drained()
    assert await world.labels(world.bob) == [{"amusement"}]
