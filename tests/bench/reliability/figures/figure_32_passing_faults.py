"""Figure 32: no label is lost on the live road while one request in twenty goes wrong.

Over real sockets: errors of REST and of the file host, cut connections before and after the request was done,
refusals of a proxy. The process is never restarted and its session never ends, so nothing but trying again helps.
"""

import asyncio
import contextlib
from collections.abc import Iterator

from tests.bench.reliability.figure import Figure, Trials
from tests.bench.reliability.living import EMOJIS, Life, life

RATE = 0.05
DEFENCES: dict[str, str] = {}
A_SECOND = 20


async def body(trials: Trials) -> None:
    """React to pictures that were posted before the bot came, so that each is asked for, and to new ones."""
    async with life(trials.folder, trials.seed, **DEFENCES) as lived:
        await lived.furnish(servers=2, channels=2, people=8, joined=6)
        for _ in range(trials.n // 2):
            lived.post()
        await lived.start()
        await asyncio.sleep(3.0)
        lived.server.faults.rate = RATE
        for number in range(trials.n):
            _react(lived)
            if number % A_SECOND == A_SECOND - 1:
                await asyncio.sleep(1.0)
        left = await lived.differences(100.0)
        trials.check(not left, f"{len(left)} reactions differ", times=trials.n)
        trials.note(f"{lived.server.faults.drawn} faults of requests")


def _react(lived: Life) -> None:
    if lived.rng.random() < 0.1:
        lived.post()
    channel, message = lived.rng.choice(lived.posts)
    person, emoji = lived.rng.choice(lived.people[lived.guild_of[channel]]), lived.rng.choice(EMOJIS)
    reaction = lived.backend.get_message(channel, message).reaction_for(emoji)
    there = reaction is not None and person in reaction.user_ids
    lived.backend.set_reaction(channel, message, emoji, person, not there)


@contextlib.contextmanager
def without() -> Iterator[None]:
    """Nothing is tried again, in the process as well."""
    DEFENCES["WITHOUT"] = "patience"
    try:
        yield
    finally:
        del DEFENCES["WITHOUT"]


FIGURE = Figure(32, "No label is lost while one request in twenty goes wrong", body, without, 200, 4_000, 300)
