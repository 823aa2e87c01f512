"""A process to kill: asks a model many questions at once over a database, and says each that is answered."""

import asyncio
import logging
import sys

import structlog

from core.model.client import ModelClient
from core.model.config import ModelSettings
from core.model.gateway import Gateway
from core.model.prices import Price
from core.vocabulary.calls import Answer, Payer
from core.vocabulary.clock import SystemClock
from storage import open_storage
from tests.core.model.calls import a_call, colour

PRICE = Price(1.0, 10.0)
TOGETHER = 8


async def main(database: str, url: str, first: int, number: int, cap: float) -> None:
    """Ask questions `first` to `first + number`, each on the account of one of three servers."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING)
    )  # what is said is read
    settings = ModelSettings(
        url, "none", "m", concurrency=TOGETHER, prices={"m": PRICE}, cap_usd_day=cap or None, retries=0
    )
    async with open_storage(database, clock=SystemClock()) as storage, ModelClient(settings) as client:
        gateway = Gateway(client, storage.answers, settings, SystemClock())

        async def ask(n: int) -> None:
            outcome = await gateway.ask(a_call(nonce=str(n), payer=Payer(None, n % 3)), colour)
            said = ("cached" if outcome.cached else "paid") if isinstance(outcome, Answer) else outcome.value
            print(said, n, flush=True)

        await asyncio.gather(*(ask(n) for n in range(first, first + number)))
        await gateway.aclose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])))
