"""An answer carries how probable its emotion was, where the server tells of tokens; no shape costs it."""

import json
import math
from typing import Any

import pytest

from core.model.client import ModelClient
from core.model.replies import Reply
from core.model.token_chances import FIELD
from tests.core.model.calls import a_call, settings_for
from tests.core.model.server import ModelServer, answers, completion

REASON = "Ein grünes Meer."
AFTER = ', "scores": {"fear": 70, "awe": 30}}'


def token(piece: bytes, *others: tuple[bytes, float]) -> dict[str, Any]:
    """A token as servers tell it, beside those that might have stood there; letters may be parted."""
    text = piece.decode(errors="replace")
    top = [{"token": o.decode(errors="replace"), "bytes": list(o), "logprob": math.log(p)} for o, p in others]
    return {"token": text, "bytes": list(piece), "logprob": 0.0, "top_logprobs": top}


def told(*tokens: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The text of these tokens, and an answer that tells of them."""
    text = b"".join(bytes(one["bytes"]) for one in tokens).decode()
    return text, completion(text, logprobs={"content": list(tokens)})


async def sent(server: ModelServer, body: dict[str, Any]) -> str:
    server.always = answers(body)
    async with ModelClient(settings_for(server)) as client:
        reply = await client.send(a_call())
    assert isinstance(reply, Reply)
    return reply.text


START = (token(b'{"reason": "Ein gr'), token(b"\xc3"), token(b"\xbc"), token(b'nes Meer.", "emotion": '))


async def test_the_emotions_first_token_is_told_with_all_that_might_have_stood_there(server: ModelServer) -> None:
    quoted = token(b'"fe', (b'"fe', 0.6), (b'"a', 0.3), (b'"awe"', 0.05), (b"null", 0.05))
    text, body = told(*START, quoted, token(b'ar"'), token(AFTER.encode()))
    read = json.loads(await sent(server, body))
    assert read.pop(FIELD) == {"fe": 0.6, "a": 0.3, "awe": 0.05}
    assert read == json.loads(text)
    assert read["reason"] == REASON


async def test_the_quote_may_be_a_token_of_its_own_and_only_the_token_itself_be_told(server: ModelServer) -> None:
    apart = {**token(b"fear"), "logprob": math.log(0.9), "top_logprobs": []}
    _, body = told(*START, token(b'"'), apart, token(b'"' + AFTER.encode()))
    assert json.loads(await sent(server, body))[FIELD] == {"fear": 0.9}


TEXT, WELL = told(*START, token(b'"fear', (b'"fear', 0.9)), token(b'"' + AFTER.encode()))
TWICE, TWO = told(*START, token(b'"awe", "emotion": "fear', (b"x", 0.9)), token(b'"' + AFTER.encode()))


def but(**change: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(json.dumps(WELL))
    body["choices"][0].update(change)
    return body


ODD = [
    (TEXT, but(logprobs=None)),
    (TEXT, but(logprobs=[1, 2])),
    (TEXT, but(logprobs={"content": None})),
    (TEXT, but(logprobs={"content": [{"token": TEXT}]})),
    (TEXT, but(logprobs={"content": [{**token(TEXT.encode()), "logprob": None}]})),
    (TEXT, but(logprobs={"content": [{**token(TEXT.encode()), "bytes": ["x"]}]})),
    (TEXT, but(logprobs={"content": [token(b"other"), token(b"text")]})),
    (TEXT, but(logprobs={"tokens": ["a"], "token_logprobs": [0.0]})),
    (TWICE, TWO),
]


@pytest.mark.parametrize(("text", "body"), ODD)
async def test_no_shape_costs_the_answer(server: ModelServer, text: str, body: dict[str, Any]) -> None:
    assert await sent(server, body) == text


async def test_what_is_no_probability_is_left_out(server: ModelServer) -> None:
    tokens = [*START, {**token(b'"fear'), "logprob": 3.0}, token(b'"' + AFTER.encode())]
    text, body = told(*tokens)
    assert await sent(server, body) == text
