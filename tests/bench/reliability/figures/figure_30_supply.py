"""Figure 30: everything that is installed is locked by hash, what CI runs is pinned, and SIGTERM ends the bot.

Each package of both locks, each action of the workflow, and the process ended again and again in whatever it does.
A trial is one of each. Not here: the container and its digests need a docker, the audit needs its service; both
are the workflow's.
"""

import contextlib
import re
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.reliability.figure import Figure, Trials
from tests.bench.reliability.living import life

ROOT = Path(__file__).parents[4]
LOCKS = tuple(f"requirements{kind}.lock" for kind in ("", "-dev", "-supply", "-peers"))
FILES = {name: ROOT / name for name in LOCKS}
SECONDS = 10.0
SETTINGS: dict[str, str] = {}


async def body(trials: Trials) -> None:
    """Read the locks and the workflow; start, let live, and end."""
    for name, file in FILES.items():
        for entry in re.split(r"\n(?=\S)", file.read_text().strip()):
            locked = re.match(r"[\w.\[\]-]+==\S+", entry) and "--hash=sha256:" in entry
            trials.check(bool(locked), f"{name}: {entry[:60]}")
    for workflow in (ROOT / ".github" / "workflows").glob("*.yml"):
        for used in re.findall(r"uses: *(\S+)", workflow.read_text()):
            trials.check(bool(re.search(r"@[0-9a-f]{40}$", used)), f"{workflow.name}: {used}")
    longest = 0.0
    async with life(trials.folder, trials.seed, **SETTINGS) as lived:
        await lived.furnish(servers=2, channels=2, people=6, joined=5)
        for _ in range(trials.n):
            await lived.start()
            for _ in range(lived.rng.randint(0, 40)):
                lived.act()
            began = time.monotonic()
            code = await lived.end(signal.SIGTERM)
            longest = max(longest, time.monotonic() - began)
            trials.check(not code and time.monotonic() - began < SECONDS, f"ended in {code} after {longest:.1f} s")
        said = (lived.folder / "log").read_text()
        trials.check(not said, said[:200])
    trials.note(f"{trials.n} ends, the longest took {longest:.1f} s; container and audit are the workflow's")


@contextlib.contextmanager
def without() -> Iterator[None]:
    """A lock in which one package is held by no hash."""
    was, name = dict(FILES), "requirements.lock"
    text = FILES[name].read_text()
    with tempfile.NamedTemporaryFile("w", suffix=".lock") as loose:
        loose.write(re.sub(r"(?m)^( +--hash=\S+.*\n)+", "", text, count=1))
        loose.flush()
        FILES[name] = Path(loose.name)
        try:
            yield
        finally:
            FILES.update(was)


FIGURE = Figure(30, "What is installed is locked, and SIGTERM ends the bot", body, without, 3, 50, 1)
