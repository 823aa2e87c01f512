"""Nine servers as they are, each in front of the offline model: what they refuse, and how they say and answer."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from core.asking.sight import colour_call, plain_pictures
from core.offline.model import MODEL_NAME

Body = dict[str, Any]
Refusal = Callable[[Body], tuple[int, Any] | None]
Manner = Callable[[Body, Body], Body]


def openai_error(status: int, message: str, **more: Any) -> tuple[int, Any]:
    return status, {
        "error": {"message": message, "type": "invalid_request_error", "param": None, "code": None, **more}
    }


def pictures_in(body: Body) -> int:
    content = body["messages"][-1]["content"]
    return sum(part["type"] == "image_url" for part in content) if isinstance(content, list) else 0


@dataclass(frozen=True)
class Dialect:
    """`refuses` says no before the model is asked; `manner` changes its reply; `first` is said at the start."""

    name: str
    refuses: Refusal = lambda body: None
    manner: Manner = lambda asked, reply: reply
    first: tuple[tuple[int, Any], ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    most_bytes: int | None = None


def _openai(body: Body) -> tuple[int, Any] | None:
    if "max_tokens" in body:
        message = (
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'."
        )
        return openai_error(400, message, param="max_tokens", code="unsupported_parameter")
    if body.get("temperature", 1) != 1:
        message = "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) is."
        return openai_error(400, message, param="temperature", code="unsupported_value")
    return None


def _openrouter(body: Body) -> tuple[int, Any] | None:
    if "response_format" not in body:
        return None
    raw = {"error": {"message": "response_format json_schema is not supported", "code": 400}}
    metadata = {"raw": json.dumps(raw), "provider_name": "Some"}
    return 400, {"error": {"message": "Provider returned error", "code": 400, "metadata": metadata}}


def _gemini_in_a_list(body: Body) -> tuple[int, Any] | None:
    if "store" in body:
        message = 'Invalid JSON payload received. Unknown name "store": Cannot find field.'
        return 400, [{"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}}]
    if pictures_in(body) <= 16:
        return None
    message = "Please use fewer images: at most 16 images are allowed in one request."
    return 400, [{"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}}]


def _mistral(body: Body) -> tuple[int, Any] | None:
    if "store" in body:
        extra = {"type": "extra_forbidden", "loc": ["body", "store"], "msg": "Extra inputs are not permitted"}
        return 422, {"object": "error", "message": {"detail": [extra]}, "type": "invalid_request_error"}
    if pictures_in(body) <= 8:
        return None
    message = "Too many images in request. Maximum of 8 images"
    return 400, {"object": "error", "message": message, "type": "invalid_request_error", "code": 3051}


def _vllm(body: Body) -> tuple[int, Any] | None:
    if pictures_in(body) <= 1:
        return None
    message = "At most 1 image(s) may be provided in one request. None"
    return 400, {"object": "error", "message": message, "type": "BadRequestError", "param": None, "code": 400}


def _vllm_with_llama(body: Body) -> tuple[int, Any] | None:
    if body["messages"][0]["role"] != "system" or pictures_in(body) == 0:
        return None
    message = "Prompting with images is incompatible with system messages."
    return 400, {"object": "error", "message": message, "type": "BadRequestError", "param": None, "code": 400}


def _llama_cpp(body: Body) -> tuple[int, Any] | None:
    if pictures_in(body) <= 10:
        return None
    return 500, {"error": {"code": 500, "message": "failed to process image", "type": "server_error"}}


def _lm_studio(body: Body) -> tuple[int, Any] | None:
    form = body.get("response_format", {}).get("type", "text")
    if form in ("json_schema", "text"):
        return None
    return 400, {"error": "'response_format.type' must be 'json_schema' or 'text'"}


def _with_content(reply: Body, **message: Any) -> Body:
    choice = {**reply["choices"][0], "message": {"role": "assistant", **message}}
    return {**reply, "choices": [choice]}


def _chunks(asked: Body, reply: Body) -> Body:
    del asked
    text = reply["choices"][0]["message"]["content"]
    thoughts = {"type": "thinking", "thinking": [{"type": "text", "text": "Hm. {}"}]}
    return _with_content(reply, content=[thoughts, {"type": "text", "text": text}])


def _fenced(asked: Body, reply: Body) -> Body:
    del asked
    text = reply["choices"][0]["message"]["content"]
    return _with_content(reply, content=f"Here you are:\n```json\n{text[:-1]},}}\n```")


def _thinking(asked: Body, reply: Body) -> Body:
    """The template opens the thoughts, a draft stands in them, and they need room."""
    if asked.get("max_tokens", 0) < 1500:
        cut = _with_content(reply, content="First idea: {")
        return {**cut, "choices": [{**cut["choices"][0], "finish_reason": "length"}]}
    text = reply["choices"][0]["message"]["content"]
    return _with_content(reply, content=f'First idea: {{"rule": 9, "scores": {{}}}}, no.\n</think>\n\n{text}')


def _in_reasoning(asked: Body, reply: Body) -> Body:
    del asked
    return _with_content(reply, content="", reasoning_content=reply["choices"][0]["message"]["content"])


LOADING = (503, {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}})
PER_MINUTE = (429, [{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "Please retry in 0.2s."}}])

DIALECTS = (
    Dialect("OpenAI", _openai),
    Dialect("OpenRouter", _openrouter, _fenced),
    Dialect("Gemini", _gemini_in_a_list, first=(PER_MINUTE,)),
    Dialect("Mistral", _mistral, _chunks),
    Dialect("Ollama", manner=_thinking),
    Dialect("vLLM", _vllm),
    Dialect("vLLM with Llama 3.2", _vllm_with_llama),
    Dialect("LM Studio", _lm_studio, _in_reasoning),
    Dialect("llama.cpp", _llama_cpp, first=(LOADING,)),
)
BEHIND_NGINX = Dialect("nginx with its own limits", most_bytes=1 << 20)


_ASKED = colour_call(next(iter(plain_pictures().values())))
COLOUR = {"type": "json_schema", "json_schema": {"name": "colour", "schema": _ASKED.schema}}


@dataclass
class Spoken:
    """A dialect being served: where, and what was asked."""

    url: str = ""
    bodies: list[Body] = field(default_factory=list)
    refused: int = 0


@asynccontextmanager
async def speaking(dialect: Dialect, offline_url: str) -> AsyncIterator[Spoken]:
    """Serve the offline model at `offline_url` in the dialect's manner."""
    spoken, first = Spoken(), list(dialect.first)
    async with aiohttp.ClientSession() as session:

        async def handle(request: web.Request) -> web.StreamResponse:
            if dialect.most_bytes is not None and (request.content_length or 0) > dialect.most_bytes:
                spoken.refused += 1
                return web.Response(status=413, text="<html>413</html>", content_type="text/html")
            body = await request.json()
            spoken.bodies.append(body)
            refused = first.pop(0) if first else dialect.refuses(body)
            if refused is not None:
                spoken.refused += 1
                return web.json_response(refused[1], status=refused[0])
            asked = {**body, "model": MODEL_NAME}
            if "response_format" not in body and '"colour"' in str(body["messages"][0]["content"]):
                asked["response_format"] = COLOUR  # the offline model needs its form, those behind a server do not
            async with session.post(offline_url + "/chat/completions", json=asked) as answered:
                reply = await answered.json()
                return web.json_response(
                    dialect.manner(body, reply) if answered.ok else reply, status=answered.status
                )

        app = web.Application(client_max_size=64 << 20)
        app.router.add_post("/v1/chat/completions", handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        spoken.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        try:
            yield spoken
        finally:
            await runner.cleanup()
