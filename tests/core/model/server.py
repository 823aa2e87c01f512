"""A real HTTP server that plays every way in which a model's server can misbehave."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Behaviour = Callable[[web.Request], Awaitable[web.StreamResponse]]

ANSWER = '{"colour": "red"}'
USAGE = {"prompt_tokens": 1000, "completion_tokens": 10, "total_tokens": 1010}


def completion(
    content: str | None = ANSWER,
    *,
    finish: str = "stop",
    refusal: str | None = None,
    usage: Any = USAGE,
    **extra: Any,
) -> dict[str, Any]:
    message = {"role": "assistant", "content": content, "refusal": refusal}
    choice = {"index": 0, "finish_reason": finish, "message": message, **extra}
    return {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [choice],
        "usage": usage,
    }


def answers(body: Any, status: int = 200, **headers: str) -> Behaviour:
    """Answer with JSON; header names are written with underscores."""

    async def behave(_: web.Request) -> web.StreamResponse:
        return web.json_response(body, status=status, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return behave


def fails(status: int, message: str = "no", *, code: str | None = None, **headers: str) -> Behaviour:
    return answers({"error": {"message": message, "type": code, "code": code, "param": None}}, status, **headers)


def text(body: str, content_type: str) -> Behaviour:
    async def behave(_: web.Request) -> web.StreamResponse:
        return web.Response(text=body, content_type=content_type)

    return behave


def after(seconds: float, then: Behaviour) -> Behaviour:
    async def behave(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return await then(request)

    return behave


def cut(keep: float) -> Behaviour:
    """Promise a whole answer, send a part of it, and reset the connection."""

    async def behave(request: web.Request) -> web.StreamResponse:
        body = json.dumps(completion()).encode()
        response = web.StreamResponse(
            headers={"Content-Type": "application/json", "Content-Length": str(len(body))}
        )
        await response.prepare(request)
        await response.write(body[: int(len(body) * keep)])
        assert request.transport is not None
        request.transport.close()
        return response

    return behave


async def resets(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def hangs(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(3600)
    return web.Response()


async def drips(request: web.Request) -> web.StreamResponse:
    """One byte now and then: each read is quick, the answer never ends."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(0.02)


@dataclass
class ModelServer:
    """`script` is played first, one behaviour a request; then `always`."""

    always: Behaviour = field(default_factory=lambda: answers(completion()))
    script: list[Behaviour] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""
    most_bytes: int | None = None
    refused_bytes: int = 0
    arrival: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def arrived(self, count: int = 1) -> None:
        """Wait until so many requests have come in."""
        async with self.arrival:
            await self.arrival.wait_for(lambda: len(self.requests) >= count)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if self.most_bytes is not None and (request.content_length or 0) > self.most_bytes:
            self.refused_bytes += 1  # as nginx does: not read, in HTML, and the connection ends
            return web.Response(status=413, text="<html>413 Request Entity Too Large</html>")
        self.requests.append(await request.json())
        async with self.arrival:
            self.arrival.notify_all()
        behave = self.script.pop(0) if self.script else self.always
        return await behave(request)


@asynccontextmanager
async def serving(server: ModelServer | None = None, port: int = 0) -> AsyncIterator[ModelServer]:
    server = server or ModelServer()
    app = web.Application(client_max_size=64 << 20)
    app.router.add_post("/v1/chat/completions", server.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    host, port = runner.addresses[0][:2]
    server.url = f"http://{host}:{port}/v1"
    try:
        yield server
    finally:
        await runner.cleanup()
