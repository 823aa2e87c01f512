import asyncio
import base64
import socket

import pytest
from aiohttp import web

from core.model.client import ModelClient
from core.model.replies import Fault, Reply, Tokens
from core.vocabulary.calls import Failure, Purpose
from core.vocabulary.images import Image
from tests.core.model.calls import SCHEMA, a_call, settings_for
from tests.core.model.server import (
    ANSWER,
    Behaviour,
    ModelServer,
    answers,
    completion,
    cut,
    drips,
    fails,
    hangs,
    resets,
    serving,
    text,
)

QUOTA_TEXT = "You exceeded your current quota, please check your plan and billing details."
ERROR = {"error": {"message": "upstream died", "code": 502}}

FAULTS: list[tuple[str, Behaviour, Failure, bool]] = [
    # name, what the server does, failure, whether the same request may be sent again
    ("a truncated body", cut(0.5), Failure.UNAVAILABLE, True),
    ("a reset connection", resets, Failure.UNAVAILABLE, True),
    ("a cut answer", answers(completion('{"col', finish="length")), Failure.TRUNCATED, False),
    ("a filtered answer", answers(completion("", finish="content_filter")), Failure.FILTERED, False),
    ("a refusal", answers(completion(None, refusal="I can't help with that.")), Failure.REFUSED, False),
    ("no content", answers(completion(None)), Failure.INVALID, False),
    ("blank content", answers(completion("  \n")), Failure.INVALID, False),
    ("no choices", answers({**completion(), "choices": []}), Failure.INVALID, False),
    ("an error object in a 200", answers(ERROR), Failure.UNAVAILABLE, True),
    ("a rate limit in a 200", answers({"error": {"message": "slow", "code": 429}}), Failure.RATE_LIMITED, True),
    ("an empty account in a 200", answers({"error": {"message": "pay", "code": 402}}), Failure.QUOTA, False),
    ("an error in a choice", answers(completion("", error={"code": 502})), Failure.UNAVAILABLE, True),
    ("a web page", text("<html>Sign in</html>", "text/html"), Failure.UNAVAILABLE, False),
    ("broken JSON", text('{"choices": [', "application/json"), Failure.UNAVAILABLE, True),
    ("an empty body", text("", "application/json"), Failure.UNAVAILABLE, True),
    ("a list for an answer", answers([1, 2]), Failure.UNAVAILABLE, True),
    ("choices of nonsense", answers({"choices": ["x"]}), Failure.UNAVAILABLE, True),
    ("a 400", fails(400, "bad parameter"), Failure.REJECTED, False),
    ("a 400 that is moderation", fails(400, "no", code="content_filter"), Failure.FILTERED, False),
    ("a 400 that is an empty account", fails(400, "Your credit balance is too low"), Failure.QUOTA, False),
    (
        "a 400 that is an unknown model",
        fails(400, "m is not a valid model", code="model_not_found"),
        Failure.AUTH,
        False,
    ),
    ("a 401", fails(401, "Incorrect API key"), Failure.AUTH, False),
    ("a 402", fails(402, "Insufficient credits"), Failure.QUOTA, False),
    ("a 403", fails(403, "not allowed"), Failure.AUTH, False),
    ("a 403 that is moderation", fails(403, "Your input was flagged"), Failure.FILTERED, False),
    ("a 404", fails(404, "The model does not exist"), Failure.AUTH, False),
    ("a 408, which may be paid for", fails(408), Failure.UNAVAILABLE, False),
    ("a 409", fails(409), Failure.UNAVAILABLE, True),
    ("a 413", fails(413), Failure.REJECTED, False),
    ("a 422", fails(422), Failure.REJECTED, False),
    ("a 429", fails(429, "Rate limit reached"), Failure.RATE_LIMITED, True),
    ("a 429 that is an empty account", fails(429, QUOTA_TEXT, code="insufficient_quota"), Failure.QUOTA, False),
    ("a 500", fails(500), Failure.UNAVAILABLE, True),
    ("a 503", fails(503), Failure.UNAVAILABLE, True),
    ("a 503 that must not be tried again", fails(503, x_should_retry="false"), Failure.UNAVAILABLE, False),
    ("a 529", fails(529), Failure.UNAVAILABLE, True),
]


