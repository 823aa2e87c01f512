"""Figure 18: while Discord refuses all that is asked of it, fewer than a hundred requests are made in vain.

Discord bars whoever makes 10,000 requests in ten minutes that end in 401, 403 or 429; ours may make one in a
hundred of that. People react to old pictures, of which each must be asked for; a trial is one reaction.
"""

import asyncio
import contextlib
from collections.abc import Iterator

from tests.bench.reliability.figure import Figure, Trials
from tests.bench.reliability.living import EMOJIS, life

MOST, SECONDS = 100, 2.5
STORM = ("403", "403", "403", "403", "403", "401", "429")
DEFENCES: dict[str, str] = {}


async def body(trials: Trials) -> None:
    """React while everything is refused, and count what was refused."""
    async with life(trials.folder, trials.seed, **DEFENCES) as lived:
        await lived.furnish(servers=2, channels=4, people=8, joined=8)
        for _ in range(trials.n):
            lived.post()
        await lived.start()
        await asyncio.sleep(2.0)
        before = _invalid(lived.server.statuses)
        lived.server.faults.rate, lived.server.faults.kinds, lived.server.faults.wait = 1.0, STORM, 1.0
        for number, (channel, message) in enumerate(lived.posts):
            person = lived.rng.choice(lived.people[lived.guild_of[channel]])
            lived.backend.set_reaction(channel, message, lived.rng.choice(EMOJIS), person, True)
            if number % 20 == 19:
                await asyncio.sleep(SECONDS * 20 / trials.n)
        await asyncio.sleep(SECONDS)
        made = _invalid(lived.server.statuses) - before
        trials.check(made < MOST, f"{made} requests in vain", times=trials.n)
        trials.note(f"{made} requests in vain in {2 * SECONDS:.0f} s")


def _invalid(statuses: dict[int, int]) -> int:
    return sum(statuses.get(status, 0) for status in (401, 403, 429))


@contextlib.contextmanager
def without() -> Iterator[None]:
    """Whatever may not be read is asked for again each time, in the bot's process."""
    DEFENCES["WITHOUT"] = "closing"
    try:
        yield
    finally:
        del DEFENCES["WITHOUT"]


FIGURE = Figure(18, "While Discord refuses everything it is hardly asked", body, without, 300, 5_000, 300)
