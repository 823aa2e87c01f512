"""The database goes away while reactions arrive: no label is lost, and members are told in their words."""

import asyncio
import contextlib
import time
from contextlib import asynccontextmanager

import pytest
from simcord.env import Env

from bot.words.problems import for_member
from core.ports import waiting
from core.vocabulary.calls import Answer
from core.vocabulary.errors import StorageError, StorageProblem
from core.vocabulary.profile import ProfileKey
from core.vocabulary.server_settings import ServerSettings
from storage import open_storage
from storage.database import postgresql
from tests.core.model.calls import a_call, colour
from tests.core.model.road import PAID, opened
from tests.core.model.server import ModelServer, after, serving
from tests.databases import copied
from tests.effort import TIMES
from tests.fakes import ManualClock
from tests.journeys.conftest import bot_on, picture, settings_for, text_of
from tests.ledger import endings
from tests.storage.servers import own_server

EMOJI = ["😂", "😮", "😌", "🤩", "😠", "🤢", "😨", "😢"]


@pytest.fixture(scope="module")
def server():
    with own_server() as own:
        yield own


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(waiting, "FIRST_S", 0.01)
    monkeypatch.setattr(waiting, "LONGEST_S", 0.2)
    for name, seconds in (("DEADLINE_S", 0.5), ("GRACE_S", 0.2), ("PING_S", 0.3)):
        monkeypatch.setattr(postgresql, name, seconds)
    # The simulated Discord looks so often whether the bot is done; here it waits for the database, for seconds.
    monkeypatch.setitem(Env._settle_internal.__kwdefaults__, "idle", 0.05)


@asynccontextmanager
async def reacting(settings):
    """A bot with a channel and a member who has joined; `react` reacts to a new picture by their hand."""
    async with bot_on(settings) as (app, env):
        guild = env.create_guild("Pictures")
        channel = guild.create_text_channel("pictures")
        bob = guild.add_member(env.create_user("bob"))
        await app.roster.save(ServerSettings(guild.id, frozenset({channel.id}), seed_reactions=False))
        await bob.slash(channel, "join")

        async def post(n):
            return await bob.send(channel, attachments=[("picture.png", picture(n, 255 - n))])

        async def react(n, message=None):
            message = message or await post(n)
            with contextlib.suppress(TimeoutError):  # it waits for the bot, and the bot for the database
                await bob.react(message, EMOJI[n % len(EMOJI)])
            return message

        async def stored():
            await asyncio.wait_for(app.intake.drained(), 180)
            kept = await app.storage.patient.labels.labels(ProfileKey(bob.id, app.default_label_set.id))
            return sorted(sorted(label.emotions) for label in kept)

        env.settle_timeout = 1
        app.post, app.react, app.stored, app.bob, app.channel = post, react, stored, bob, channel
        yield app


async def _all_go(app, n=24, during=lambda _: None):
    messages = [await app.post(i) for i in range(n)]
    for i, message in enumerate(messages):
        await app.react(i, message)
        await asyncio.to_thread(during, i)
    names = app.default_label_set.names
    assert await app.stored() == sorted([names[i % len(EMOJI)]] for i in range(n))


def _restarted(server):
    def during(i):
        if i in (5, 14):
            server.stop()
        if i in (9, 17):
            server.start()

    return during


def _cut(server):
    return lambda i: server.cut() if i % 3 == 0 else None


def _frozen(server):
    def during(i):
        if i == 5:
            server.freeze()
        if i == 12:
            time.sleep(2)
            server.thaw()

    return during


def _full(server):
    def during(i):
        if i == 4:
            server.do("ALTER ROLE bot CONNECTION LIMIT 0")
            server.do("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'bot'")
        if i == 14:
            time.sleep(5)
            server.do("ALTER ROLE bot CONNECTION LIMIT 2")

    return during