@pytest.mark.parametrize(("behave", "failure", "again"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
async def test_every_fault_has_one_typed_outcome(
    server: ModelServer, behave: Behaviour, failure: Failure, again: bool
) -> None:
    server.always = behave
    async with ModelClient(settings_for(server)) as client:
        sent = await client.send(a_call())
    assert isinstance(sent, Fault)
    assert (sent.failure, sent.again) == (failure, again)
    assert len(server.requests) == 1, "the client itself never tries again"


async def test_an_answer_is_its_text_and_its_tokens(server: ModelServer) -> None:
    async with ModelClient(settings_for(server)) as client:
        assert await client.send(a_call()) == Reply(ANSWER, Tokens(1000, 10))


@pytest.mark.parametrize(
    "usage",
    [None, {}, {"prompt_tokens": "many", "completion_tokens": 1}, {"prompt_tokens": -5, "completion_tokens": 1}],
)
async def test_usage_that_makes_no_sense_is_no_usage(server: ModelServer, usage: object) -> None:
    server.always = answers(completion(usage=usage))
    async with ModelClient(settings_for(server)) as client:
        assert await client.send(a_call()) == Reply(ANSWER, None)


@pytest.mark.parametrize("behave", [hangs, drips])
async def test_the_deadline_holds_for_the_whole_answer(server: ModelServer, behave: Behaviour) -> None:
    server.always = behave
    async with ModelClient(settings_for(server, deadline_s=0.3)) as client:
        async with asyncio.timeout(60):
            sent = await client.send(a_call())
    assert sent == Fault(Failure.UNAVAILABLE, "no answer in time", billed=True)


async def test_a_server_that_is_not_there_is_unavailable_and_charges_nothing() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        async with ModelClient(settings_for(ModelServer(url=url))) as client:
            sent = await client.send(a_call())
    assert isinstance(sent, Fault)
    assert (sent.failure, sent.again, sent.billed) == (Failure.UNAVAILABLE, True, False)


async def test_a_redirect_takes_the_picture_nowhere(server: ModelServer) -> None:
    async with serving() as elsewhere:
        server.always = answers({}, 307, Location=elsewhere.url + "/chat/completions")
        async with ModelClient(settings_for(server)) as client:
            sent = await client.send(a_call())
        assert elsewhere.requests == []
    assert isinstance(sent, Fault)
    assert (sent.failure, sent.again) == (Failure.UNAVAILABLE, False)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"retry_after": "3"}, 3.0), ({"retry_after_ms": "250"}, 0.25), ({"retry_after": "nan"}, None), ({}, None)],
)
async def test_a_wait_that_the_server_asks_for_is_told(
    server: ModelServer, headers: dict[str, str], seconds: float | None
) -> None:
    server.always = fails(429, **headers)
    async with ModelClient(settings_for(server)) as client:
        sent = await client.send(a_call())
    assert isinstance(sent, Fault)
    assert sent.retry_after == seconds


async def test_the_key_is_never_in_what_is_told(server: ModelServer) -> None:
    server.always = fails(401, "Incorrect API key provided: sk-canary-0123456789.")
    async with ModelClient(settings_for(server)) as client:
        sent = await client.send(a_call())
    assert isinstance(sent, Fault)
    assert sent.detail == "Incorrect API key provided: ***."
    assert "canary" not in repr(settings_for(server))


async def test_a_request_has_only_what_every_server_accepts(server: ModelServer) -> None:
    image = Image("b" * 64, b"jpeg", 8, 8)
    async with ModelClient(settings_for(server)) as client:
        await client.send(a_call(parts=("first", image, "last"), max_tokens=77, temperature=0.5))
    (request,) = server.requests
    assert set(request) == {"model", "max_tokens", "temperature", "store", "response_format", "messages"}
    assert (request["max_tokens"], request["temperature"]) == (77, 0.5)
    form = {"name": "colour", "strict": True, "schema": SCHEMA}
    assert request["response_format"] == {"type": "json_schema", "json_schema": form}
    url = "data:image/jpeg;base64," + base64.b64encode(b"jpeg").decode()
    assert request["messages"] == [
        {"role": "system", "content": "You look at pictures."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "first"},
                {"type": "image_url", "image_url": {"url": url}},
                {"type": "text", "text": "last"},
            ],
        },
    ]


async def test_the_capabilities_of_a_server_shape_the_request(server: ModelServer) -> None:
    settings = settings_for(
        server,
        structured="text",
        send_temperature=False,
        max_tokens_field="max_completion_tokens",
        writer_model="w",
    )
    async with ModelClient(settings) as client:
        await client.send(a_call(purpose=Purpose.WRITE, parts=("one", "two")))
        await client.send(a_call(purpose=Purpose.MATCH))
        await client.send(a_call(purpose=Purpose.PREDICT))
    assert [r["model"] for r in server.requests] == ["w", "w", "m"]
    request = server.requests[0]
    assert set(request) == {"model", "max_completion_tokens", "store", "messages"}
    system, user = request["messages"]
    assert system["content"] == "You look at pictures."
    assert user["content"] == "one\n\ntwo"


async def test_a_proxy_for_the_internet_is_not_asked_for_localhost(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with ModelClient(settings_for(server)) as client:
        assert isinstance(await client.send(a_call()), Reply)


async def test_cancellation_is_not_an_outcome(server: ModelServer) -> None:
    server.always = hangs
    async with ModelClient(settings_for(server)) as client:
        task = asyncio.create_task(client.send(a_call()))
        await server.arrived()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_the_key_goes_along_as_a_bearer(server: ModelServer) -> None:
    sent: list[str | None] = []

    async def behave(request: web.Request) -> web.StreamResponse:
        sent.append(request.headers.get("Authorization"))
        return web.json_response(completion())

    server.always = behave
    settings = settings_for(server)
    async with ModelClient(settings) as client:
        await client.send(a_call())
    assert sent == [f"Bearer {settings.api_key}"]
