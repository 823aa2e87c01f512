"""What a server can do is learned whenever it shows it, once for all who ask, and learned anew when refused."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web

from core.vocabulary.calls import Answer, Failure, Glance, Purpose
from core.vocabulary.images import Image
from tests.core.model.calls import a_call, colour
from tests.core.model.road import OpenRoad
from tests.core.model.server import Behaviour, ModelServer, answers, completion, fails

Body = dict[str, Any]
Refusal = Callable[[Body], Behaviour | None]


def refusing(*refusals: Refusal) -> Behaviour:
    async def behave(request: web.Request) -> web.StreamResponse:
        body = await request.json()
        for refusal in refusals:
            if (refused := refusal(body)) is not None:
                return await refused(request)
        return await answers(completion())(request)

    return behave


def without(field: str, message: str, status: int = 400) -> Refusal:
    return lambda body: fails(status, message) if field in body else None


def pictures_in(body: Body) -> int:
    content = body["messages"][1]["content"]
    return sum(part["type"] == "image_url" for part in content) if isinstance(content, list) else 0


def texts_in(body: Body) -> str:
    content = body["messages"][1]["content"]
    return " ".join(part["text"] for part in content if part["type"] == "text")


def many(count: int, size: int = 100) -> Any:
    parts = [Glance(Image(f"{i:064x}", b"j" * size, 64, 64), f"words of {i}") for i in range(count)]
    return a_call(purpose=Purpose.WRITE, parts=tuple(parts), about=None)


NEW_NAME = without("max_tokens", "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
NO_TEMPERATURE = without("temperature", "Unsupported value: 'temperature' does not support 0.0.")
NO_SCHEMA = without("response_format", "'response_format.type' must be 'text'", 422)


@pytest.mark.parametrize(
    "refusals", [[NEW_NAME], [NO_TEMPERATURE], [NO_SCHEMA], [NO_SCHEMA, NEW_NAME, NO_TEMPERATURE]]
)
async def test_a_refusal_that_names_a_field_is_heard_once(
    server: ModelServer, road: OpenRoad, refusals: list[Refusal]
) -> None:
    server.always = refusing(*refusals)
    async with road() as r:
        for nonce in "abc":
            assert isinstance(await r.gateway.ask(a_call(nonce=nonce), colour), Answer)
    assert len(server.requests) == 3 + len(refusals)


@pytest.mark.parametrize(
    "message",
    [
        "Prompting with images is incompatible with system messages.",
        "System role not supported",
        "Developer instruction is not enabled for models/gemma-3-27b-it",
        '{"message": "role \'system\' is not allowed here"}',
    ],
)
async def test_where_a_system_message_is_refused_it_goes_into_the_users_turn(
    server: ModelServer, road: OpenRoad, message: str
) -> None:
    def refusal(body: Body) -> Behaviour | None:
        return fails(400, message) if body["messages"][0]["role"] == "system" else None

    server.always = refusing(refusal)
    async with road() as r:
        assert isinstance(await r.gateway.ask(a_call(), colour), Answer)
        assert isinstance(await r.gateway.ask(many(3), colour), Answer)
    assert len(server.requests) == 3
    assert [[m["role"] for m in body["messages"]] for body in server.requests[1:]] == [["user"], ["user"]]
    assert server.requests[1]["messages"][0]["content"][0]["text"] == a_call().system
    assert sum(part["type"] == "image_url" for part in server.requests[2]["messages"][0]["content"]) == 3


async def test_those_refused_together_do_not_undo_what_one_of_them_learned(
    server: ModelServer, road: OpenRoad
) -> None:
    server.always = refusing(NEW_NAME)
    async with road(concurrency=8) as r:
        outcomes = await asyncio.gather(*(r.gateway.ask(a_call(nonce=str(i)), colour) for i in range(8)))
        assert all(isinstance(outcome, Answer) for outcome in outcomes)
        await r.gateway.ask(a_call(nonce="later"), colour)
    assert len(server.requests) <= 8 + 8 + 1
    assert "max_completion_tokens" in server.requests[-1]


async def test_a_server_that_changes_its_mind_is_learned_anew(server: ModelServer, road: OpenRoad) -> None:
    server.always = refusing(NEW_NAME)
    async with road() as r:
        await r.gateway.ask(a_call(), colour)
        server.always = refusing(without("max_completion_tokens", "Unrecognized argument: max_completion_tokens"))
        assert isinstance(await r.gateway.ask(a_call(nonce="2"), colour), Answer)
    assert "max_tokens" in server.requests[-1]


async def test_each_model_is_known_for_itself(server: ModelServer, road: OpenRoad) -> None:
    server.always = refusing(lambda body: NO_SCHEMA(body) if body["model"] == "w" else None)
    async with road(writer_model="w") as r:
        await r.gateway.ask(a_call(purpose=Purpose.MATCH), colour)
        await r.gateway.ask(a_call(nonce="2"), colour)
    assert ["response_format" in body for body in server.requests] == [True, False, True]


async def test_a_writer_that_is_unknown_does_not_lock_the_model_that_predicts(
    server: ModelServer, road: OpenRoad
) -> None:
    server.always = refusing(lambda body: fails(404, "no such model") if body["model"] == "w" else None)
    async with road(writer_model="w") as r:
        assert await r.gateway.ask(a_call(purpose=Purpose.WRITE), colour) is Failure.AUTH
        assert isinstance(await r.gateway.ask(a_call(nonce="2"), colour), Answer)


async def test_a_refusal_without_words_is_guessed_at_until_the_model_has_answered(
    server: ModelServer, road: OpenRoad
) -> None:
    server.always = refusing(without("temperature", "Bad request"))
    async with road() as r:
        assert isinstance(await r.gateway.ask(a_call(), colour), Answer)
        guesses = len(server.requests)
        assert isinstance(await r.gateway.ask(a_call(nonce="2"), colour), Answer)
        assert len(server.requests) == guesses + 1
        server.always = fails(400, "Bad request")
        assert await r.gateway.ask(a_call(nonce="3"), colour) is Failure.REJECTED
    assert len(server.requests) == guesses + 2, "then it is about this one question"


async def test_a_guess_that_was_not_answered_is_not_kept(server: ModelServer, road: OpenRoad) -> None:
    server.always = fails(400, "Bad request")
    async with road() as r:
        assert await r.gateway.ask(a_call(), colour) is Failure.REJECTED
        server.always = answers(completion())
        await r.gateway.ask(a_call(nonce="2"), colour)
    assert {"response_format", "temperature", "max_tokens"} <= set(server.requests[-1])


STORE_REFUSED = [
    ("Gemini", 400, [{"error": {"code": 400, "message": 'Unknown name "store": Cannot find field.'}}]),
    ("Mistral", 422, {"detail": [{"type": "extra_forbidden", "loc": ["body", "store"], "msg": "Extra inputs"}]}),
    ("OpenAI's way", 400, {"error": {"message": "Unsupported parameter.", "param": "store", "code": "x"}}),
    ("one that names nothing", 400, {"error": {"message": "Bad request"}}),
]


@pytest.mark.parametrize(("status", "said"), [s[1:] for s in STORE_REFUSED], ids=[s[0] for s in STORE_REFUSED])
async def test_a_server_is_asked_not_to_store_unless_it_refuses_that(
    server: ModelServer, road: OpenRoad, status: int, said: Any
) -> None:
    server.always = refusing(lambda body: answers(said, status) if "store" in body else None)
    async with road() as r:
        for nonce in "12":
            assert isinstance(await r.gateway.ask(a_call(nonce=nonce), colour), Answer)
    assert server.requests[0]["store"] is False
    assert [sorted(body) for body in server.requests[1:]] == [
        ["max_tokens", "messages", "model", "response_format", "temperature"]
    ] * 2, "learned, and only that"


@pytest.mark.parametrize(
    ("status", "said"), [s[1:] for s in STORE_REFUSED[:3]], ids=[s[0] for s in STORE_REFUSED[:3]]
)
async def test_a_server_that_has_answered_before_is_believed_by_what_it_names(
    server: ModelServer, road: OpenRoad, status: int, said: Any
) -> None:
    async with road() as r:
        assert isinstance(await r.gateway.ask(a_call(), colour), Answer)
        server.always = refusing(lambda body: answers(said, status) if "store" in body else None)
        assert isinstance(await r.gateway.ask(a_call(nonce="2"), colour), Answer)
    assert "store" not in server.requests[-1]


async def test_a_server_that_takes_it_goes_on_being_asked_whatever_else_it_refuses(
    server: ModelServer, road: OpenRoad
) -> None:
    server.always = refusing(without("response_format", "Bad request"))
    async with road() as r:
        for nonce in "12":
            assert isinstance(await r.gateway.ask(a_call(nonce=nonce), colour), Answer)
    assert server.requests[-1]["store"] is False
    assert "response_format" not in server.requests[-1]


FEWER = [
    ("vLLM", 400, "At most 1 image(s) may be provided in one request.", 1),
    ("a number in other words", 400, "Too many images in request. Maximum of 4 images allowed", 4),
    ("no number", 422, "This endpoint was given too many images", 10),
    ("llama.cpp, by 500", 500, "failed to process image", 10),
    ("a 500 that says nothing", 500, "internal error", 10),
    ("a context window", 400, "This model's maximum context length is 4096 tokens, your messages have 9000.", 8),
]


@pytest.mark.parametrize(("status", "message", "most"), [f[1:] for f in FEWER], ids=[f[0] for f in FEWER])
async def test_a_writer_shows_as_many_pictures_as_are_taken_and_tells_the_others(
    server: ModelServer, road: OpenRoad, status: int, message: str, most: int
) -> None:
    server.always = refusing(lambda body: fails(status, message) if pictures_in(body) > most else None)
    async with road() as r:
        assert isinstance(await r.gateway.ask(many(40), colour), Answer)
        first = len(server.requests)
        assert isinstance(await r.gateway.ask(many(39), colour), Answer)
    assert len(server.requests) == first + 1, "learned"
    shown = pictures_in(server.requests[-1])
    assert most // 2 < shown <= most
    assert all(f"words of {i}" in texts_in(server.requests[-1]) for i in range(shown, 39))


async def test_an_outage_teaches_nothing(server: ModelServer, road: OpenRoad) -> None:
    server.always = fails(500, "failed to process image")
    async with road() as r:
        assert await r.gateway.ask(many(8), colour) is Failure.UNAVAILABLE
        server.always = answers(completion())
        await r.gateway.ask(many(9), colour)
    assert pictures_in(server.requests[-1]) == 9


async def test_a_picture_that_cannot_be_read_is_about_the_picture(server: ModelServer, road: OpenRoad) -> None:
    async with road() as r:
        await r.gateway.ask(a_call(), colour)
        server.always = fails(400, "Could not process image")
        assert await r.gateway.ask(a_call(nonce="2"), colour) is Failure.REFUSED


async def test_a_body_that_is_too_large_is_made_smaller_and_the_limit_is_learned(
    server: ModelServer, road: OpenRoad
) -> None:
    server.most_bytes = 1 << 20
    async with road() as r:
        for count in (39, 40):
            assert isinstance(await r.gateway.ask(many(count, size=30_000), colour), Answer)
    assert server.refused_bytes == 1
    assert pictures_in(server.requests[-1]) >= 20


async def test_a_length_that_is_too_long_is_asked_for_as_long_as_it_may_be(
    server: ModelServer, road: OpenRoad
) -> None:
    message = "max_tokens is too large: 400. This model supports at most 300 completion tokens."
    server.always = refusing(lambda body: fails(400, message) if body.get("max_tokens", 999) > 300 else None)
    async with road() as r:
        assert isinstance(await r.gateway.ask(a_call(max_tokens=400), colour), Answer)
        assert isinstance(await r.gateway.ask(a_call(max_tokens=500), colour), Answer)
    assert [body["max_tokens"] for body in server.requests] == [400, 300, 300]


@pytest.mark.parametrize(("thoughts", "asked"), [(350, 2), (1000, 2), (3000, 3)])
async def test_room_for_thoughts_is_paid_for_twice_only_once(
    server: ModelServer, road: OpenRoad, thoughts: int, asked: int
) -> None:
    server.always = refusing(
        lambda body: answers(completion("", finish="length")) if body["max_tokens"] < thoughts + 100 else None
    )
    async with road() as r:
        for nonce in "abc":
            assert isinstance(await r.gateway.ask(a_call(nonce=nonce), colour), Answer)
    assert len(server.requests) == asked + 2


async def test_a_server_that_was_loading_is_known_once_it_answers(server: ModelServer, road: OpenRoad) -> None:
    server.script = [fails(503, "Loading model")] * 3
    server.always = refusing(NEW_NAME)
    async with road() as r:
        assert await r.gateway.ask(a_call(), colour) is Failure.UNAVAILABLE
        assert isinstance(await r.gateway.ask(a_call(), colour), Answer)
