"""Four fifths of a cap are spent: whoever is to know is told once a day, before the model is asked no more."""

import asyncio
from types import SimpleNamespace

import pytest
from simcord.backend.models import Overwrite
from simcord.builders import ChannelHandle

from bot.words import managing
from core.ports import Caps, Purchase
from core.vocabulary.calls import Payer
from tests.fakes import ManualClock
from tests.journeys.conftest import bot_on, plain, settings_for, text_of
from tests.journeys.test_languages import german, in_language

DAY_S = 25 * 60 * 60


@pytest.fixture
def capped(world):
    """This server may spend a dollar a day, the bot a hundred; the clock stands still."""
    world.clock = ManualClock(world.app.clock.now_ms())
    world.app.storage.overviews._clock = world.app.storage.answers._clock = world.clock
    world.app.warner._caps = Caps(100.0, None, 1.0)
    return world


async def spend(world, usd, server=None):
    payer = Payer(world.bob.id, world.guild.id if server is None else server)
    bought = Purchase(world.clock.now_ms(), "predict", None, "m", usd, payer)
    assert await world.app.storage.answers.reserve(bought, Caps())


def owner(world):
    return world.env.backend.guilds[world.guild.id].owner_id


def heard(world, user_id):
    """What the bot wrote to somebody."""
    room = ChannelHandle(world.env, None, world.env.backend.get_dm_channel(user_id))
    return [plain(message.content) for message in room.history()]


async def test_the_server_is_told_once_a_day_when_four_fifths_are_spent(capped):
    panel = await capped.steward.slash(capped.channel, "setup")
    staff = capped.guild.create_text_channel("staff")
    await capped.steward.click(panel.response, label="Warnings")
    await capped.steward.select(panel.response, [staff])
    assert f"Warnings go to: <#{staff.id}>" in text_of(panel)
    await spend(capped, 0.79)
    await capped.app.warner.look()
    assert staff.history() == []
    await spend(capped, 0.02)
    for _ in range(3):
        await capped.app.warner.look()
    (said,) = staff.history()
    assert plain(said.content) == managing.nearly_spent(0.81, 1.0, "Pictures")
    capped.clock.advance(seconds=DAY_S)
    await capped.app.warner.look()
    assert len(staff.history()) == 1
    await spend(capped, 0.9)
    await capped.app.warner.look()
    assert len(staff.history()) == 2


async def test_where_nobody_chose_it_is_told_where_discord_tells_such_things_in_the_servers_language(capped):
    news = capped.guild.create_text_channel("moderators-only")
    stored = capped.env.backend.guilds[capped.guild.id]
    stored.public_updates_channel_id, stored.preferred_locale = news.id, "de"
    guild = capped.app.client.get_guild(capped.guild.id)
    guild._public_updates_channel_id, guild.preferred_locale = news.id, "de"
    await spend(capped, 0.9)
    await capped.app.warner.look()
    (said,) = news.history()
    assert plain(said.content) == german(managing.nearly_spent, 0.9, 1.0, "Pictures")


async def test_else_the_owner_is_told_by_direct_message(capped):
    await spend(capped, 0.9)
    await capped.app.warner.look()
    assert heard(capped, owner(capped)) == [managing.nearly_spent(0.9, 1.0, "Pictures")]


@pytest.mark.parametrize("team", [True, False])
async def test_of_the_bots_own_cap_its_owner_is_told(capped, monkeypatch, team):
    await spend(capped, 81.0, server=7)
    mine = SimpleNamespace(owner=SimpleNamespace(id=capped.alice.id))
    about = SimpleNamespace(team=mine, owner=None) if team else SimpleNamespace(team=None, owner=mine.owner)

    async def told():
        return about

    monkeypatch.setattr(capped.app.client, "application_info", told)
    await capped.app.warner.look()
    await capped.app.warner.look()
    assert heard(capped, capped.alice.id) == [managing.bot_nearly_spent(81.0, 100.0)]


async def test_of_several_processes_one_warns(capped):
    await spend(capped, 0.9)
    await asyncio.gather(*(capped.app.warner.look() for _ in range(4)))
    assert len(heard(capped, owner(capped))) == 1


@pytest.mark.parametrize(("status", "later"), [(503, 1), (403, 0)])
async def test_while_discord_is_away_it_is_tried_again_and_what_it_refuses_is_let_be(capped, status, later):
    await spend(capped, 0.9)
    capped.env.inject_error("POST", "/users/@me/channels", status=status, times=1)
    await capped.app.warner.look()
    assert heard(capped, owner(capped)) == []
    await capped.app.warner.look()
    assert len(heard(capped, owner(capped))) == later


async def test_servers_of_other_processes_are_theirs_to_warn(capped):
    await spend(capped, 0.9, server=7)
    await capped.app.warner.look()
    assert await capped.app.storage.overviews.warn(7), "nobody did"


async def test_without_a_cap_nobody_is_warned(capped):
    capped.app.warner._caps = Caps()
    await spend(capped, 1000.0)
    await capped.app.warner.look()
    assert heard(capped, owner(capped)) == []


async def test_setup_says_in_german_where_warnings_go_and_what_lacks_there(world):
    closed = world.guild.create_text_channel("closed")
    me = world.app.client.get_guild(world.guild.id).me
    world.env.backend.set_overwrite(closed.id, Overwrite(me.id, 1, allow=0, deny=1 << 11))
    await world.env.settle()
    with in_language(world.env, "de"):
        panel = await world.steward.slash(world.channel, "setup")
        await world.steward.click(panel.response, label="Warnungen")
        await world.steward.click(panel.response, label="Zurück")
        assert "Warnungen gehen an: wohin Discord seine eigenen schickt" in text_of(panel)
        await world.steward.click(panel.response, label="Warnungen")
        await world.steward.select(panel.response, [closed])
    said = text_of(panel)
    assert f"Warnungen gehen an: <#{closed.id}>" in said
    assert f"In <#{closed.id}> brauche ich noch" in said


async def test_the_bot_looks_by_itself(folder, monkeypatch):
    monkeypatch.setattr("bot.outgoing.budget_warnings._EVERY_S", 0.01)
    async with bot_on(settings_for(folder, usd_per_day=1.0)) as (app, _):
        bought = Purchase(app.clock.now_ms(), "predict", None, "m", 0.9, Payer())
        assert await app.storage.answers.reserve(bought, Caps())
        async with asyncio.timeout(60):
            while await app.storage.overviews.nearly_spent(Caps(1.0), 0.8):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
