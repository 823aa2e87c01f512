"""How long it takes until the bot works: a new process, 1,000 servers, 10,000 members, on the simulated Discord.

Wall time on a busy machine says little, so the processor's time stands beside it. `feelprint doctor` asks the
offline model and opens the same database.
"""

import os
import statistics
import subprocess
import sys
import time

import pytest

from core.vocabulary.server_settings import ServerSettings
from storage import open_storage
from tests.fakes import ManualClock
from tests.journeys.conftest import folder, kept_workers  # noqa: F401 (fixtures)

pytestmark = pytest.mark.bench
TIMES = 7

_RUN = """
import asyncio, sys
from pathlib import Path
from bot.operations.beginning import loading
with loading():
    from bot.bootstrap import open_app
from simcord import Env
from tests.journeys.conftest import settings_for

async def start():
    async with open_app(settings_for(Path(sys.argv[1]))) as app:
        app.start()
        env = Env(app.client, shard_count=1, settle_timeout=60.0)
        await env.start()
        print("ready", flush=True)
        await env.shutdown()

asyncio.run(start())
"""


def _run(command, until):
    """Seconds until a line begins so, and of the processor until the end, of a new process."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        for line in process.stdout:
            if line.startswith(until):
                break
        ready = time.perf_counter() - began
        process.stdout.read()
        used = os.wait4(process.pid, 0)[2]
        process.returncode = 0
    return ready, used.ru_utime + used.ru_stime


async def test_until_ready(folder):  # noqa: F811
    async with open_storage(folder / "feelprint.db", clock=ManualClock()) as storage:
        for n in range(1000):
            await storage.servers.save(ServerSettings(10_000 + n, frozenset({20_000 + n})))
        for n in range(10_000):
            await storage.members.join(100_000 + n, 1, 1)
    print()
    os.environ["FEELPRINT_DATABASE"] = str(folder / "feelprint.db")
    doctor = [sys.executable, "-m", "bot", "doctor"]
    for name, command, until in (
        ("run", [sys.executable, "-c", _RUN, str(folder)], "ready"),
        ("doctor", doctor, "never"),
    ):
        took = [_run(command, until) for _ in range(TIMES)]
        wall, used = (statistics.median(one[at] for one in took) for at in (0, 1))
        print(f"{name}: {wall:.2f} s until ready, {used:.2f} s of processor")