@pytest.mark.parametrize("away", [_restarted, _cut, _frozen, _full])
async def test_no_reaction_is_lost_to_a_server_that_goes_away(server, folder, away):
    name = server.create()
    server.do("DROP ROLE IF EXISTS bot")
    server.do("CREATE ROLE bot LOGIN")
    server.do(f"ALTER DATABASE {name} OWNER TO bot")
    url = server.url(name).replace("postgres@", "bot@") + "&connect_timeout=2"
    try:
        async with reacting(settings_for(folder, database=url)) as app:
            await _all_go(app, during=away(server))
    finally:
        server.thaw()
        server.drop(name)
        server.do("DROP ROLE bot")


class Failing:
    """Fails the n-th call that asks something of the database: before it is done, or after, its answer lost."""

    def __init__(self, database, monkeypatch):
        self.calls, self.fails, self.after = 0, 0, False
        for way in ("read", "write", "write_together"):
            monkeypatch.setattr(database, way, self._as(getattr(database, way)))

    def _as(self, real):
        async def call(work, /, *args, **kwargs):
            self.calls += 1
            mine = self.calls == self.fails
            if mine and not self.after:
                raise StorageError(StorageProblem.AWAY)
            done = await real(work, *args, **kwargs)
            if mine:
                raise StorageError(StorageProblem.AWAY)
            return done

        return call


async def _day(app):
    """Reactions, a swap, two emotions on one picture, one taken back, a message deleted."""
    first, second, third = [await app.react(i) for i in range(3)]
    await app.bob.react(first, EMOJI[3])
    await app.bob.unreact(second, EMOJI[1])
    await app.bob.react(second, EMOJI[4])
    app.intake._recent.clear()
    await app.bob.react(first, EMOJI[5])
    await app.bob.delete(third)
    return await app.stored()


STEP = 5 if TIMES == 1 else 1
"""The first, and so each such call to the database fails; before or after, they are others. CI lets each fail."""


@pytest.mark.parametrize("after", [False, True])
async def test_no_call_to_the_database_whose_failing_costs_a_label(folder, monkeypatch, sqlite_template, after):
    fails, expected = 0, None
    while True:
        database = copied(sqlite_template, folder / f"{after}{fails}.db")
        settings = settings_for(folder, database=str(database))
        async with reacting(settings) as app:
            failing = Failing(app.storage._database, monkeypatch)
            failing.after, failing.fails = after, fails
            labels = await _day(app)
            expected = labels if expected is None else expected
            assert labels == expected, fails
            if fails > failing.calls:
                break
        fails += STEP if fails else 1 + after * (STEP // 2)
    assert fails > 8


async def test_a_member_is_told_in_their_words_and_nothing_of_the_operators(server, folder):
    name = server.create()
    async with reacting(settings_for(folder, database=server.url(name))) as app:
        await app.react(1)
        await app.stored()
        server.stop()
        try:
            told = text_of(await app.bob.slash(app.channel, "progress"))
        finally:
            server.start()
        assert for_member(StorageError(StorageProblem.AWAY)) in told
        assert str(server.home) not in told
        assert "address" not in told
    server.drop(name)


async def test_answers_paid_for_while_the_server_restarts_are_paid_for_once(server):
    url = server.url(server.create())
    model = ModelServer()
    model.always = after(0.5, model.always)
    calls = [a_call(nonce=str(n)) for n in range(4)]
    async with open_storage(url, clock=ManualClock()) as storage, serving(model):
        async with opened(model, storage, concurrency=4) as road:
            asking = [asyncio.create_task(road.gateway.ask(call, colour)) for call in calls]
            await model.arrived(4)
            await asyncio.to_thread(server.stop)
            assert await asyncio.gather(*asking) == [Answer("red", PAID, cached=False)] * 4
            await asyncio.to_thread(server.start)
            await road.gateway.aclose(5)
        assert await endings(storage) == ["ok"] * 4, "no reservation is left"
        async with opened(model, storage) as road:
            again = [await road.gateway.ask(call, colour) for call in calls]
            assert again == [Answer("red", PAID, cached=True)] * 4
            assert await road.usd() == pytest.approx(4 * PAID.usd)
    assert len(model.requests) == 4
