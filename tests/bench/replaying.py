"""A model server that takes the same time for every answer, so that what is measured around it is ours.

The offline model answers in some milliseconds or, where it writes, in half a second, one request at a time. So a
question that is new is answered as soon as it can be, and from then on exactly `latency` seconds after its
headers were there, whatever the computing would have taken.
"""

import asyncio
import hashlib
import json
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized

from aiohttp import web

from core.offline.model import OfflineModel

_MAX_BODY = 64 * 1024 * 1024
_START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Replaying:
    """A running server; `computed` counts the questions that it had not been asked before."""

    base_url: str
    computed: "Synchronized[int]"


def application(latency: float, computed: "Synchronized[int]") -> web.Application:
    """POST /v1/chat/completions, answered by the offline model or with what it said before."""
    model = OfflineModel()
    known: dict[bytes, bytes] = {}

    async def complete(request: web.Request) -> web.Response:
        loop = asyncio.get_running_loop()
        due = loop.time() + latency
        body = await request.read()
        question = hashlib.sha256(body).digest()
        if question in known:
            await asyncio.sleep(due - loop.time())
        else:
            computed.value += 1
            known[question] = json.dumps(model.complete(json.loads(body))).encode()
        return web.Response(body=known[question], content_type="application/json")

    app = web.Application(client_max_size=_MAX_BODY)
    app.add_routes([web.post("/v1/chat/completions", complete)])
    return app


@contextmanager
def replaying(latency: float) -> Iterator[Replaying]:
    """Serves in a process of its own, whose processor time is not ours."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    computed = context.Value("i", 0)
    process = context.Process(target=_serve, args=(theirs, latency, computed), daemon=True)
    process.start()
    try:
        if not ours.poll(_START_SECONDS):
            raise TimeoutError("The replaying server did not start.")
        yield Replaying(f"http://127.0.0.1:{ours.recv()}/v1", computed)
    finally:
        process.terminate()
        process.join()


def _serve(parent: Connection, latency: float, computed: "Synchronized[int]") -> None:
    asyncio.run(_listen(parent, latency, computed))


async def _listen(parent: Connection, latency: float, computed: "Synchronized[int]") -> None:
    runner = web.AppRunner(application(latency, computed), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    parent.send(runner.addresses[0][1])
    await asyncio.Event().wait()
