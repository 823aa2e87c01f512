"""Figure 31: after a life of mixed faults, what Discord holds and what the database holds are the same.

Over real sockets: gateway drops with and without resume, REST and file errors, cut connections, kill -9, orderly
ends, clocks that are set forward and back, while people go on. Then the faults end, and after one more start, with
as many requests as comparing everything takes at most, all is the same. A trial is one thing that somebody did.
"""

import asyncio
import contextlib
import signal
from collections.abc import Iterator

from tests.bench.reliability.figure import Figure, Trials
from tests.bench.reliability.living import Life, life

CALLS, NONE = "FEELPRINT_CATCHUP_CALLS", "0"
CATCHING_UP = {CALLS: "2000"}
A_SECOND = 40
"""Things that happen in a second."""

CLOCKS = (-90_000.0, -4_000.0, -60.0, 0.0, 60.0, 4_000.0, 90_000.0)
"""How many seconds the bot's clock is wrong."""


async def body(trials: Trials) -> None:
    """Live, then let the faults end and compare."""
    async with life(trials.folder, trials.seed, **CATCHING_UP) as lived:
        await lived.furnish(servers=4, channels=2, people=6, joined=4)
        for _ in range(20):
            lived.post()
        await lived.start()
        lived.server.faults.rate, lived.server.faults.invalid = 0.05, 0.3
        for number in range(trials.n):
            lived.act()
            if number % A_SECOND == A_SECOND - 1:
                await asyncio.sleep(1.0)
                await _mishap(lived)
        lived.server.faults.rate = 0.0
        behind, allowed = len(lived.truth() ^ lived.stored()), lived.whole_round()
        await lived.end()
        if CATCHING_UP[CALLS] != NONE:
            lived.settings[CALLS] = str(allowed)
        await lived.start()
        left = await lived.differences(60.0 + allowed / 20)
        trials.check(not left, f"{len(left)} reactions differ", times=trials.n)
        trials.note(f"{lived.server.faults.drawn} faults of requests, {lived.server.identified} sessions")
        trials.note(f"{behind} differed when the faults ended; {allowed} requests allowed then")


async def _mishap(lived: Life) -> None:
    draw = lived.rng.random()
    if draw < 0.25:
        await lived.server.drop(lived.rng.choice((4000, 1000, 4007, 4009)))
    elif draw < 0.35:
        await lived.end(lived.rng.choice((signal.SIGKILL, signal.SIGTERM)))
    elif draw < 0.55 and not lived.alive:
        await lived.start()
    elif draw > 0.9:
        lived.set_clock(lived.rng.choice(CLOCKS))


@contextlib.contextmanager
def without() -> Iterator[None]:
    """No catching up, by the setting: the process does not see what is patched here."""
    was, CATCHING_UP[CALLS] = CATCHING_UP[CALLS], NONE
    try:
        yield
    finally:
        CATCHING_UP[CALLS] = was


FIGURE = Figure(31, "After a life of mixed faults Discord and database agree", body, without, 400, 144_000, 300)
