"""A real bot over a real database, the real offline model and real image workers, on a simulated Discord."""

import asyncio
import io
import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from PIL import Image
from simcord.components import walk_components
from simcord.env import Env
from simcord.http import router
from simcord.http.routes import messages as message_routes

from bot.app import App
from bot.bootstrap import open_app
from bot.demo.settling import look_by_name
from bot.host.settings import Settings
from bot.intake.intake import Intake
from core.decoding import workers
from core.offline.model import MODEL_NAME
from core.ports import RunReport
from core.vocabulary.errors import FeelprintError
from core.vocabulary.feelprint import Evidence, Feelprint, Rule, RuleRecord
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import Mode, RuleStatus, RunResult
from core.vocabulary.server_settings import ServerSettings
from tests.databases import copied
from tests.journeys.kept_workers import KeptWorker, end_spare
from tests.journeys.worker_processes import provider, worker

__all__ = ["provider", "worker"]  # fixtures

Env._settle_internal.__kwdefaults__["idle"] = 0.002  # 50 ms → 2 ms idle poll

PATIENCE_S = 60.0
"""How long the simulated Discord waits for the bot: simcord's 5 s are less than a busy machine may need."""


look_by_name()

for _index, (_template, _handler) in enumerate(router._ROUTES["GET"]):
    if _handler.__name__ == "get_history":  # ?after=X must return the oldest `limit` messages

        def _fixed(ctx: Any, handler: Any = _handler) -> Any:
            if "after" in ctx.params:
                limit = int(ctx.params.get("limit", 50))
                ctx.params = {**ctx.params, "limit": 10**9}
                return handler(ctx)[-limit:]
            return handler(ctx)

        router._ROUTES["GET"][_index] = (_template, _fixed)


_plain = message_routes.message_response


def _as_asked(ctx: Any, message: Any, **more: Any) -> Any:  # a page of messages says, too, where the bot reacted
    return _plain(ctx, message, **{"for_user": ctx.backend.bot_user.id, **more})


message_routes.message_response = _as_asked


def picture(red: int = 200, green: int = 60, blue: int = 40, kind: str = "PNG") -> bytes:
    """A picture with some structure, told apart by its colour."""
    image = Image.new("RGB", (64, 64), (red, green, blue))
    image.paste((255 - red, green, 255 - blue), (8, 8, 40, 30))
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def text_of(result: Any) -> str:
    """All that a person reads in an answer: content, cards, labels of buttons left out; commands are words."""
    message = getattr(result, "response", result)
    if message is None:
        return ""
    components = message.components
    roots = [c if isinstance(c, dict) else c.to_dict() for c in components]
    cards = [c["content"] for c in walk_components(roots) if isinstance(c.get("content"), str)]
    return plain("\n".join([message.content, *cards])).strip()


def plain(said: str) -> str:
    """What was said, with its commands as words."""
    return re.sub(r"</([a-z ]+):\d+>", r"`/\1`", said)


def is_sentence(error: BaseException) -> bool:
    """Whether an error is one of those that people are told, so not a fault of ours."""
    cause = getattr(error, "original", error)
    return isinstance(cause, FeelprintError)


async def deploy(
    app: App, member_id: int, *sentences: str, created_at: int = 1000, run_id: str = "run-1"
) -> RunReport:
    """Deploy a feelprint of these rules, as a run would."""
    label_set_id = app.default_label_set.id
    report = RunReport(
        run_id, member_id, label_set_id, Mode.RULES, 0, 12, created_at, created_at, RunResult.DEPLOYED
    )
    rules = tuple(Rule(f"condition {n}", "awe", text) for n, text in enumerate(sentences))
    tested = {"asked": Evidence(9, 8, 1), "fresh": Evidence(6, 5, 1)}
    records = tuple(RuleRecord(rule, RuleStatus.DEPLOYED, **tested) for rule in rules)
    made = Feelprint(member_id, label_set_id, 1, Mode.RULES, rules, "", created_at, 12, run_id)
    await app.storage.runs.start(replace(report, result=RunResult.RUNNING))
    assert await app.storage.runs.finish(report, rules=records, deploy=made)
    return report


