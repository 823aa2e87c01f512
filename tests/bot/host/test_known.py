"""What a model server has shown is known after a restart, and learned anew when it is refused."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.host.model import Model, open_model
from bot.host.settings import Settings
from core.asking.sight import plain_pictures
from core.model.known import LASTS_MS
from core.vocabulary.calls import Answer, Call
from storage import Storage
from tests.core.asking.test_probe import sighted
from tests.core.model.calls import a_call, colour
from tests.core.model.server import ModelServer, answers, completion, fails, serving
from tests.core.model.test_learning import (
    NEW_NAME,
    NO_SCHEMA,
    NO_TEMPERATURE,
    Refusal,
    many,
    pictures_in,
    refusing,
    without,
)
from tests.fakes import ManualClock
from tests.journeys.conftest import bot_on


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with serving() as running:
        yield running


def settings_of(server: ModelServer, **more: Any) -> Settings:
    key = Settings.model_validate({"OPENAI_API_KEY": "sk-0123456789"}).openai_api_key
    given = {"openai_base_url": server.url, "model": "m", "image_workers": 1, "price_in": 0.0, "price_out": 0.0}
    return Settings(_env_file=None).model_copy(update={**given, "openai_api_key": key, **more})


@asynccontextmanager
async def started(server: ModelServer, storage: Storage, clock: ManualClock, **more: bool) -> AsyncIterator[Model]:
    """The road to the model as a start of the bot opens it."""
    async with open_model(
        settings_of(server), storage.answers, clock, abilities=storage.abilities, **more
    ) as model:
        yield model


async def asked(model: Model, call: Call) -> bool:
    return isinstance(await model.gateway.ask(call, colour), Answer)


def at_most(most: int) -> Refusal:
    told = f"At most {most} image(s) may be provided in one request."
    return lambda body: fails(400, told) if pictures_in(body) > most else None


def thinking(room: int) -> Refusal:
    return lambda body: answers(completion("", finish="length")) if body["max_tokens"] < room else None


LONGEST: Refusal = lambda body: (  # noqa: E731 - one of a list of such
    fails(400, "max_tokens is too large: at most 300 completion tokens.") if body["max_tokens"] > 300 else None
)
SHOWN = {
    "the length of an answer under its other name": (NEW_NAME, a_call),
    "no temperature": (NO_TEMPERATURE, a_call),
    "no form of answers": (NO_SCHEMA, a_call),
    "not asked to store nothing": (without("store", "Unrecognized request argument supplied: store"), a_call),
    "few pictures": (at_most(4), lambda **which: many(9) if not which else many(8)),
    "room for thoughts": (thinking(1500), a_call),
    "no long answers": (LONGEST, lambda **which: a_call(max_tokens=400, **which)),
}


@pytest.mark.parametrize(("refusal", "call"), SHOWN.values(), ids=SHOWN)
async def test_what_a_server_has_shown_is_known_after_a_restart(
    server: ModelServer,
    sqlite_storage: Storage,
    clock: ManualClock,
    refusal: Refusal,
    call: Callable[..., Call],
) -> None:
    server.always = refusing(refusal)
    async with started(server, sqlite_storage, clock) as model:
        assert await asked(model, call())
    before = len(server.requests)
    assert before > 1, "something was refused"
    async with started(server, sqlite_storage, clock) as model:
        assert await asked(model, call(nonce="after a restart"))
    assert len(server.requests) == before + 1


async def test_what_was_known_is_learned_anew_when_it_is_refused_and_kept_so(
    server: ModelServer, sqlite_storage: Storage, clock: ManualClock
) -> None:
    server.always = refusing(NEW_NAME)
    async with started(server, sqlite_storage, clock) as model:
        assert await asked(model, a_call())
    server.always = refusing(without("max_completion_tokens", "Unrecognized argument: max_completion_tokens"))
    for nonce in "23":
        async with started(server, sqlite_storage, clock) as model:
            assert await asked(model, a_call(nonce=nonce))
    assert ["max_tokens" in body for body in server.requests] == [True, False, False, True, True]


async def test_what_a_server_showed_more_than_a_month_ago_is_found_out_again(
    server: ModelServer, sqlite_storage: Storage, clock: ManualClock
) -> None:
    server.always = refusing(at_most(4))
    async with started(server, sqlite_storage, clock) as model:
        assert await asked(model, many(9))
    server.always = refusing(at_most(40))
    clock.advance(seconds=LASTS_MS / 1000 + 1)
    async with started(server, sqlite_storage, clock) as model:
        assert await asked(model, many(8))
    assert pictures_in(server.requests[-1]) == 8


async def test_another_address_or_another_model_is_not_taken_for_the_same(
    server: ModelServer, sqlite_storage: Storage, clock: ManualClock
) -> None:
    server.always = refusing(NO_SCHEMA)
    async with started(server, sqlite_storage, clock) as model:
        assert await asked(model, a_call())
    async with serving() as elsewhere, started(elsewhere, sqlite_storage, clock) as model:
        assert await asked(model, a_call(nonce="2"))
        assert "response_format" in elsewhere.requests[-1]
    settings, storage = settings_of(server, model="other"), sqlite_storage
    server.always = answers(completion())
    async with open_model(settings, storage.answers, clock, abilities=storage.abilities) as model:
        assert await asked(model, a_call(nonce="3"))
    assert "response_format" in server.requests[-1]


async def test_that_a_server_counts_more_than_was_estimated_is_reckoned_with_after_a_restart(
    server: ModelServer, sqlite_storage: Storage, clock: ManualClock
) -> None:
    long = {"prompt_tokens": 30_000, "completion_tokens": 1600, "total_tokens": 31_600}
    server.always = answers(completion(usage=long))
    async with started(server, sqlite_storage, clock) as model:
        before = model.gateway.estimate(a_call(max_tokens=400))
        assert await asked(model, a_call(max_tokens=400))
    async with started(server, sqlite_storage, clock) as model:
        after = model.gateway.estimate(a_call(max_tokens=400))
    assert before.prompt_tokens < 30_000 <= after.prompt_tokens
    assert (before.completion_tokens, after.completion_tokens) == (400, 1600)


async def test_what_is_learned_by_a_question_asked_before_does_not_undo_that_the_server_counts_more(
    server: ModelServer, sqlite_storage: Storage, clock: ManualClock
) -> None:
    async with started(server, sqlite_storage, clock) as model:
        known = model.gateway.line._known
        taken = known.form("m")
        known.counted("m", 3.0, 1.0)
        known.learn("m", taken.other_field())
        assert (known.form("m").counts_prompt, known.form("m").max_tokens_field) == (3.0, "max_completion_tokens")


async def test_no_secret_of_an_address_is_kept(sqlite_storage: Storage, clock: ManualClock) -> None:
    async with serving(ModelServer(refusing(NO_SCHEMA))) as server:
        plain, secret = server.url, server.url.replace("//", "//user:canary@") + "?key=canary"
        settings = settings_of(server, openai_base_url=secret)
        async with open_model(
            settings, sqlite_storage.answers, clock, abilities=sqlite_storage.abilities
        ) as model:
            model.gateway.line._known.learn("m", model.gateway.line.form("m"))
    (kept,) = await sqlite_storage.abilities.shown(plain, 0)
    assert kept.address == plain


@pytest.mark.parametrize("probe_first", [True, False])
async def test_a_server_that_is_known_is_asked_as_it_takes_it_at_once(
    server: ModelServer, sqlite_storage: Storage, clock: ManualClock, probe_first: bool
) -> None:
    server.always = sighted(NO_SCHEMA, NEW_NAME)
    picture = next(iter(plain_pictures().values()))
    refused = []
    for nonce in "12":
        before = len(server.requests)
        async with started(server, sqlite_storage, clock, probe_first=probe_first) as model:
            if not probe_first or nonce == "2":
                assert await asked(model, a_call(nonce=nonce, parts=(picture,)))
                before += 1
        refused.append(len(server.requests) - before - (2 if probe_first else 0))
    assert refused == [2, 0]


@pytest.mark.slow
async def test_the_bot_itself_remembers(server: ModelServer, tmp_path: Path) -> None:
    server.always = refusing(NO_SCHEMA)
    settings = settings_of(server, database=str(tmp_path / "x.db"), state_dir=tmp_path)
    for nonce in "12":
        async with bot_on(settings) as (app, _):
            assert isinstance(await app.gateway.ask(a_call(nonce=nonce), colour), Answer)
    assert ["response_format" in body for body in server.requests] == [True, False, False]
