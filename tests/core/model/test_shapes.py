"""Every shape in which servers answer, stop and complain is read for what it says."""

import asyncio
import json
from typing import Any

import pytest

from core.asking.probe import probe
from core.model.client import ModelClient
from core.model.config import ModelSettings
from core.model.faults import fault_of
from core.model.replies import Fault, Reply
from core.vocabulary.calls import Failure
from core.vocabulary.errors import ModelProblem
from tests.core.model.calls import a_call, settings_for
from tests.core.model.server import ANSWER, USAGE, ModelServer, answers, completion, fails


def said(**message: Any) -> dict[str, Any]:
    body = completion()
    body["choices"][0]["message"] = {"role": "assistant", **message}
    return body


THOUGHT = {"type": "thinking", "thinking": [{"type": "text", "text": '{"colour": "blue"}'}]}
SHAPES = [
    ("chunks beside thoughts", said(content=[THOUGHT, {"type": "text", "text": ANSWER}])),
    (
        "chunks of one answer",
        said(content=[{"type": "text", "text": ANSWER[:5]}, {"type": "text", "text": ANSWER[5:]}]),
    ),
    ("bare strings", said(content=[ANSWER])),
    ("all of it a thought", said(content=None, reasoning=ANSWER)),
    (
        "as what a tool is called with",
        said(
            content=None,
            tool_calls=[{"id": "1", "type": "function", "function": {"name": "colour", "arguments": ANSWER}}],
        ),
    ),
    ("all of it a thought, by another name", said(content="", reasoning_content=ANSWER)),
]


@pytest.mark.parametrize("body", [shape[1] for shape in SHAPES], ids=[shape[0] for shape in SHAPES])
async def test_the_text_is_found_wherever_it_stands(server: ModelServer, body: dict[str, Any]) -> None:
    server.always = answers(body)
    async with ModelClient(settings_for(server)) as client:
        sent = await client.send(a_call())
    assert isinstance(sent, Reply)
    assert sent.text == ANSWER


ENDS = [
    ("SAFETY", Failure.FILTERED),
    ("content_filter: PROHIBITED_CONTENT", Failure.FILTERED),
    ("IMAGE_SAFETY", Failure.FILTERED),
    ("RECITATION", Failure.FILTERED),
    ("sensitive", Failure.FILTERED),
    ("refusal", Failure.REFUSED),
    ("MAX_TOKENS", Failure.TRUNCATED),
    ("model_length", Failure.TRUNCATED),
    ("stop", Failure.INVALID),
]


@pytest.mark.parametrize(("reason", "failure"), ENDS)
async def test_why_it_stopped_is_read_in_the_words_of_any_model(
    server: ModelServer, reason: str, failure: Failure
) -> None:
    server.always = answers(completion(None, finish=reason))
    async with ModelClient(settings_for(server)) as client:
        sent = await client.send(a_call())
    assert isinstance(sent, Fault)
    assert sent.failure is failure


QUIET = [
    ({**completion(""), "choices": [], "prompt_feedback": {"block_reason": "SAFETY"}}, Failure.FILTERED),
    (completion("", native_finish_reason="PROHIBITED_CONTENT"), Failure.FILTERED),
    (said(content=[{"type": "refusal", "refusal": "I cannot"}]), Failure.REFUSED),
    ({"choices": [{"index": 0, "finish_reason": "stop"}], "usage": USAGE}, Failure.INVALID),
]


@pytest.mark.parametrize(("body", "failure"), QUIET)
async def test_a_filter_that_says_little_is_still_one(
    server: ModelServer, body: dict[str, Any], failure: Failure
) -> None:
    server.always = answers(body)
    async with ModelClient(settings_for(server)) as client:
        sent = await client.send(a_call())
    assert isinstance(sent, Fault)
    assert sent.failure is failure


KEY = "API key not valid. Please pass a valid API key."
GOOGLE = {"error": {"code": 400, "message": KEY, "status": "INVALID_ARGUMENT"}}
RAW = {"error": {"message": "Provider returned error", "code": 400, "metadata": {"raw": json.dumps(GOOGLE)}}}


@pytest.mark.parametrize(
    "body", [GOOGLE, [GOOGLE], RAW, {"detail": [{"msg": KEY, "loc": ["body"]}]}, {"errors": [KEY]}]
)
async def test_a_wrong_key_is_told_as_one_however_it_is_wrapped(server: ModelServer, body: Any) -> None:
    server.always = answers(body, 400)
    problem = (await probe(ModelSettings(server.url, "k", "m"))).problem
    assert problem is not None
    assert problem.reason is ModelProblem.WRONG_KEY
    assert KEY in problem.said
    assert len(server.requests) == 1


async def test_a_proxy_without_its_database_means_the_key(server: ModelServer) -> None:
    server.always = fails(400, "No connected db.")
    problem = (await probe(ModelSettings(server.url, "k", "m"))).problem
    assert problem is not None
    assert problem.reason is ModelProblem.WRONG_KEY


