"""Pictures that are posted while the bot is away: their emojis are put there once it is back."""

from contextlib import contextmanager
from dataclasses import replace

import pytest

from bot.intake import owed
from bot.intake.catchup import Walk
from tests.journeys.absences import away_and_back
from tests.journeys.conftest import deaf, picture


@pytest.fixture
async def seeding(world, monkeypatch):
    """A server that wants emojis, was looked at before, and knows a picture from before that has none.

    The simulated Discord's time is not ours.
    """
    monkeypatch.setattr(owed, "LASTS_MS", 10**12)
    world.old = await world.post(picture(1))
    await world.app.catchup.walk(Walk())
    place = replace(world.app.roster.place(world.guild.id), seed_reactions=True)
    await world.app.roster.save(place)
    await world.app.catchup.idle()
    world.emojis = {emotion.emoji for emotion in place.label_set.emotions}
    return world


def under(world, message):
    found = world.env.backend.get_message(world.channel.id, message.id).reactions
    return {reaction.emoji for reaction in found}


async def posted_while_away(world, count, **more):
    """The seeder hears nothing of them."""
    posts = []

    async def post():
        with unheard(world.app.seeder):
            posts.extend([await world.post(picture(20 * n), **more) for n in range(1, count + 1)])

    await away_and_back(world, post())
    return posts


@contextmanager
def unheard(seeder):
    seeder.offer = lambda *_: None
    try:
        yield
    finally:
        del seeder.offer


async def test_pictures_of_an_absence_get_their_emojis_and_older_ones_none(seeding):
    posts = await posted_while_away(seeding, 2)
    await seeding.app.seeder.drained()
    assert [len(under(seeding, post)) for post in posts] == [8, 8]
    assert not under(seeding, seeding.old)
    assert not await seeding.labels(seeding.bob)


async def next_walk(world):
    world.app.catchup._last = -(10**13)
    world.app.catchup._saved = float(world.app.catchup._calls)
    world.app.catchup._wake()
    await world.app.catchup.idle()
    await world.app.seeder.drained()


async def test_a_budget_that_is_too_small_serves_the_newest_first_and_the_others_with_the_next(seeding):
    seeding.app.catchup._calls = 18  # two pages, and two pictures
    posts = await posted_while_away(seeding, 5)
    await seeding.app.seeder.drained()
    assert [bool(under(seeding, post)) for post in posts] == [False, False, False, True, True]
    await next_walk(seeding)
    assert [bool(under(seeding, post)) for post in posts] == [False, True, True, True, True]
    await next_walk(seeding)
    assert all(under(seeding, post) for post in posts)
    assert not seeding.app.catchup._due()


async def test_labels_come_first(seeding):
    await seeding.join(seeding.bob)
    posts = await posted_while_away(seeding, 1)
    seeding.app.catchup._calls = 5  # less than the emojis of a picture take

    async def react():
        await seeding.bob.react(posts[0], "😂")
        with unheard(seeding.app.seeder):
            await seeding.post(picture(200))

    await away_and_back(seeding, react())
    assert await seeding.labels(seeding.bob) == [{"amusement"}]
    assert not under(seeding, seeding.channel.last_message)


async def test_what_is_not_wanted_any_more_is_let_go(seeding):
    seeding.app.catchup._calls = 10  # two pages, and one picture
    posts = await posted_while_away(seeding, 4)
    await seeding.app.seeder.drained()
    assert [bool(under(seeding, post)) for post in posts] == [False, False, False, True]
    place = seeding.app.roster.place(seeding.guild.id)
    await seeding.app.roster.save(replace(place, seed_reactions=False))
    for _ in range(2):
        await next_walk(seeding)
    assert not any(under(seeding, post) for post in posts[:3])
    assert not seeding.app.catchup._owed


async def test_a_picture_of_the_day_before_yesterday_gets_none(seeding, monkeypatch):
    monkeypatch.setattr(owed, "LASTS_MS", 24 * 60 * 60 * 1000)
    (post,) = await posted_while_away(seeding, 1)
    await seeding.app.seeder.drained()
    assert not under(seeding, post)
    assert not seeding.app.catchup._owed


async def test_a_spoiler_gets_none_and_what_was_seeded_live_is_not_asked_for_again(seeding):
    live = await seeding.post(picture(99))
    await seeding.app.seeder.drained()
    assert under(seeding, live) == seeding.emojis
    await posted_while_away(seeding, 1, name="SPOILER_a.png")
    assert not seeding.app.seeder._waiting
    assert not under(seeding, seeding.channel.last_message)
    asked = []
    put = seeding.app.client.http.add_reaction
    seeding.app.client.http.add_reaction = lambda *where: (asked.append(where), put(*where))[1]
    seeding.app.seeder._offered.clear()
    message = await seeding.app.client.get_channel(seeding.channel.id).fetch_message(live.id)
    seeding.app.catchup._owed.note(message)
    assert not seeding.app.catchup._owed
    assert not asked


async def test_no_more_than_fifty_wait_the_newest_ones(seeding, monkeypatch):
    monkeypatch.setattr(owed, "MOST", 3)
    seeding.app.catchup._calls = 10**6
    posts = await posted_while_away(seeding, 5)
    await seeding.app.seeder.drained()
    assert [bool(under(seeding, post)) for post in posts] == [False, False, True, True, True]


async def test_a_channel_that_was_never_looked_at_was_not_left(world, monkeypatch):
    monkeypatch.setattr(owed, "LASTS_MS", 10**12)
    old = await world.post(picture(1))
    place = replace(world.app.roster.place(world.guild.id), seed_reactions=True)
    with deaf(world.app.intake):
        await world.app.roster.save(place)
        await world.app.catchup.walk(Walk())
    await world.app.seeder.drained()
    assert not under(world, old)
