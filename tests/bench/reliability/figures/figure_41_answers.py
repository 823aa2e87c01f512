"""Figure 41: whatever request of an answer fails, whoever asked ends with an answer or a sentence.

Over real sockets and with the real client: errors, proxies' limits, connections cut before and after the request
was done. What Discord refused to hear within its three seconds is told by Discord itself and counts as ended. The
first tries of every answer are cut for certain, so that what is not tried again is left thinking.
"""

import contextlib
from collections.abc import Iterator

from tests.bench.reliability.asking import Asked, ask, until
from tests.bench.reliability.figure import Figure, Trials
from tests.bench.reliability.living import life

SETTINGS = {"FEELPRINT_FEEL_PER_MINUTE": "120"}
COMMANDS = (("feel", True), ("join", False), ("privacy", False), ("progress", False), ("export", False))
TOGETHER = 10
KINDS = ("cut before", "cut after", "proxy", "slow")
"""What discord.py does not try again by itself."""

CUT = 3
"""An answer, the sentence in its place, and one more."""


async def body(trials: Trials) -> None:
    """Ask in groups while one request in three fails, and wait until each is ended."""
    async with life(trials.folder, trials.seed, **SETTINGS) as lived:
        await lived.furnish(servers=1, channels=1, people=TOGETHER, joined=TOGETHER // 2)
        await lived.start()
        (channel,), ((guild, people),) = lived.channels, lived.people.items()
        lived.server.faults.answers = CUT
        lived.server.faults.rate, lived.server.faults.kinds = 0.35, KINDS
        for start in range(0, trials.n, TOGETHER):
            group: list[tuple[str, Asked]] = []
            for number in range(start, min(trials.n, start + TOGETHER)):
                name, shows = COMMANDS[number % len(COMMANDS)]
                person = people[number % TOGETHER]
                group.append((name, ask(lived.server, (guild, channel), person, name, number if shows else None)))
            await until(lambda group=group: all(asked.said for _, asked in group), 20.0)
            for name, asked in group:
                thinking = asked.acknowledged and not asked.said
                trials.check(not thinking, f"/{name} is left thinking")
        trials.note(f"{lived.server.faults.drawn} faults of requests")


@contextlib.contextmanager
def without() -> Iterator[None]:
    """Nothing is tried again, in the process of the bot, by its environment."""
    SETTINGS["WITHOUT"] = "tries"
    try:
        yield
    finally:
        del SETTINGS["WITHOUT"]


FIGURE = Figure(41, "Whatever fails, an interaction ends in words", body, without, 40, 500, 60)
