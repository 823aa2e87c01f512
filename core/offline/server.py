"""The offline model over real HTTP, in a child process of its own.

Decoding pictures takes the processor, so it must never share the bot's event loop. The child ends when its
standard input closes, which the system does even when the parent is killed.
"""

import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from core.offline.model import MODEL_NAME, OfflineModel
from core.offline.request import OfflineError
from core.vocabulary.errors import ModelError, ModelProblem

_HOME = Path(__file__).parents[2]
_START_SECONDS = 30.0
_MAX_BODY = 64 * 1024 * 1024


def application(model: OfflineModel, latency: float = 0.0) -> web.Application:
    """The HTTP interface: POST /v1/chat/completions and GET /v1/models; `latency` seconds are added."""

    async def complete(request: web.Request) -> web.Response:
        try:
            reply = model.complete(_object(await request.read()))
        except OfflineError as error:
            return web.json_response(error.body(), status=error.status)
        except (TypeError, ValueError, AttributeError, KeyError):
            wrong = OfflineError(400, "The request does not have the expected form.", "invalid_request")
            return web.json_response(wrong.body(), status=wrong.status)
        if latency:
            await asyncio.sleep(latency)
        return web.json_response(reply)

    async def models(_: web.Request) -> web.Response:
        only = {"id": MODEL_NAME, "object": "model", "created": 0, "owned_by": "feelprint"}
        return web.json_response({"object": "list", "data": [only]})

    app = web.Application(client_max_size=_MAX_BODY)
    app.add_routes([web.post("/v1/chat/completions", complete), web.get("/v1/models", models)])
    return app


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except ValueError as error:
        raise OfflineError(400, "The body is not JSON.", "invalid_json") from error
    if not isinstance(found, dict):
        raise OfflineError(400, "The body is not a JSON object.", "invalid_json")
    return found


async def serve(latency: float) -> None:
    """Serve on a free port of 127.0.0.1, say which on standard output, and stop when standard input ends."""
    runner = web.AppRunner(application(OfflineModel(), latency), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    sys.stdout.write(json.dumps({"port": port}) + "\n")
    sys.stdout.flush()
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
    await runner.cleanup()


class OfflineServer:
    """`async with OfflineServer() as server:` serves the offline model at `server.base_url`.

    `latency` is added to every answer, in seconds. Raises ModelError if the child cannot start.
    """

    def __init__(self, latency: float = 0.0) -> None:
        self._latency = latency
        self._process: asyncio.subprocess.Process | None = None
        self.base_url = ""

    async def __aenter__(self) -> Self:
        pipe = asyncio.subprocess.PIPE
        try:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "core.offline", "--latency", str(self._latency)),
                stdin=pipe,
                stdout=pipe,
                cwd=_HOME,  # so that "core" is ours, whatever folder the bot was started in
                start_new_session=True,  # Ctrl-C is the parent's to handle
            )
        except OSError as error:  # no process or no memory left
            raise ModelError(ModelProblem.NOT_STARTED) from error
        assert self._process.stdout is not None  # noqa: S101
        try:
            async with asyncio.timeout(_START_SECONDS):
                line = await self._process.stdout.readline()
            self.base_url = f"http://127.0.0.1:{json.loads(line)['port']}/v1"
        except (TimeoutError, ValueError, KeyError) as error:
            await self._stop()
            raise ModelError(ModelProblem.NOT_STARTED) from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._process.pid if self._process else None

    async def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None or process.stdin is None:
            return
        process.stdin.close()
        try:
            async with asyncio.timeout(3.0):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
