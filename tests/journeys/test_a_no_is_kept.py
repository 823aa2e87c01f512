"""A no is kept: whoever excluded something finds it excluded after every restart, on every path."""

import asyncio

import pytest

from bot.intake.catchup import Walk
from core.vocabulary.consent import Standing
from core.vocabulary.facts import Reacted
from tests.journeys.absences import away_and_back
from tests.journeys.conftest import deaf, picture


async def _answered(world, member, button):
    asked = await member.slash(world.channel, "join")
    await member.click(asked.response, label=button)
    await world.app.catchup.idle()


@pytest.mark.parametrize("button", ["No, start fresh", None])
async def test_what_stood_before_joining_does_not_count_at_any_later_start(world, button):
    """No answer is a no, too."""
    posts = [await world.post(picture(60 * n)) for n in range(3)]
    for message in posts:
        await world.bob.react(message, "😮")
    if button:
        await _answered(world, world.bob, button)
    else:
        await world.join(world.bob)
    for _ in range(3):
        await away_and_back(world)
        assert await world.labels(world.bob) == []
    await world.bob.react(await world.post(picture(200)), "😂")
    assert await world.labels(world.bob) == [{"amusement"}]


async def test_reactions_made_while_paused_never_count(world):
    await world.join(world.bob)
    before = await world.post(picture(10))
    await world.bob.react(await world.post(picture(20)), "😂")
    await world.labels(world.bob)
    await world.bob.slash(world.channel, "pause")
    await world.bob.react(before, "😮")
    await world.bob.react(await world.post(picture(90)), "😮")
    await away_and_back(world, world.bob.react(await world.post(picture(150)), "😮"))
    assert await world.labels(world.bob) == [{"amusement"}]
    await world.join(world.bob)
    for _ in range(2):
        await away_and_back(world)
    assert await world.labels(world.bob) == [{"amusement"}]


async def test_what_was_erased_stays_away_after_joining_again_with_a_no(world):
    await world.join(world.bob)
    for n in range(4):
        await world.bob.react(await world.post(picture(50 * n)), "😂")
    assert len(await world.labels(world.bob)) == 4
    await world.app.forget(world.bob.id)
    await _answered(world, world.bob, "No, start fresh")
    for _ in range(2):
        await away_and_back(world)
    assert await world.labels(world.bob) == []


async def test_a_yes_holds_until_the_next_no(world):
    message, other = await world.post(picture(10)), await world.post(picture(120))
    await world.bob.react(message, "😮")
    await _answered(world, world.bob, "Yes, count them")
    assert await world.labels(world.bob) == [{"awe"}]
    await world.app.roster.pause(world.bob.id)
    await world.bob.react(other, "😂")
    await _answered(world, world.bob, "No, start fresh")
    await away_and_back(world)
    assert await world.labels(world.bob) == [{"awe"}]


async def test_taken_back_and_made_anew_it_counts(world):
    message = await world.post()
    await world.bob.react(message, "😮")
    await _answered(world, world.bob, "No, start fresh")
    await away_and_back(world)
    await world.bob.unreact(message, "😮")
    await world.bob.react(message, "😮")
    assert await world.labels(world.bob) == [{"awe"}]
    await away_and_back(world)
    assert await world.labels(world.bob) == [{"awe"}]


async def test_a_reaction_to_an_old_picture_made_while_away_counts_where_a_walk_saw_it_was_not_there(world):
    old, also = await world.post(picture(10)), await world.post(picture(120))
    await world.bob.react(also, "😮")
    await _answered(world, world.bob, "No, start fresh")
    await away_and_back(world)
    await away_and_back(world, world.bob.react(old, "😂"), world.bob.react(also, "😂"))
    assert sorted(map(sorted, await world.labels(world.bob))) == [["amusement"], ["amusement"]]


async def test_one_that_may_be_older_than_the_no_does_not_count(world):
    old = await world.post()
    await _answered(world, world.bob, "No, start fresh")
    await away_and_back(world, world.bob.react(old, "😂"))
    assert await world.labels(world.bob) == []


async def test_what_another_process_joined_is_judged_by_what_is_stored(world):
    """The copy in memory is of before the no: the transaction that writes has the last word."""
    await world.join(world.bob)
    message = await world.post()
    with deaf(world.app.intake):
        await world.bob.react(message, "😂")
    later = await world.post(picture(90))
    await world.app.storage.members.pause(world.bob.id, True)
    await world.app.storage.members.join(world.bob.id, 1, 10**15, later.id)
    assert await world.app.catchup.walk(Walk()) == 1
    assert await world.labels(world.bob) == []


async def test_a_reaction_counts_by_how_its_maker_stood_when_it_was_made(world):
    """Joining while it waits for its turn does not make it count."""
    message = await world.post()
    place = (message.id, world.channel.id, world.guild.id)
    await world.app.storage.members.join(world.bob.id, 1, 10**12)
    world.app.intake.put(Reacted(True, world.bob.id, *place, "😂", False, by_bot=False, at=5))
    world.app.roster._note(world.bob.id, Standing.JOINED)
    assert await world.labels(world.bob) == []


async def test_the_export_tells_what_does_not_count_and_what_was_answered(world):
    message = await world.post()
    await world.bob.react(message, "😮")
    await _answered(world, world.bob, "No, start fresh")
    await away_and_back(world)
    copy = await world.app.storage.members.export(world.bob.id)
    assert [row["message_id"] for row in copy["declined"]] == [message.id]
    assert [row["wanted"] for row in copy["pasts"]] == [False]


async def test_what_waited_when_somebody_left_does_not_count_though_they_join_again(world, monkeypatch):
    await world.join(world.bob)
    source, go, looking = world.app.source, asyncio.Event(), asyncio.Event()
    read = source.image

    async def slow(*wanted, **how):
        looking.set()
        await go.wait()
        return await read(*wanted, **how)

    monkeypatch.setattr(source, "image", slow)
    message = await world.post()
    for emoji in ("😂", "😮"):
        place = (world.bob.id, message.id, world.channel.id, world.guild.id, emoji)
        world.app.intake.put(Reacted(True, *place, burst=False, by_bot=False, at=world.app.clock.now_ms()))
    await looking.wait()
    await world.app.forget(world.bob.id)
    await _answered(world, world.bob, "No, start fresh")
    go.set()
    assert await world.labels(world.bob) == []


@pytest.mark.parametrize("says", ["forget", "pause"])
async def test_nobody_is_asked_about_any_more_who_has_left_while_their_past_is_counted(world, monkeypatch, says):
    for n in range(12):
        await world.alice.react(await world.post(picture(15 * n)), "😂")
    catchup = world.app.catchup
    catchup._calls = 4
    await _answered(world, world.bob, "Yes, count them")
    reader, asked = catchup._counter._reader, []
    has = reader.has

    async def noted(reaction, member_id, *more):
        asked.append(member_id)
        return await has(reaction, member_id, *more)

    monkeypatch.setattr(reader, "has", noted)
    await catchup.walk(Walk())
    assert asked == [world.bob.id] * len(asked) != []
    asked.clear()
    await (world.app.forget if says == "forget" else world.app.roster.pause)(world.bob.id)
    await catchup.walk(Walk())
    assert asked == []
