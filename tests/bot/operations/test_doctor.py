"""`doctor` asks the model what a tuning run will ask it, in its real size."""

import json
import time
from email.utils import formatdate
from pathlib import Path
from typing import Any

import discord
import pytest
from aiohttp import web
from pydantic import SecretStr
from rich.console import Console

from bot.errors import DiscordRefused, SettingsError
from bot.host.settings import Settings
from bot.operations.doctor import Finding, _clock, _discord, _folder, _health, _model, _settings, examine
from bot.operations.evaluation.command import Request, _judge, evaluate
from bot.operations.health import listening
from bot.words.problems import sentence
from core.evaluate.formats import Format
from core.evaluate.summary import Row
from core.tuning.limits import SHOWN
from core.tuning.match import PAIRS
from core.vocabulary.errors import ModelError
from tests.core.model.dialects import pictures_in
from tests.core.model.server import Behaviour, ModelServer, answers, completion, fails, serving
from tests.core.samples import encoded, scene
from tests.journeys.test_health import free_port


def test_where_settings_come_from_and_what_may_be_misspelt_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / ".env"
    assert f"There is no {file}" in _settings(file).sentence
    file.write_text("DISCORD_BOT_TOKEN=canary")
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    found = _settings(file)
    assert (found.warning, found.exit_code) == (True, 0)
    assert found.sentence == "DISCORD_BOT_TOKEN is not a setting; did you mean DISCORD_TOKEN?"


