"""Figure 17: a gateway that is cut again and again loses nothing.

Over real sockets; where discord.py begins a session anew (when it is cut while it resumes), catching up makes
good. A trial is one cut. Beside it: a start after a crash waits its turn instead of identifying again, and a
refusal for good ends the process at the first try.
"""

import asyncio
import contextlib
import signal
from collections.abc import Iterator

from tests.bench.reliability.asking import until
from tests.bench.reliability.figure import Figure, Trials
from tests.bench.reliability.living import Life, life

SETTINGS = {"FEELPRINT_CATCHUP_CALLS": "2000"}
CODES = (4000, 4001, 4002, 4008)
FATAL = (4004, 4014)
A_CUT = 4
"""Things that happen between one cut and the next."""


async def body(trials: Trials) -> None:
    """Cut, go on, compare; then crash and refuse."""
    async with life(trials.folder, trials.seed, **SETTINGS) as lived:
        await lived.furnish(servers=2, channels=2, people=6, joined=5)
        await lived.start()
        server = lived.server
        for number in range(trials.n):
            for _ in range(A_CUT):
                lived.act()
            await server.drop(lived.rng.choice(CODES))
            for _ in range(A_CUT):
                lived.act()
            if not await until(lambda number=number: server.resumed + server.identified > number + 1, 10.0):
                break
        left = await lived.differences(30.0)
        trials.check(not left, f"{len(left)} reactions differ", times=trials.n)
        trials.note(f"{server.resumed} sessions resumed, {server.identified} identified")
        await _crashes(trials, lived)
        for code in FATAL:
            await _refused(trials, lived, code)


async def _crashes(trials: Trials, lived: Life) -> None:
    await lived.end(signal.SIGKILL)
    before = lived.server.identified
    await lived.launch()
    await asyncio.sleep(4.0)
    await lived.end(signal.SIGKILL)
    again = lived.server.identified - before
    trials.check(not again, f"identified {again} times right after a crash")


async def _refused(trials: Trials, lived: Life, code: int) -> None:
    lived.server.faults.closes = code
    before = lived.server.identified
    (lived.folder / "started").unlink(missing_ok=True)
    process = await lived.launch()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), 20.0)
    tried = lived.server.identified - before
    most = 2 if code == 4014 else 1  # it is asked once more, without the intent that is refused
    fine = bool(process.returncode) and tried <= most
    trials.check(fine, f"{code}: {tried} tries, ended in {process.returncode}")
    await lived.end(signal.SIGKILL)


@contextlib.contextmanager
def without() -> Iterator[None]:
    """A session that was cut is begun anew, in the bot's process, and nobody looks at what was missed."""
    was = dict(SETTINGS)
    SETTINGS.update({"WITHOUT": "resuming", "FEELPRINT_CATCHUP_CALLS": "0"})
    try:
        yield
    finally:
        SETTINGS.clear()
        SETTINGS.update(was)


FIGURE = Figure(17, "A gateway that is cut loses nothing, and is not stormed", body, without, 8, 1_000, 3)
