"""Figures 12 and 13: under load everybody who asks is heard at once, and the event loop never stands still.

An unmodified process over real sockets, with four tuning runs due at its start and twenty large pictures, while
people ask. A trial is one interaction; the process itself measures how late its loop is. One load serves both.
"""

import asyncio
import contextlib
import io
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image as Pillow

from bot.demo.pictures import draw_many
from core.decoding.normalise import normalise
from core.vocabulary.clock import SystemClock
from core.vocabulary.emotions import MIKELS
from storage import open_storage
from tests.bench.reliability.asking import ask, until
from tests.bench.reliability.figure import Figure, Trials
from tests.bench.reliability.living import Life, life
from tests.labelling import felt

SETTINGS = {"FEELPRINT_FEEL_PER_MINUTE": "120", "FEELPRINT_QUIET_SECONDS": "0"}
PEOPLE, TUNED, LABELS, LARGE = 20, 4, 16, 20
P99_S, MOST_S, STALL_S, WORST_S = 0.5, 2.5, 0.05, 0.25
COMMANDS = (("feel", True), ("privacy", False), ("progress", False), ("feel", True), ("join", False))


@dataclass(frozen=True)
class Loaded:
    """Seconds until each was heard (None: never), and how late the loop was: the 99.9th percentile, the most;
    and how many runs had begun.
    """

    heard: tuple[float | None, ...]
    late: float
    latest: float
    runs: int


_loads: dict[tuple[int, int, str], Loaded] = {}


async def _loaded(trials: Trials) -> Loaded:
    """The load of so many interactions, made once."""
    key = (trials.n, trials.seed, SETTINGS.get("WITHOUT", ""))
    if key not in _loads:
        _loads[key] = await _load(trials)
    return _loads[key]


async def _load(trials: Trials) -> Loaded:
    stalls = trials.folder / "stalls"
    async with life(trials.folder, trials.seed, STALLS=str(stalls), **SETTINGS) as lived:
        await lived.furnish(servers=1, channels=1, people=PEOPLE, joined=PEOPLE)
        await _labelled(lived)
        await lived.start()
        (channel,), ((guild, people),) = lived.channels, lived.people.items()
        await until(lambda: bool(lived.server.backend.commands), 20.0)
        await asyncio.sleep(1.0)
        asked = []
        large = _large()
        for number in range(trials.n):
            name, shows = COMMANDS[number % len(COMMANDS)]
            image = large if shows and number < 2 * LARGE else None
            who = people[number % PEOPLE]
            asked.append(ask(lived.server, (guild, channel), who, name, number if shows else None, image=image))
            await asyncio.sleep(0.03)
        await until(lambda: all(one.acknowledged_after is not None for one in asked), 10.0)
        await asyncio.sleep(1.5)
        late = json.loads(stalls.read_text())
        with contextlib.closing(sqlite3.connect(f"file:{lived.database}?mode=ro", uri=True)) as raw:
            (runs,) = raw.execute("SELECT count(*) FROM runs").fetchone()
    return Loaded(tuple(one.acknowledged_after for one in asked), *late, runs)


async def _labelled(lived: Life) -> None:
    """Some members are due for a run as soon as the bot is there."""
    shown = [normalise(drawn.png) for drawn in draw_many(LABELS, 3)]
    (people,) = lived.people.values()
    async with open_storage(str(lived.database), clock=SystemClock()) as storage:
        for who in people[:TUNED]:
            names = MIKELS.names
            await felt(storage, who, [(one, names[(at + who) % 4], 1000 + at) for at, one in enumerate(shown)])


def _large() -> bytes:
    out = io.BytesIO()
    Pillow.linear_gradient("L").resize((4000, 3000)).convert("RGB").save(out, "JPEG")
    return out.getvalue()


async def heard(trials: Trials) -> None:
    """Everybody is heard in time."""
    loaded = await _loaded(trials)
    took = sorted(seconds if seconds is not None else 99.0 for seconds in loaded.heard)
    for seconds in took:
        trials.check(seconds < MOST_S, f"heard after {seconds:.2f} s")
    p99 = took[int(0.99 * (len(took) - 1))]
    trials.check(p99 < P99_S, f"p99 {1000 * p99:.0f} ms")
    trials.check(loaded.runs == TUNED, f"{loaded.runs} runs of {TUNED}")
    trials.note(
        f"median {1000 * took[len(took) // 2]:.0f} ms, p99 {1000 * p99:.0f} ms, worst {1000 * took[-1]:.0f} ms"
    )


async def still(trials: Trials) -> None:
    """The loop goes on."""
    loaded = await _loaded(trials)
    trials.check(loaded.late < STALL_S, f"p99.9 {1000 * loaded.late:.0f} ms", times=trials.n)
    trials.check(loaded.latest < WORST_S, f"worst {1000 * loaded.latest:.0f} ms")
    trials.note(f"p99.9 {1000 * loaded.late:.0f} ms, worst {1000 * loaded.latest:.0f} ms, under the load of 12")


@contextlib.contextmanager
def without() -> Iterator[None]:
    """Pictures are decoded on the event loop, in the bot's process."""
    SETTINGS["WITHOUT"] = "workers"
    try:
        yield
    finally:
        del SETTINGS["WITHOUT"]


HEARD = Figure(12, "Under load everybody is heard in time", heard, without, 120, 500, 60)
STILL = Figure(13, "Under load the event loop never stands still", still, without, 120, 500, 60)
