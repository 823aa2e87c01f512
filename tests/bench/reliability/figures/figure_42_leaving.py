"""Figure 42: SIGTERM leaves no question thinking, and the process is gone within nine seconds.

A model that takes questions and answers none, ten people who ask, and an end in the middle: each reads a sentence.
"""

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import aiohttp
from aiohttp import web

from bot.words import texts
from core.offline.server import OfflineServer
from tests.bench.reliability.asking import ask, until
from tests.bench.reliability.figure import Figure, Trials
from tests.bench.reliability.living import life

SETTINGS = {"FEELPRINT_MODEL": "offline-model", "FEELPRINT_FEEL_PER_MINUTE": "120"}
PEOPLE, SECONDS = 10, 9.0


@dataclass
class Silenced:
    """The offline model behind a server that takes questions, and while `silent` answers none."""

    silent: bool = False
    port: int = 0

    @property
    def address(self) -> str:
        """As OPENAI_BASE_URL."""
        return f"http://127.0.0.1:{self.port}/v1"

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator["Silenced"]:
        """Listen until left."""
        async with OfflineServer() as model, aiohttp.ClientSession() as session:
            behind = model.base_url.removesuffix("/v1")

            async def answer(request: web.Request) -> web.Response:
                if self.silent:
                    await asyncio.sleep(120)
                headers = {"Content-Type": "application/json"}
                async with session.post(behind + request.path, data=await request.read(), headers=headers) as told:
                    return web.Response(
                        body=await told.read(), status=told.status, content_type="application/json"
                    )

            app = web.Application(client_max_size=64 << 20)
            app.router.add_post("/{rest:.*}", answer)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.port = runner.addresses[0][1]
            try:
                yield self
            finally:
                await runner.cleanup()


async def body(trials: Trials) -> None:
    """Ask, end, and look at what stands there."""
    async with (
        Silenced().listening() as model,
        life(trials.folder, trials.seed, **SETTINGS, OPENAI_BASE_URL=model.address) as lived,
    ):
        await lived.furnish(servers=1, channels=1, people=PEOPLE, joined=PEOPLE)
        (channel,), ((guild, people),) = lived.channels, lived.people.items()
        for turn in range(-(-trials.n // PEOPLE)):
            model.silent = False
            await lived.start()
            model.silent = True
            asked = [
                ask(lived.server, (guild, channel), person, "feel", turn * PEOPLE + number)
                for number, person in enumerate(people)
            ]
            heard = await until(lambda asked=asked: all(one.acknowledged for one in asked), 20.0)
            trials.check(heard, "not even acknowledged", times=0)
            await asyncio.sleep(0.5)
            began = time.monotonic()
            await lived.end(signal.SIGTERM)
            took = time.monotonic() - began
            trials.check(took < SECONDS, f"ended after {took:.1f} s", times=0)
            for one in asked:
                trials.check(one.said == texts.leaving(), f"stands there: {one.said!r}")
        trials.note(f"the last end took {took:.1f} s")


@contextlib.contextmanager
def without() -> Iterator[None]:
    """Nobody is told."""
    SETTINGS["WITHOUT"] = "telling"
    try:
        yield
    finally:
        del SETTINGS["WITHOUT"]


FIGURE = Figure(42, "SIGTERM leaves no question thinking", body, without, 10, 100, 10)
