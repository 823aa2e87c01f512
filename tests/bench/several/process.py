"""A process to kill: a worker, or what a bot does beside Discord, with a clock that may be wrong.

    python -m tests.bench.several.process worker|bot SECONDS_AHEAD SEED

A bot asks how members would feel, several questions at once, and labels pictures for them. Each label is said once
it is stored, with the time by this process's clock and by the machine's.
"""

import asyncio
import random
import signal
import sys
import time

from bot.bootstrap import open_app, open_workshop
from bot.host.logs import set_up_logs
from bot.host.settings import Settings, load_settings
from core.vocabulary.changes import RecordRating
from core.vocabulary.clock import Clock
from core.vocabulary.emotions import MIKELS
from core.vocabulary.errors import FeelprintError
from core.vocabulary.images import Image
from core.vocabulary.profile import ProfileKey

QUESTIONS_TOGETHER = 3


class Ahead(Clock):
    """A clock that is wrong by so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._ms = round(1000 * seconds)

    def now_ms(self) -> int:
        """The time of day, as this machine has it."""
        return time.time_ns() // 1_000_000 + self._ms


async def worker(settings: Settings, clock: Clock) -> None:
    """What `feelprint worker` does."""
    async with open_workshop(settings, clock=clock, probe_first=True) as workshop:
        workshop.start()
        print("ready", flush=True)
        await workshop.ended()


async def bot(settings: Settings, clock: Clock, seed: int) -> None:
    """Ask and label, for ever."""
    dice = random.Random(seed)
    async with open_app(settings, clock=clock, tunes=False) as app:
        stored, label_set = app.storage, app.default_label_set
        members = sorted(await stored.members.standings())
        hashes = sorted({label.image_hash for m in members for label in await stored.labels.labels(_key(m))})
        print("ready", flush=True)

        async def image() -> Image:
            found = await stored.labels.image(dice.choice(hashes))
            assert found is not None
            return found

        async def asks() -> None:
            while True:
                try:
                    await app.predictor.predict(await image(), dice.choice(members), label_set)
                except FeelprintError as error:
                    print("refused", type(error).__name__, error, flush=True)
                await asyncio.sleep(dice.uniform(0.1, 0.6))

        async def labels() -> None:
            while True:
                member, picture, emotion = dice.choice(members), await image(), dice.choice(MIKELS.names)
                at = clock.now_ms()
                said = RecordRating(member, picture.hash, frozenset({emotion}), label_set.id, None, at, picture)
                try:
                    await stored.patient.labels.apply([said])
                    print("stored", member, picture.hash, emotion, at, time.time_ns(), flush=True)
                except FeelprintError as error:
                    print("lost", type(error).__name__, error, flush=True)
                await asyncio.sleep(dice.uniform(0.2, 1.0))

        async with asyncio.TaskGroup() as together:
            together.create_task(labels())
            for _ in range(QUESTIONS_TOGETHER):
                together.create_task(asks())


def _key(member: int) -> ProfileKey:
    return ProfileKey(member, MIKELS.id)


async def main() -> None:
    what, ahead, seed = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    settings, clock = load_settings(None), Ahead(ahead)
    set_up_logs("warning")
    working = asyncio.ensure_future(worker(settings, clock) if what == "worker" else bot(settings, clock, seed))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, working.cancel)
    try:
        await working
    except asyncio.CancelledError:
        print("stopped", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
