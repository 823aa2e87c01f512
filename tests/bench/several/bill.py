"""A model's server that keeps the bill: how often it answered each question, and for how much."""

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from core.model.prices import Price
from core.offline.model import OfflineModel
from core.offline.server import application

PRICE = Price(1.0, 4.0)
"""Dollars for a million tokens, as the settings of every process say."""


class Bill:
    """The offline model behind a counter. `seconds`: how long each answer takes."""

    def __init__(self, seconds: float) -> None:
        self.answered: Counter[str] = Counter()
        self.usd = 0.0
        self.seconds = seconds
        self.open, self.most_open = 0, 0

    @property
    def again(self) -> int:
        """Answers to a question that had been answered before."""
        return self.answered.total() - len(self.answered)

    @web.middleware
    async def count(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Note what is asked and what it costs."""
        asked = hashlib.sha256(await request.read()).hexdigest()
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            await asyncio.sleep(self.seconds)
            response = await handler(request)
        finally:
            self.open -= 1
        if isinstance(response, web.Response) and response.status == 200 and isinstance(response.body, bytes):
            used = json.loads(response.body).get("usage")
            if used:
                self.answered[asked] += 1
                self.usd += PRICE.usd(used["prompt_tokens"], used["completion_tokens"])
        return response


@asynccontextmanager
async def billed(seconds: float) -> AsyncIterator[tuple[Bill, str]]:
    """The bill, and the address of its server."""
    bill = Bill(seconds)
    server = application(OfflineModel())
    server.middlewares.append(bill.count)
    runner = web.AppRunner(server)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield bill, f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    finally:
        await runner.cleanup()
