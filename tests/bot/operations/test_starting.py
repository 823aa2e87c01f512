"""A start over real sockets: one passing fault at any request does not end it, a refusal at any is a sentence."""

import asyncio

import discord
import pytest
import yarl
from pydantic import SecretStr

from bot.bootstrap import open_app
from bot.discord_ui import sending
from bot.errors import DiscordProblem, DiscordRefused
from bot.host.settings import Settings
from bot.operations import running
from bot.words.problems import sentence
from tests.bench.reliability.discord_server import DiscordServer

PASSING = ("503", "500", "429", "cut before", "cut after")


@pytest.fixture
async def start(tmp_path, monkeypatch, model_url):
    """Starts a bot against a Discord whose requests fail as given; how many there were, once it is logged in."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("OPENAI_BASE_URL", model_url)
    for module in (running, sending):
        monkeypatch.setattr(module, "_FIRST_WAIT_S", 0.01)
    server = DiscordServer()

    async def turn():
        return None

    async def started(only):
        server.faults.requests, server.faults.only, before = 0, only, server.identified
        (tmp_path / "commands").unlink(missing_ok=True)
        settings = Settings(
            database=str(tmp_path / "x.db"),
            state_dir=tmp_path,
            discord_token=SecretStr("x"),
            image_workers=1,
            _env_file=None,
        )
        async with open_app(settings) as app:
            staying = asyncio.create_task(running.connect(app, "x", turn))
            async with asyncio.timeout(60):
                while server.identified == before and not staying.done():  # noqa: ASYNC110 - of two parties
                    await asyncio.sleep(0.005)
            requests = server.faults.requests
            await app.client.close()
            await staying
        assert server.identified > before
        return requests

    async with server.listening():
        monkeypatch.setattr(discord.http.Route, "BASE", server.address)
        gateway = yarl.URL(f"ws://127.0.0.1:{server.port}/gateway")
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", gateway)
        yield started


@pytest.mark.slow
async def test_one_passing_fault_at_any_request_of_the_start_does_not_end_it(start):
    requests = await start({})
    assert requests >= 5
    for number in range(1, requests + 1):
        for kind in PASSING:
            await start({number: kind})


async def test_a_refusal_at_any_request_of_the_start_is_a_sentence_and_exit_code_3(start):
    requests = await start({})
    for number in range(1, requests + 1):
        for status, reason in (("401", DiscordProblem.WRONG_TOKEN), ("403", DiscordProblem.FORBIDDEN)):
            with pytest.raises(DiscordRefused) as caught:
                await start({number: status})
            assert (caught.value.reason, caught.value.exit_code) == (reason, 3), number
            assert sentence(caught.value).endswith(".")


async def test_a_discord_that_stays_away_ends_the_start_after_its_patience(start, monkeypatch):
    monkeypatch.setattr(running, "PATIENCE_S", 0.5)
    with pytest.raises(running.DiscordAway):
        await start(dict.fromkeys(range(1, 1000), "503"))
