"""News waits in the database for its member: over restarts, a Discord that is away, and several processes."""

import asyncio

import discord
import pytest
from sqlalchemy import update

from bot.outgoing.notices import Announcer
from bot.words import texts
from core.ports import RunReport
from core.tending.by_hand import Outcome
from core.vocabulary.reasons import Mode, RunReason, RunResult
from storage.schema.tables import notices
from tests.journeys.absences import away_and_back
from tests.journeys.conftest import deploy, text_of
from tests.journeys.test_languages import german, in_language
from tests.journeys.test_news import SEA, SNOW, told


@pytest.fixture
def nonces(monkeypatch):
    """What each message that the bot sends is known by to Discord."""
    seen = []
    send = discord.abc.Messageable.send

    async def noted(self, *args, nonce=None, **more):
        seen.append(nonce)
        return await send(self, *args, nonce=nonce, **more)

    monkeypatch.setattr(discord.abc.Messageable, "send", noted)
    return seen


async def later(world):
    """What somebody took to tell it is taken no longer."""
    await world.app.storage._database.write(lambda c: c.execute(update(notices).values(taken_until=0)) and None)


def another(world):
    """The announcer of another process over the same database."""
    app, stored = world.app, world.app.storage
    stores = (stored.notices, stored.versions, stored.runs, stored.labels)
    given = (app.voices, app.clock, app.roster.joined, stored.own_moods, app.make_way)
    return Announcer(lambda: app.client, *stores, *given)


async def withdrawn(world):
    """Bob's version was taken back, as it is stored and reported."""
    report = RunReport(
        "run-back", world.bob.id, world.app.default_label_set.id, Mode.RULES, 0, 12, 9000, 9000, RunResult.KEPT,
        RunReason.ROLLED_BACK_TO_GENERIC,
    )  # fmt: skip
    assert await world.app.storage.runs.finish(report, back_to=0)
    return report


async def test_what_a_killed_process_did_not_tell_is_told_after_the_restart_and_once(world):
    await world.join(world.bob)
    await deploy(world.app, world.bob.id, SNOW)
    await away_and_back(world)
    await world.app.announcer.tell_all()
    await world.app.announcer.tell_all()
    assert len(told(world.bob)) == 1


async def test_what_another_process_stored_is_told_by_the_bot_without_a_word_from_it(world, monkeypatch):
    await world.join(world.bob)
    monkeypatch.setattr("bot.outgoing.notices._EVERY_S", 0.01)
    running = asyncio.create_task(another(world).run())
    await deploy(world.app, world.bob.id, SNOW)
    async with asyncio.timeout(60):
        while not told(world.bob):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_of_several_bots_one_tells_it(world):
    await world.join(world.bob, world.alice)
    for member in (world.bob, world.alice):
        await deploy(world.app, member.id, SNOW, run_id=f"run-{member.id}")
    await asyncio.gather(*(another(world).tell_all() for _ in range(4)))
    assert [len(told(member)) for member in (world.bob, world.alice)] == [1, 1]


async def test_killed_between_sending_and_noting_it_is_sent_once_more_as_the_same_message(
    world, nonces, monkeypatch
):
    """Where Discord remembers the nonce, it drops the second (docs/platform.md#nonce)."""
    await world.join(world.bob)
    report = await deploy(world.app, world.bob.id, SNOW)

    async def killed(_):
        raise asyncio.CancelledError

    with monkeypatch.context() as ends:
        ends.setattr(world.app.storage.patient.notices, "told", killed)
        with pytest.raises(asyncio.CancelledError):
            await world.app.announcer.tell(report)
    await world.app.announcer.tell_all()
    assert len(nonces) == 1, "for two minutes and a half it counts as being told"
    await later(world)
    for _ in range(3):
        await world.app.announcer.tell_all()
    assert len(nonces) == 2
    assert len(set(nonces)) == 1
    assert None not in nonces


@pytest.mark.parametrize("status", [500, 503])
async def test_while_discord_is_away_it_waits(world, status):
    await world.join(world.bob)
    report = await deploy(world.app, world.bob.id, SNOW)
    world.env.inject_error("POST", "/users/@me/channels", status=status, times=1)
    await world.app.announcer.tell(report)
    assert (await world.bob.slash(world.channel, "progress")).followups == []
    await later(world)
    await world.app.announcer.tell_all()
    assert len(told(world.bob)) == 1


@pytest.mark.parametrize("leaves", ["pause", "forget"])
async def test_nothing_is_told_after_a_pause_or_leaving(world, leaves):
    await world.join(world.bob)
    await deploy(world.app, world.bob.id, SNOW)
    if leaves == "pause":
        await world.bob.slash(world.channel, "pause")
    else:
        await world.app.forget(world.bob.id)
    await world.app.announcer.tell_all()
    await world.join(world.bob)
    await world.app.announcer.tell_all()
    assert told(world.bob) == []


async def test_a_pause_while_discord_is_slow_comes_before_what_was_to_be_told(world, monkeypatch):
    await world.join(world.bob)
    report = await deploy(world.app, world.bob.id, SNOW)
    create = discord.User.create_dm

    async def meanwhile(user):
        await world.app.roster.pause(user.id)
        return await create(user)

    monkeypatch.setattr(discord.User, "create_dm", meanwhile)
    await world.app.announcer.tell(report)
    assert told(world.bob) == []


async def test_what_is_in_use_no_longer_is_not_told_as_new_but_that_it_was_taken_back(world):
    await world.join(world.bob)
    await deploy(world.app, world.bob.id, SNOW)
    await world.app.announcer.tell(await withdrawn(world))
    assert told(world.bob) == [texts.taken_back(RunReason.ROLLED_BACK_TO_GENERIC)]


async def test_it_is_told_by_a_press_in_german_after_a_restart(world):
    await world.join(world.bob)
    await deploy(world.app, world.bob.id, SNOW)
    world.env.inject_error("POST", "/users/@me/channels", status=403, times=1)
    await world.app.announcer.tell(await withdrawn(world))
    await away_and_back(world)
    with in_language(world.env, "de"):
        (also,) = (await world.bob.slash(world.channel, "progress")).followups
        assert (await world.bob.slash(world.channel, "progress")).followups == []
    assert text_of(also) == german(texts.taken_back, RunReason.ROLLED_BACK_TO_GENERIC)


async def test_a_version_that_its_member_changed_meanwhile_is_not_told_as_new(world):
    await world.join(world.bob)
    report = await deploy(world.app, world.bob.id, SNOW, SEA)
    (first, _) = await world.app.storage.runs.rules(report.key)
    assert await world.app.by_hand.strike(report.key, first.rule.id) is Outcome.DONE
    await world.app.announcer.tell(report)
    assert told(world.bob) == []
