"""Starting and staying: turns, refusals, exit codes."""

import asyncio
import gc
import os
from itertools import pairwise
from types import SimpleNamespace

import aiohttp
import discord
import pytest
import structlog
from pydantic import SecretStr

from bot.errors import DiscordAway, DiscordRefused
from bot.host.settings import Settings
from bot.host.state import StateFolder
from bot.operations import running
from bot.operations.running import BETWEEN_STARTS_MS, connect, run_bot, settle, until, wait_for_turn
from bot.words.problems import sentence
from core.vocabulary.errors import FeelprintError
from tests.fakes import ManualClock


async def test_a_crash_loop_starts_once_in_ninety_seconds(tmp_path):
    clock, notes, starts = ManualClock(), StateFolder(tmp_path), []

    async def sleep(seconds):
        clock.advance(seconds=seconds)

    for _ in range(20):
        await wait_for_turn(notes, clock, sleep)
        starts.append(clock.now_ms())
        clock.advance(seconds=2)  # and crash
    assert all(later - earlier >= BETWEEN_STARTS_MS for earlier, later in pairwise(starts))


async def test_a_start_after_leaving_in_order_does_not_wait(tmp_path):
    clock, notes, slept = ManualClock(), StateFolder(tmp_path), []

    async def sleep(seconds):
        slept.append(seconds)

    await wait_for_turn(notes, clock, sleep)
    notes.write("started", "")
    await wait_for_turn(notes, clock, sleep)
    assert slept == []


async def test_a_damaged_note_does_not_keep_the_bot_from_starting(tmp_path):
    (tmp_path / "started").write_bytes(b"\xff\xfe")
    await wait_for_turn(StateFolder(tmp_path), ManualClock())


def test_a_note_that_cannot_be_kept_is_told_and_ends_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    with structlog.testing.capture_logs() as lines:
        StateFolder(tmp_path / "file" / "data").write("started", "1")
    assert [(line["event"], line["why"]) for line in lines] == [("state.not_kept", "Not a directory")]


async def test_work_ends_with_the_stop_and_not_before():
    stop = asyncio.Event()
    assert await until(stop, asyncio.sleep(0))
    asyncio.get_running_loop().call_later(0.01, stop.set)
    assert not await until(stop, asyncio.sleep(60))


class _Client:
    """A client that Discord answers as the test says."""

    def __init__(self, login=None, connects=(), content=True):
        self.intents = SimpleNamespace(message_content=True)
        self._login, self._connects, self._content, self.closed = login, list(connects), content, False

    def is_closed(self):
        return self.closed

    async def login(self, token):
        if self._login:
            raise self._login

    async def connect(self):
        if self._connects and (error := self._connects.pop(0)):
            raise error

    async def close(self):
        self.closed = True

    async def application_info(self):
        flags = SimpleNamespace(gateway_message_content=self._content, gateway_message_content_limited=False)
        return SimpleNamespace(flags=flags)


class _App:
    def __init__(self, client):
        self.client, self.fallback = client, None

    def renew_client(self, *, message_content):
        self.client = self.fallback = _Client(login=self.client._login)
        self.client.intents.message_content = message_content


def _closed(code):
    return discord.ConnectionClosed(SimpleNamespace(close_code=code), shard_id=0, code=code)


async def _turn():
    return None


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """A start that tries nothing again."""
    monkeypatch.setattr(running, "PATIENCE_S", 0.0)


@pytest.mark.parametrize(
    ("client", "kind"),
    [
        (_Client(login=discord.LoginFailure("no")), DiscordRefused),
        (_Client(connects=[_closed(4004)]), DiscordRefused),
        (_Client(connects=[_closed(4013)]), DiscordRefused),
        (_Client(connects=[_closed(4000)]), DiscordAway),
        (_Client(login=aiohttp.ClientError("x")), DiscordAway),
        (_Client(login=OSError("x")), DiscordAway),
    ],
)
async def test_a_refusal_is_a_sentence_and_has_its_exit_code(client, kind):
    with pytest.raises(FeelprintError) as caught:
        await connect(_App(client), "token", _turn)
    assert type(caught.value) is kind
    assert sentence(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("code", "says"), [(4004, "DISCORD_TOKEN"), (4010, "--shards"), (4011, "FEELPRINT_SHARDS"), (4012, "newer")]
)
async def test_whom_the_gateway_turns_away_for_good_is_told_what_to_do(code, says):
    with pytest.raises(DiscordRefused) as caught:
        await connect(_App(_Client(connects=[_closed(code)])), "token", _turn)
    assert says in sentence(caught.value)


@pytest.mark.parametrize(
    "client",
    [_Client(content=False), _Client(connects=[discord.PrivilegedIntentsRequired(shard_id=0)])],
)
async def test_without_the_privileged_intent_the_bot_goes_on_without(client):
    app = _App(client)
    await connect(app, "token", _turn)
    assert client.closed
    assert app.fallback is not None


@pytest.fixture
def feelprint(programs, tmp_path):
    """Runs the command line in a folder of its own."""

    def run(*arguments, **environment):
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("FEELPRINT_", "OPENAI_", "DISCORD_"))}
        clean |= {"FEELPRINT_DATABASE": str(tmp_path / "x.db"), "FEELPRINT_STATE_DIR": str(tmp_path)}
        return programs.run("bot", *arguments, cwd=tmp_path, env=clean | environment)

    return run


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "environment", "code", "said"),
    [
        (["run"], {}, 2, "There is no DISCORD_TOKEN"),
        (["run"], {"FEELPRINT_CONCURRENCY": "many"}, 2, "FEELPRINT_CONCURRENCY"),
        (["run"], {"DISCORD_TOKEN": "x", "FEELPRINT_DATABASE": "/proc/nowhere/x.db"}, 4, "database"),
        (["doctor"], {"FEELPRINT_DATABASE": "/proc/nowhere/x.db"}, 4, "database"),
        (["backup"], {}, 4, "cannot be opened"),
        (["restore", "none.db"], {}, 4, "There is no file"),
        (["move", "none.db", "new.db"], {}, 4, "see whether it is there"),
        (["backup"], {"FEELPRINT_DATABASE": "postgresql://ann@db/feel"}, 4, "--username=ann --dbname=feel`"),
        (
            ["doctor"],
            {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"},
            5,
            "model",
        ),
        (["doctor"], {}, 0, "the small offline model answers"),
        (["explain", "1"], {}, 4, "database"),
    ],
)
def test_every_kind_of_problem_is_a_sentence_and_an_exit_code(feelprint, arguments, environment, code, said):
    done = feelprint(*arguments, **environment)
    everything = done.stdout + done.stderr
    assert (done.returncode, "Traceback" in everything) == (code, False), everything
    assert said in " ".join(everything.split())


def test_the_collector_does_not_go_through_what_was_loaded():
    before = len(gc.get_objects())
    settle()
    try:
        assert len(gc.get_objects()) < before / 10
    finally:
        gc.unfreeze()


async def test_a_bot_that_runs_has_spared_the_collector_what_was_loaded(tmp_path, monkeypatch):
    """With nobody at Discord's address: a refused connection ends the run, after all that comes before."""
    monkeypatch.setattr(discord.http.Route, "BASE", "http://127.0.0.1:9/api")
    settings = Settings(
        database=str(tmp_path / "x.db"), state_dir=tmp_path, discord_token=SecretStr("x"), _env_file=None
    )
    loaded = len(gc.get_objects())
    try:
        with pytest.raises(DiscordAway):
            await run_bot(settings)
        assert gc.get_freeze_count() > loaded / 2
    finally:
        gc.unfreeze()
