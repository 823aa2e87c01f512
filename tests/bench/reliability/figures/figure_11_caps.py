"""Figure 11: a thousand questions at once never pass a cap of one dollar, not over kill -9 either.

A provider on loopback keeps its own bill. Processes ask through the real gateway and are killed while requests are
on their way; the ledger must then be that bill or above, and never above the cap. A trial is one question.
"""

import asyncio
import contextlib
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.reliability.figure import Figure, Trials
from tests.bench.reliability.paying import CAP, PRICE, SERVERS
from tests.core.model.server import USAGE, ModelServer, after, answers, completion, serving

RESERVE = {"on": "1"}
KILLS = 3
SLOW = 0.05
BILLED = PRICE.usd(USAGE["prompt_tokens"], USAGE["completion_tokens"])


async def body(trials: Trials) -> None:
    """Ask in rounds, of which all but the last are killed half-way, and compare."""
    highest = 0.0
    async with serving() as server:
        server.always = after(SLOW, answers(completion()))
        for part in range(KILLS + 1):
            process = await _asking(server, trials.folder, part, trials.n)
            target = len(server.requests) + max(3, round(CAP / BILLED / (KILLS + 2)))
            while process.returncode is None:
                await asyncio.sleep(0.05)
                highest = max(highest, _ledger(trials.folder))
                if part < KILLS and len(server.requests) >= target:
                    process.kill()
                    await process.wait()
        billed = len(server.requests) * BILLED
    highest = max(highest, _ledger(trials.folder))
    trials.check(highest <= CAP, f"${highest:.4f} of ${CAP:.2f}", times=trials.n)
    trials.check(
        billed <= _ledger(trials.folder) + 1e-9, f"${billed:.4f} billed, ${_ledger(trials.folder):.4f} noted"
    )
    for server_id, usd in _servers(trials.folder).items():
        trials.check(usd <= CAP / 3, f"${usd:.4f} in server {server_id}")
    trials.note(f"${_ledger(trials.folder):.3f} noted, ${billed:.3f} billed, {KILLS} kills")


async def _asking(server: ModelServer, folder: Path, part: int, number: int) -> "asyncio.subprocess.Process":
    where = [server.url, str(folder), str(part * number), str(number), RESERVE["on"]]
    command = [sys.executable, "-m", "tests.bench.reliability.paying", *where]
    return await asyncio.create_subprocess_exec(*command)


def _ledger(folder: Path) -> float:
    """Dollars settled and reserved."""
    return _sum(folder, "SELECT coalesce(sum(nano_usd), 0) FROM ledger")


def _servers(folder: Path) -> dict[int, float]:
    query = "SELECT coalesce(sum(nano_usd), 0) FROM spending WHERE kind = 'server' AND account = "
    return {server_id: _sum(folder, query + str(server_id)) for server_id in range(SERVERS)}


def _sum(folder: Path, query: str) -> float:
    try:
        with contextlib.closing(sqlite3.connect(f"file:{folder / 'feelprint.db'}?mode=ro", uri=True)) as database:
            return float(database.execute(query).fetchone()[0]) / 1e9
    except sqlite3.OperationalError:  # it is not made yet
        return 0.0


@contextlib.contextmanager
def without() -> Iterator[None]:
    """Nothing is reserved, so what is on its way takes no room."""
    RESERVE["on"] = "0"
    try:
        yield
    finally:
        RESERVE["on"] = "1"


FIGURE = Figure(
    11, "A thousand questions at once never pass a cap, not over kill -9", body, without, 1000, 1000, 1000
)