@contextmanager
def deaf(intake: Intake) -> Iterator[None]:
    """Live events are lost meanwhile, as they are while a bot is away."""
    intake.put, put = lambda *_, **__: None, intake.put
    yield
    intake.put = put


def settings_for(folder: Path, **changes: Any) -> Settings:
    """Settings of an offline bot that keeps everything in a folder."""
    places = {"database": changes.pop("database", str(folder / "feelprint.db")), "state_dir": folder}
    chosen = {"image_workers": 1, "model": MODEL_NAME} | changes
    return _read(tuple(sorted(chosen.items())), _environment()).model_copy(update=places)


def _environment() -> frozenset[tuple[str, str]]:
    """What settings may be read from."""
    return frozenset(one for one in os.environ.items() if one[0].startswith(("FEELPRINT_", "OPENAI_", "DISCORD_")))


@cache
def _read(chosen: tuple[tuple[str, Any], ...], _given: frozenset[tuple[str, str]]) -> Settings:
    """To look thirty settings up costs a twentieth of a short test, and most tests look up the same."""
    return Settings(_env_file=None, **dict(chosen))


@asynccontextmanager
async def bot_on(settings: Settings, **given: Any) -> AsyncIterator[tuple[App, Env]]:
    """The bot, started and logged in to a fresh simulated Discord."""
    async with open_app(settings, **given) as app:
        app.start()
        env = Env(app.client, shard_count=1, settle_timeout=PATIENCE_S)
        await env.start()
        await app.catchup.idle()
        try:
            yield app, env
        finally:
            await env.shutdown()
        seen = env._errors_acknowledged
        unexpected = [error for error in env.errors_since(seen) if not is_sentence(error)]
        assert not unexpected, unexpected


@pytest.fixture(scope="session")
def kept_workers() -> Iterator[type[KeptWorker]]:
    """Image workers that one test leaves to the next."""
    yield KeptWorker
    end_spare()


@pytest.fixture
def folder(
    tmp_path: Path,
    sqlite_template: Path,
    model_url: str,
    kept_workers: type[KeptWorker],
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """A folder with an empty database, and an environment without secrets."""
    monkeypatch.setattr(workers, "_Worker", kept_workers)
    for name in ("DISCORD_TOKEN", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENAI_BASE_URL", model_url)
    copied(sqlite_template, tmp_path / "feelprint.db")
    return tmp_path


@pytest.fixture
async def world(folder: Path) -> AsyncIterator[SimpleNamespace]:
    """A server with a chosen channel, an admin, and two members who have not joined yet."""
    async with bot_on(settings_for(folder)) as (app, env):
        guild = env.create_guild("Pictures")
        channel = guild.create_text_channel("pictures")
        alice = guild.add_member(env.create_user("alice"))
        bob = guild.add_member(env.create_user("bob"))
        rights = guild.create_role("Stewards", permissions=discord.Permissions(manage_guild=True))
        steward = guild.add_member(env.create_user("steward"), roles=[rights])
        await app.roster.save(ServerSettings(guild.id, frozenset({channel.id}), seed_reactions=False))

        async def labels(member: Any) -> list[set[str]]:
            await asyncio.wait_for(app.intake.drained(), 20)
            kept = await app.storage.labels.labels(ProfileKey(member.id, app.default_label_set.id))
            return [set(label.emotions) for label in kept]

        async def post(data: bytes | None = None, name: str = "picture.png", **more: Any) -> Any:
            return await alice.send(channel, attachments=[(name, data or picture())], **more)

        async def join(*members: Any) -> None:
            for member in members:
                await member.slash(channel, "join")

        yield SimpleNamespace(
            app=app,
            env=env,
            guild=guild,
            channel=channel,
            steward=steward,
            alice=alice,
            bob=bob,
            labels=labels,
            post=post,
            join=join,
        )
