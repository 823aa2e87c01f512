"""A process to kill: does whatever tuning is due over a database and a model server, and says how far it is."""

import asyncio
import sys

from core.asking.asker import ModelAsker
from core.model.client import ModelClient
from core.model.config import ModelSettings
from core.model.gateway import Gateway
from core.offline.model import MODEL_NAME
from core.tuning.readiness import TuningPolicy
from core.tuning.run import Tuner
from core.tuning.session import Progress
from core.vocabulary.clock import SystemClock
from storage import open_storage


async def main(path: str, url: str) -> None:
    clock = SystemClock()
    model = ModelSettings(url, "none", MODEL_NAME)
    policy = TuningPolicy(quiet_ms=0)
    async with open_storage(path, clock=clock) as storage, ModelClient(model) as client:
        await storage.answers.close_reservations()
        gateway = Gateway(client, storage.answers, model, clock)
        tuner = Tuner(storage.labels, storage.tuning, ModelAsker(gateway), clock)
        due = await storage.tuning.due(
            clock.now_ms(),
            quiet_ms=policy.quiet_ms,
            renew_min=policy.renew_min,
            renew_share=policy.renew_share,
            limit=9,
        )
        for one in due:
            report = await tuner.tune(one.member_id, one.label_set_id, say)
            print(f"result {report.result}", flush=True)
        await gateway.aclose()


def say(progress: Progress) -> None:
    print(progress.step, progress.done, progress.total, flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
