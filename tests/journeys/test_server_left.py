"""A server from which the bot was removed: all is kept for thirty days, and found by who comes back, then gone."""

import asyncio

import pytest
from simcord.builders import ChannelHandle
from sqlalchemy import update

from bot.intake.catchup import Walk
from bot.words import managing
from bot.words.language import speaking
from core.vocabulary.exclusions import By, Exclusion, What
from core.vocabulary.server_settings import GRACE_DAYS
from storage.labelling import dropping
from storage.schema.tables import servers
from tests.journeys.absences import away_and_back
from tests.journeys.conftest import picture, plain, text_of
from tests.journeys.test_languages import in_language
from tests.journeys.worker_processes import until

DAY_MS = 24 * 60 * 60 * 1000


def hidden(world):
    """The bot is not in the server; how to let it in again."""
    guild = world.app.client._connection._guilds.pop(world.guild.id)
    kept = world.env.backend.guilds.pop(world.guild.id)

    def back():
        world.app.client._connection._guilds[guild.id] = guild
        world.env.backend.guilds[guild.id] = kept
        world.app.client.dispatch("guild_join", guild)

    return guild, back


async def removed(world):
    """The bot is removed from the server."""
    guild, back = hidden(world)
    world.app.client.dispatch("guild_remove", guild)
    await world.env.settle()
    await world.app.intake.drained()
    return back


async def passed(world, days):
    """So many days have passed since."""
    at = world.app.clock.now_ms() - round(days * DAY_MS)
    gone = update(servers).where(servers.c.left_at.is_not(None)).values(left_at=at)
    await world.app.storage._database.write(lambda c: c.execute(gone) and None)
    await world.app.catchup.erase_left()
    await world.app.intake.drained()


@pytest.fixture
async def labelled(world):
    """Bob has labelled a picture in the server, and the bot has been seen in it."""
    await world.join(world.bob)
    await world.bob.react(await world.post(), "😂")
    await away_and_back(world)
    said = Exclusion(world.guild.id, By.ADMIN, What.MESSAGE, "7", 0, True, 5)
    await world.app.storage.exclusions.put([said])
    assert await world.labels(world.bob) == [{"amusement"}]
    return world


async def test_for_thirty_days_everything_is_kept_and_found_by_who_comes_back(labelled):
    world = labelled
    place = world.app.roster.place(world.guild.id)
    back = await removed(world)
    assert list(await world.app.storage.servers.left()) == [world.guild.id]
    await passed(world, GRACE_DAYS - 0.01)
    assert await world.labels(world.bob) == [{"amusement"}]
    back()
    await world.env.settle()
    await world.app.intake.drained()
    assert await world.app.storage.servers.left() == {}
    await passed(world, 2 * GRACE_DAYS)
    assert await world.labels(world.bob) == [{"amusement"}]
    assert world.app.roster.place(world.guild.id) == place
    assert len(await world.app.storage.exclusions.all()) == 1
    await world.bob.react(await world.post(), "😨")
    assert {"amusement", "fear"} in await world.labels(world.bob)


async def test_after_thirty_days_it_is_erased_and_others_stay(labelled):
    world = labelled
    other = world.env.create_guild("Other")
    await world.app.roster.save(world.app.roster.place(other.id))
    await removed(world)
    await passed(world, GRACE_DAYS + 0.01)
    assert await world.labels(world.bob) == []
    assert await world.app.storage.exclusions.all() == ()
    assert await world.app.storage.servers.left() == {}
    assert [place.server_id for place in world.app.roster.places] == [other.id]
    assert world.app.roster.joined(world.bob.id), "who joined has not left"


