"""A process to kill: does whatever tuning is due over a database and a model server, and says how far it is."""

import asyncio
import sys

from core.asking.asker import ModelAsker
from core.model.client import ModelClient
from core.model.config import ModelSettings
from core.model.gateway import Gateway
from core.offline.model import MODEL_NAME
from core.ports import TuningPolicy
from core.tending.run import Tuner
from core.tuning.session import Progress
from core.vocabulary.clock import SystemClock
from storage import open_storage


async def main(path: str, url: str) -> None:
    clock = SystemClock()
    model = ModelSettings(url, "none", MODEL_NAME)
    async with open_storage(path, clock=clock) as storage, ModelClient(model) as client:
        await storage.answers.close_reservations()
        gateway = Gateway(client, storage.answers, model, clock)
        tuner = Tuner(storage, ModelAsker(gateway), clock)
        for key in await storage.due.for_run(clock.now_ms(), TuningPolicy(quiet_ms=0), limit=9):
            report = await tuner.tune(key, say)
            print(f"result {report.result}", flush=True)
        await gateway.aclose()


def say(progress: Progress) -> None:
    print(progress.step, progress.done, progress.total, flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