@pytest.mark.parametrize(
    ("status", "message", "reason"),
    [
        (408, "Request timed out", ModelProblem.TROUBLED),
        (500, "boom", ModelProblem.TROUBLED),
        (502, "Bad Gateway", ModelProblem.TROUBLED),
        (503, "Loading model", ModelProblem.TROUBLED),
        (413, "Request Entity Too Large", ModelProblem.TOO_LARGE),
        (429, "slow down", ModelProblem.TOO_FAST),
        (429, "Budget has been exceeded! Max budget: 1", ModelProblem.NO_CREDIT),
    ],
)
async def test_a_server_that_answered_is_never_told_as_out_of_reach(
    server: ModelServer, status: int, message: str, reason: ModelProblem
) -> None:
    server.always = fails(status, message, retry_after="99" if status == 429 else "0")
    problem = (await probe(ModelSettings(server.url, "k", "m", retries=0))).problem
    assert problem is not None
    assert (problem.reason, problem.said) == (reason, message)


NGINX = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>"
)


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (NGINX, "502 Bad Gateway"),
        ("<!DOCTYPE html><body><h1>Too &amp; much</h1> of it</body>", "Too & much of it"),
        ("<think> is no page", "<think> is no page"),
    ],
)
def test_of_a_proxys_page_only_its_words_are_shown(page: str, said: str) -> None:
    assert fault_of(502, page).detail == said


@pytest.mark.parametrize("status", [408, 504, 524])
def test_what_gave_up_waiting_may_be_paid_for_and_is_not_paid_twice(status: int) -> None:
    fault = fault_of(status, {"error": {"message": "timeout"}})
    assert (fault.failure, fault.billed, fault.again) == (Failure.UNAVAILABLE, True, False)


@pytest.mark.parametrize("echo", ["billing flagged content_policy", {"type": "insufficient_quota"}])
def test_what_echoes_our_request_decides_nothing(echo: Any) -> None:
    body = {"detail": [{"msg": "Extra fields", "loc": ["body"], "input": echo}]}
    assert fault_of(422, body).failure is Failure.REJECTED


async def test_a_short_key_blots_out_no_letters_and_a_header_is_hidden(server: ModelServer) -> None:
    server.always = fails(400, "bad key for pk-secret-0123456789")
    settings = ModelSettings(server.url, "a", "m", headers={"x-gateway-key": "pk-secret-0123456789"})
    async with ModelClient(settings) as client:
        sent = await client.send(a_call())
    assert isinstance(sent, Fault)
    assert sent.detail == "bad key for ***"


async def test_headers_and_fields_of_the_settings_go_along(server: ModelServer) -> None:
    seen: list[str | None] = []

    async def behave(request: Any) -> Any:
        seen.append(request.headers.get("x-portkey-provider"))
        return await answers(completion())(request)

    server.always = behave
    settings = settings_for(server, headers={"x-portkey-provider": "openai"}, fields={"reasoning_effort": "low"})
    async with ModelClient(settings) as client:
        await client.send(a_call())
    assert seen == ["openai"]
    assert server.requests[0]["reasoning_effort"] == "low"


async def test_a_connection_that_ends_after_a_500_does_not_take_the_next_request_with_it() -> None:
    bodies = [("500 X", {"error": {"message": "oops"}}), ("200 OK", completion())] * 3
    ended = asyncio.Semaphore(0)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        size = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
        await reader.readexactly(int(size.split(b":")[1]))
        status, body = bodies.pop(0)
        data = json.dumps(body).encode()
        start = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        writer.write(start.encode() + data)
        await writer.drain()
        await asyncio.sleep(0.002)  # the end of it comes a little later than the answer
        writer.close()
        await writer.wait_closed()
        ended.release()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        async with ModelClient(ModelSettings(f"http://127.0.0.1:{port}/v1", "k", "m")) as client:
            for _ in range(3):
                failed, answered = await client.send(a_call()), await client.send(a_call())
                assert isinstance(failed, Fault)
                assert failed.status == 500
                assert isinstance(answered, Reply)
                for _ in range(2):  # an answered connection is closed, and can be seen to be
                    await ended.acquire()


def test_a_servers_words_steer_no_terminal() -> None:
    words = "\x1b[2J\x1b]0;owned\x07No \u202esuch\u200b model.\r\nAsk again."
    for body in ({"error": {"message": words}}, [{"detail": words}], words, f"<html><title>{words}</title>"):
        said = fault_of(400, body).detail
        assert said.isprintable()
        assert said.endswith("model. Ask again.")


@pytest.mark.parametrize(
    "body", [{"detail": "No such place."}, {"object": "error", "message": "No such place.", "code": 404}]
)
async def test_what_is_no_answer_is_told_in_its_own_words_though_it_calls_itself_well(
    server: ModelServer, body: dict[str, Any]
) -> None:
    server.always = answers(body)
    async with ModelClient(settings_for(server)) as client:
        sent = await client.send(a_call())
    assert isinstance(sent, Fault)
    assert sent.detail == "No such place."
    assert sent.status == body.get("code", 502)
