"""Figure 28: a bot that works neither grows nor holds on to files, and logs no error.

An unmodified process over real sockets, at ten reactions and more a second: ten times what a server of thousands
brings. A trial is one thing that somebody did. Memory is looked at after the first third, when caches are warm;
a slope for the hour needs hours, so the growth of this run stands beside it.
"""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.reliability.figure import Figure, Trials
from tests.bench.reliability.living import life

SETTINGS = {"FEELPRINT_CATCHUP_CALLS": "2000"}
A_SECOND = 60
MEGABYTES, FILES = 10.0, 8


async def body(trials: Trials) -> None:
    """Live, and look at the process every second."""
    async with life(trials.folder, trials.seed, **SETTINGS) as lived:
        await lived.furnish(servers=4, channels=2, people=8, joined=6)
        await lived.start()
        seen: list[tuple[float, float, int]] = []
        for number in range(trials.n):
            lived.act()
            if number % A_SECOND == A_SECOND - 1:
                await asyncio.sleep(1.0)
                seen.append((time.monotonic(), *_process(lived.pid)))
        left = await lived.differences(30.0)
        trials.check(not left, f"{len(left)} reactions differ", times=trials.n)
        warm = seen[len(seen) // 3 :]
        grown, files = warm[-1][1] - warm[0][1], warm[-1][2] - warm[0][2]
        hours = (warm[-1][0] - warm[0][0]) / 3600
        trials.check(grown < MEGABYTES, f"grown by {grown:.1f} MB")
        trials.check(files < FILES, f"{files} more open files")
        said = (lived.folder / "log").read_text()
        trials.check(not said, said[:200])
        slope = f" ({grown / hours:+.0f} MB/h)" if hours > 0.1 else ""
        trials.note(f"{3600 * hours:.0f} s: {grown:+.1f} MB{slope}, {files:+d} open files")


def _process(pid: int) -> tuple[float, int]:
    """Resident megabytes and open files."""
    status = Path(f"/proc/{pid}/status").read_text()
    kilobytes = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    return kilobytes / 1024, len(list(Path(f"/proc/{pid}/fd").iterdir()))


@contextlib.contextmanager
def without() -> Iterator[None]:
    """Whatever comes in is held on to, in the bot's process."""
    SETTINGS["WITHOUT"] = "letting go"
    try:
        yield
    finally:
        del SETTINGS["WITHOUT"]


FIGURE = Figure(28, "A bot that works does not grow", body, without, 480, 36_000, 360)