async def test_one_that_is_invited_back_between_two_pieces_of_its_erasure_goes_on(labelled, monkeypatch):
    world = labelled
    place = world.app.roster.place(world.guild.id)
    await world.bob.react(await world.post(), "😨")
    back = await removed(world)
    labels = type(world.app.storage.labels)
    apply = labels.apply

    async def a_piece(self, changes):
        monkeypatch.setattr(labels, "apply", apply)
        applied = await apply(self, changes)
        back()
        await world.env.settle()
        return applied

    monkeypatch.setattr(dropping, "AT_ONCE", 1)
    monkeypatch.setattr(labels, "apply", a_piece)
    await passed(world, GRACE_DAYS + 0.01)
    await until(lambda: world.app.roster.place(world.guild.id) == place, 60)
    assert await world.app.storage.servers.left() == {}
    assert len(await world.app.storage.exclusions.all()) == 1
    assert world.app.roster.exclusions.holds(By.ADMIN, What.MESSAGE, "7", 0, world.guild.id)
    before = await world.labels(world.bob)
    await world.bob.react(await world.post(picture(90)), "😨")
    after = await world.labels(world.bob)
    assert {"fear"} in after
    assert len(after) == len(before) + 1


async def test_one_that_was_left_while_the_bot_was_away_is_noted_then_and_asked_for_once(labelled, monkeypatch):
    world = labelled
    _, back = hidden(world)
    asked = []
    fetch = world.app.client.fetch_guild

    async def counted(server_id, **more):
        asked.append(server_id)
        return await fetch(server_id, **more)

    monkeypatch.setattr(world.app.client, "fetch_guild", counted)
    for _ in range(3):
        await world.app.catchup.walk(Walk())
        await world.app.intake.drained()
    assert asked == [world.guild.id]
    assert list(await world.app.storage.servers.left()) == [world.guild.id]
    assert await world.labels(world.bob) == [{"amusement"}]
    back()
    await world.env.settle()
    await world.app.intake.drained()
    assert await world.app.storage.servers.left() == {}


async def test_one_that_came_back_while_the_bot_was_away_is_not_erased(labelled, monkeypatch):
    world = labelled
    monkeypatch.setattr(type(world.app.client), "on_guild_join", lambda *_: asyncio.sleep(0))
    back = await removed(world)
    back()
    await passed(world, GRACE_DAYS + 1)
    assert await world.labels(world.bob) == [{"amusement"}]
    await world.app.catchup.walk(Walk())
    await world.app.intake.drained()
    assert await world.app.storage.servers.left() == {}


@pytest.mark.parametrize("where", ["an outage", "another process", "another bot"])
async def test_one_that_is_only_absent_here_is_not_erased(labelled, where):
    world = labelled
    await removed(world)
    if where == "another bot":
        await world.app.storage.walks.there([world.guild.id], 12345)
    elif where == "an outage":
        world.env.inject_error("GET", "/guilds/*", status=503, times=1)
    else:
        world.env.backend.guilds[world.guild.id] = world.guild._guild
    await passed(world, GRACE_DAYS + 1)
    assert await world.labels(world.bob) == [{"amusement"}]


async def test_a_server_in_which_nobody_chose_anything_is_erased_too(world):
    other = world.env.create_guild("Other")
    await world.env.settle()
    guild = world.app.client._connection._guilds.pop(other.id)
    world.env.backend.guilds.pop(other.id)
    world.app.client.dispatch("guild_remove", guild)
    await world.env.settle()
    await world.app.intake.drained()
    assert list(await world.app.storage.servers.left()) == [other.id]
    await passed(world, GRACE_DAYS + 1)
    assert await world.app.storage.servers.left() == {}


@pytest.mark.parametrize("language", ["en-US", "de"])
async def test_the_owner_is_told_until_when_it_is_kept_as_setup_said_before(labelled, language, monkeypatch):
    world = labelled
    guild = world.app.client.get_guild(world.guild.id)
    guild.preferred_locale = language
    with in_language(world.env, "de"):
        assert "30 Tage später gelöscht" in text_of(await world.steward.slash(world.channel, "setup"))
    now = world.app.clock.now_ms()
    monkeypatch.setattr(world.app.clock, "now_ms", lambda: now, raising=False)
    await removed(world)
    room = ChannelHandle(world.env, None, world.env.backend.get_dm_channel(guild.owner_id))
    (said,) = [plain(message.content) for message in room.history()]
    with speaking(language, world.app.voices.mentions):
        assert said == managing.farewell("Pictures", now)


async def test_an_owner_who_cannot_be_told_is_let_be(labelled):
    world = labelled
    world.env.inject_error("POST", "/users/@me/channels", status=403, times=1)
    await removed(world)
    assert list(await world.app.storage.servers.left()) == [world.guild.id]