async def test_a_folder_that_cannot_be_written_is_told_before_it_costs_a_token(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = Settings(_env_file=None)
    assert await _folder(settings.model_copy(update={"state_dir": tmp_path / "to" / "be" / "made"})) is None
    found = await _folder(settings.model_copy(update={"state_dir": tmp_path / "file" / "data"}))
    assert found is not None
    assert found.warning
    assert f"{tmp_path / 'file' / 'data'} cannot be written" in found.sentence


async def test_where_health_is_to_be_told_it_can_be_or_a_bot_does_or_another_program_is_there() -> None:
    port = str(free_port())
    settings = Settings(_env_file=None).model_copy(update={"health": port})
    assert await _health(Settings(_env_file=None)) is None
    assert await _health(settings) == Finding("health", f"A running bot can tell its health at {port}.")
    said: dict[str, bool] = {"healthy": False, "model": False}
    server = web.Application()
    server.router.add_get("/healthz", answers(said, 503))
    async with listening(server, port):
        assert await _health(settings) == Finding("health", "Not well: the model does not answer.", warning=True)
        said.clear()
        with pytest.raises(SettingsError) as taken:
            await _health(settings)
    assert sentence(taken.value).endswith(f"127.0.0.1:{port} cannot be used here: address already in use.")


@pytest.mark.parametrize(("off", "says"), [(0, None), (7200, "seconds behind"), (-90, "seconds ahead")])
async def test_a_clock_that_is_not_discords_is_told(
    monkeypatch: pytest.MonkeyPatch, off: int, says: str | None
) -> None:
    async def gateway(_: web.Request) -> web.StreamResponse:
        return web.Response(headers={"Date": formatdate(time.time() + off, usegmt=True)})

    settings = Settings(_env_file=None).model_copy(update={"discord_token": SecretStr("a.b.c")})
    server, port = web.Application(), str(free_port())
    server.router.add_get("/gateway", gateway)
    monkeypatch.setattr(discord.http.Route, "BASE", f"http://127.0.0.1:{port}")
    assert await _clock(settings) is None, "nobody says what it is"
    async with listening(server, port):
        found = await _clock(settings)
    assert (found is None) == (says is None)
    assert found is None or (says or "") in found.sentence


async def test_a_bot_that_discord_refuses_is_not_told_to_look_at_the_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def refuses(_: web.Request) -> web.StreamResponse:
        return web.json_response({"message": "no", "code": 40333}, status=403)

    settings = Settings(_env_file=None).model_copy(update={"discord_token": SecretStr("a.b.c")})
    server, port = web.Application(), str(free_port())
    server.router.add_get("/{rest:.*}", refuses)
    monkeypatch.setattr(discord.http.Route, "BASE", f"http://127.0.0.1:{port}")
    async with listening(server, port):
        with pytest.raises(DiscordRefused) as refused:
            await _discord(settings)
    assert "Discord refuses this bot" in sentence(refused.value)


async def test_a_bot_without_message_content_can_be_invited_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """It works through menus and its own posts."""

    async def answers(request: web.Request) -> web.Response:
        said = {"id": "7", "username": "Feelprint", "discriminator": "0", "avatar": None}
        if not request.path.endswith("/users/@me"):
            said = {"id": "77", "name": "Feelprint", "description": "", "icon": None, "owner": said, "flags": 0}
            said |= {"bot_public": True, "bot_require_code_grant": False, "verify_key": "", "rpc_origins": []}
        return web.Response(body=json.dumps(said).encode(), headers={"Content-Type": "application/json"})

    settings = Settings(_env_file=None).model_copy(update={"discord_token": SecretStr("a.b.c")})
    server, port = web.Application(), str(free_port())
    server.router.add_get("/{rest:.*}", answers)
    monkeypatch.setattr(discord.http.Route, "BASE", f"http://127.0.0.1:{port}")
    async with listening(server, port):
        found = await _discord(settings)
    assert found.warning
    assert "Message Content" in found.sentence
    assert "client_id=77" in found.sentence


def settings_at(url: str) -> Settings:
    return Settings(_env_file=None).model_copy(update={"openai_base_url": url, "model": "m"})


def seeing(most: int | None = None, status: int = 400) -> Behaviour:
    colours = iter(["red", "blue"] * 9)

    async def behave(request: web.Request) -> web.StreamResponse:
        body: dict[str, Any] = await request.json()
        if most is not None and pictures_in(body) > most:
            return await fails(status, f"At most {most} image(s) may be provided in one request.")(request)
        colour = '"colour"' in body["messages"][0]["content"]
        said = {"colour": next(colours)} if colour else {"rules": []}
        return await answers(completion(json.dumps(said)))(request)

    return behave


async def test_one_question_has_the_writers_largest_size() -> None:
    async with serving(ModelServer(always=seeing())) as server:
        finding = await _model(settings_at(server.url))
        assert finding.exit_code == 0
        largest = max(server.requests, key=pictures_in)
    assert pictures_in(largest) == SHOWN
    assert len(json.dumps(largest)) > 1 << 20, "what a proxy with default limits turns away"


async def test_a_server_that_takes_fewer_pictures_is_told_as_such() -> None:
    async with serving(ModelServer(always=seeing(most=3))) as server:
        finding = await _model(settings_at(server.url))
    assert "takes fewer pictures in one request" in finding.sentence


async def test_a_proxy_in_front_is_found_out() -> None:
    async with serving(ModelServer(always=seeing(), most_bytes=1 << 20)) as server:
        finding = await _model(settings_at(server.url))
    assert "takes no larger requests" in finding.sentence


async def test_a_server_that_refuses_the_writer_is_a_problem_in_its_own_words() -> None:
    async def behave(request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if '"rules"' in body["messages"][0]["content"]:
            return await fails(400, "The prompt is of the wrong kind.")(request)
        return await look(request)

    look = seeing()
    async with serving(ModelServer(always=behave)) as server:
        with pytest.raises(ModelError) as refused:
            await _model(settings_at(server.url))
    assert "The prompt is of the wrong kind" in sentence(refused.value)


def matching(right: bool, *, fails_first: bool = False, away: bool = False) -> Behaviour:
    """A model that sees, and judges the known pairs rightly, or says that everything holds."""
    asked = 0

    async def behave(request: web.Request) -> web.StreamResponse:
        nonlocal asked
        body = await request.json()
        if "You check conditions" not in body["messages"][0]["content"]:
            return await look(request)
        if away:
            return await fails(503, "The model is away.")(request)
        asked += 1
        order = PAIRS if asked == 1 else PAIRS[::-1]
        honest = right and not (fails_first and asked == 1)
        said = [
            {"condition": n, "pictures": [at + 1] if holds and honest else [] if honest else [1, 2, 3, 4, 5]}
            for n, (_, at, holds) in enumerate(order, 1)
        ]
        return await answers(completion(json.dumps({"matches": said})))(request)

    look = seeing()
    return behave


async def examined(
    behave: Behaviour, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **more: str
) -> list[Finding]:
    async with serving(ModelServer(always=behave)) as server:
        given = {"OPENAI_BASE_URL": server.url, "FEELPRINT_MODEL": "m", **more}
        for name in ("DISCORD_TOKEN", "OPENAI_API_KEY"):
            monkeypatch.delenv(name, raising=False)
        for name, value in {"FEELPRINT_DATABASE": str(tmp_path / "x.db"), **given}.items():
            monkeypatch.setenv(name, value)
        return {finding.what: finding async for finding in examine(None)}


@pytest.mark.parametrize("fails_first", [False, True])
async def test_a_model_that_judges_known_pairs_rightly_is_said_to_match(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_first: bool
) -> None:
    found = await examined(matching(True, fails_first=fails_first), tmp_path, monkeypatch)
    assert not found["matching"].warning
    assert found["matching"].sentence.startswith("m tells from a picture's description")


async def test_one_that_does_not_is_told_with_what_that_means(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await examined(matching(False), tmp_path, monkeypatch)
    assert found["model"].exit_code == 0
    assert (found["matching"].warning, found["matching"].exit_code) == (True, 0)
    assert "does not tell reliably" in found["matching"].sentence


async def test_a_model_that_is_away_by_then_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await examined(matching(True, away=True), tmp_path, monkeypatch)
    assert found["matching"].exit_code == 5
    assert "The model is away." in found["matching"].sentence


async def test_matching_is_asked_of_no_model_that_is_blind_and_in_no_mode_without_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blind = await examined(fails(400, "This model does not support image input."), tmp_path, monkeypatch)
    paper = await examined(matching(False), tmp_path, monkeypatch, FEELPRINT_MODE="paper")
    assert ["matching" in found for found in (blind, paper)] == [False, False]


async def test_an_evaluation_that_is_refused_says_so_in_the_servers_words(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    rows = ["user,image,emotion"]
    for n in range(8):
        (tmp_path / "images" / f"{n}.png").write_bytes(encoded(scene(64, 64, n), "PNG"))
        rows.append(f"u,{n}.png," + ("awe" if n % 2 else "fear"))
    (tmp_path / "labels.csv").write_text("\n".join(rows))
    request = Request(tmp_path, Format.FOLDER, "generic", "", "4", 4, 0, False, False, 9, tmp_path / "out")
    async with serving(ModelServer(always=fails(400, "No connected db."))) as server:
        with pytest.raises(ModelError) as caught:
            await evaluate(request, settings_at(server.url), Console(quiet=True))
    assert caught.value.exit_code == 5
    assert "No connected db." in sentence(caught.value)


def test_an_evaluation_without_an_answer_ends_as_one_whose_model_is_away() -> None:
    figures = (None,) * 8
    row = Row("rules", 16, 0, *figures, None, 0.0, 0.0, 5.0, 0.0, 0.0, 0.0, 5)
    with pytest.raises(ModelError) as caught:
        _judge((row,), "At most 1 image")
    assert caught.value.exit_code == 5
    assert "rules (n=16)" in sentence(caught.value)
    assert "At most 1 image" in sentence(caught.value)
