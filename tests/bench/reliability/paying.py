"""`python -m tests.bench.reliability.paying URL FOLDER FIRST NUMBER RESERVE`: who asks, and may be killed.

It asks so many questions at once through the real gateway, over a database and under a cap. With RESERVE 0 a
reservation takes no room, for the proof.
"""

import asyncio
import contextlib
import sys
from dataclasses import replace
from pathlib import Path

from core.model.budget import Budget
from core.model.client import ModelClient
from core.model.config import ModelSettings
from core.model.gateway import Gateway
from core.model.prices import Price
from core.vocabulary.calls import Call, Payer, Usage
from core.vocabulary.clock import SystemClock
from storage import open_storage
from tests.core.model.calls import a_call, colour

CAP = 1.0
PRICE = Price(3.0, 30.0)
TOGETHER = 32
SERVERS = 5


async def main(url: str, folder: Path, first: int, number: int) -> None:
    """Ask, as strangers do, each in some server."""
    settings = ModelSettings(
        url, "none", "m", concurrency=TOGETHER, prices={"m": PRICE}, cap_usd_day=CAP, server_cap_usd_day=CAP / 3
    )
    async with open_storage(folder / "feelprint.db", clock=SystemClock()) as storage:
        await storage.answers.close_reservations()
        async with ModelClient(settings) as client:
            gateway = Gateway(client, storage.answers, settings, SystemClock())
            calls = [
                a_call(nonce=str(n), payer=Payer(1000 + n, n % SERVERS)) for n in range(first, first + number)
            ]
            await asyncio.gather(*(gateway.ask(call, colour) for call in calls))


def nothing(_: Budget, call: Call) -> Usage:
    """An estimate that takes no room."""
    return replace(Usage(), prompt_tokens=call.max_tokens)


if __name__ == "__main__":
    address, where, begin, count, reserve = sys.argv[1:]
    if reserve == "0":
        Budget.estimate = nothing  # type: ignore[method-assign]
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(address, Path(where), int(begin), int(count)))
