"""Figure 21: of whoever has not agreed nothing is kept, downloaded or asked, live and at a restart.

Over real sockets: strangers, members who have paused or erased everything, a member outside the chosen channels,
and one who said no to counting the past. One member who may be heard shows that the bot listens. A trial is one
event.
"""

import asyncio
import contextlib
import signal
import sqlite3
from collections.abc import Iterator

from core.vocabulary.clock import SystemClock
from core.vocabulary.consent import CONSENT_VERSION, Past
from core.vocabulary.emotions import normalise_emoji
from storage import open_storage
from tests.bench.reliability.asking import until
from tests.bench.reliability.figure import Figure, Trials
from tests.bench.reliability.living import EMOJIS, Life, life

SETTINGS = {"FEELPRINT_CATCHUP_CALLS": "2000"}
TABLES = ("reactions", "ratings", "labels", "answers", "ledger", "declined")


async def body(trials: Trials) -> None:
    """Events of people who have not agreed, half of them while the bot is away; then look at every row."""
    async with life(trials.folder, trials.seed, **SETTINGS) as lived:
        await lived.furnish(servers=1, channels=2, people=6, joined=0)
        (guild, people), (counts, elsewhere) = next(iter(lived.people.items())), lived.channels
        heard, paused, left, outside, fresh, _stranger = people
        for number in range(12):
            lived.channels = [counts if number % 2 else elsewhere]
            lived.post()
        everywhere, counting = list(lived.posts), [post for post in lived.posts if post[0] == counts]
        for post in counting:
            lived.backend.set_reaction(*post, EMOJIS[0], fresh, True)
        await _agree(lived, guild, counts, [heard, paused, left, outside, fresh])
        noes = [person for person in people if person not in (heard, outside, fresh)]
        other = [post for post in everywhere if post[0] == elsewhere]
        await lived.start()
        for part in range(2):
            for number in range(trials.n // 2):
                _somebody(lived, *((noes, everywhere) if number % 10 else ([outside], other)))
                if number % 200 == 199:
                    await asyncio.sleep(0.05)
            if part == 0:
                lived.backend.set_reaction(*counting[0], EMOJIS[1], heard, True)
                await until(lambda: len(lived.stored()) > 0, 20.0)
                await lived.end(signal.SIGTERM)
        await lived.start()
        await asyncio.sleep(3.0)
        held = lived.stored()
        right = {(counting[0][1], heard, normalise_emoji(EMOJIS[1]))}
        trials.check(held == right, f"kept: {held}", times=trials.n)
        counted = _rows(lived)
        trials.check(counted["reactions"] == counted["labels"] == 1, f"rows: {counted}")
        trials.check(not counted["answers"] + counted["ledger"], f"asked: {counted}")
        trials.check(lived.server.files <= 1, f"{lived.server.files} downloads")
        trials.note(f"{lived.server.files} download, of the one who may be heard")


async def _agree(lived: Life, guild: int, counts: int, people: list[int]) -> None:
    """How each stands, and which channel counts."""
    _heard, paused, left, _outside, fresh = people
    now = SystemClock().now_ms()
    async with open_storage(str(lived.database), clock=SystemClock()) as storage:
        (place,) = await storage.servers.all()
        await storage.servers.save(type(place)(guild, frozenset({counts}), seed_reactions=False))
        for person in people:
            moment = max(message for _, message in lived.posts) + 1 if person == fresh else 1
            await storage.members.join(person, CONSENT_VERSION, now, moment)
        await storage.members.answer_past(Past(fresh, guild, False, moment), now)
        await storage.members.pause(paused, paused=True)
        await storage.members.forget(left)


def _somebody(lived: Life, people: list[int], posts: list[tuple[int, int]]) -> None:
    """A reaction made or taken back by somebody who does not count there."""
    person, (channel, message) = lived.rng.choice(people), lived.rng.choice(posts)
    emoji = lived.rng.choice(EMOJIS)
    reaction = lived.backend.get_message(channel, message).reaction_for(emoji)
    there = reaction is not None and person in reaction.user_ids
    lived.backend.set_reaction(channel, message, emoji, person, not there)


def _rows(lived: Life) -> dict[str, int]:
    with contextlib.closing(sqlite3.connect(f"file:{lived.database}?mode=ro", uri=True)) as raw:
        return {table: raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}


@contextlib.contextmanager
def without() -> Iterator[None]:
    """The process takes everybody for somebody who joined."""
    SETTINGS["WITHOUT"] = "consent"
    try:
        yield
    finally:
        del SETTINGS["WITHOUT"]


FIGURE = Figure(21, "Of who has not agreed nothing is kept, fetched or asked", body, without, 2_000, 100_000, 400)
