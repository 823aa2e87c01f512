"""What runs often, by name, and the plans of its statements: for the tests of plans and for the bench of size.

Each is asked through the product's own stores, so a plan is that of the statement that runs.
"""

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import event

from core.ports import Caps, Purchase, TuningPolicy
from core.vocabulary.calls import Payer
from core.vocabulary.changes import DropMessages, DropPicture, WithdrawCleared, Withhold
from core.vocabulary.exclusions import By, Exclusion, What
from core.vocabulary.profile import ProfileKey
from storage import Storage
from tests.storage.made import T0, rated, reacted, withdrew

LARGE = (
    "answers",
    "feelprints",
    "images",
    "labels",
    "learned",
    "ledger",
    "members",
    "ratings",
    "reactions",
    "rules",
    "runs",
    "shadows",
    "sightings",
    "snapshots",
)
"""Tables that grow with what members do. `profiles` has a line for each member, read in the order of an index."""


@dataclass(frozen=True, slots=True)
class Place:
    """Whom and what is asked about: somebody with labels, a picture and its message, those around it, a kept
    answer, a time at which somebody may be due, and people who joined and have labels at messages of their own.
    """

    key: ProfileKey
    picture: str
    message: int
    messages: Sequence[int]
    channel: int
    server: int
    author: int
    answer: str
    now: int


Question: TypeAlias = Callable[[Storage, Place], Awaitable[Any]]


def _of_time(later: int) -> Sequence[tuple[str, Question]]:
    def due(storage: Storage, at: Place) -> Awaitable[Any]:
        return storage.due.for_run(at.now + later, TuningPolicy(), limit=9)

    def next_run(storage: Storage, at: Place) -> Awaitable[Any]:
        return storage.due.next_run_at(at.now + later, TuningPolicy())

    when = "much later" if later else "now"
    return (f"who is due for a run, {when}", due), (f"when the next run is, {when}", next_run)


QUESTIONS: Sequence[tuple[str, Question]] = (
    *_of_time(0),
    *_of_time(10**8),
    ("who has shadow work", lambda s, _: s.due.for_shadows(limit=9)),
    ("a member's labels", lambda s, at: s.labels.labels(at.key)),
    ("a member's label of a picture", lambda s, at: s.labels.label(at.key, at.picture)),
    ("a member's profile", lambda s, at: s.labels.profile(at.key)),
    ("a member's active version", lambda s, at: s.versions.active(at.key)),
    ("a member's versions", lambda s, at: s.versions.all(at.key)),
    ("games to see to", lambda s, _: s.games.running()),
    ("a game that somebody guesses at", lambda s, at: s.games.open(at.server, at.now)),
    ("labels that wait for shadow work", lambda s, at: s.shadows.unshadowed(at.key, limit=5)),
    ("a member's shadow records", lambda s, at: s.shadows.all(at.key)),
    ("a member's last run", lambda s, at: s.runs.last(at.key)),
    ("a member's rules", lambda s, at: s.runs.rules(at.key)),
    ("a member's consent", lambda s, at: s.members.membership(at.key.member_id)),
    ("a kept answer", lambda s, at: s.answers.get(at.answer)),
    ("what a member spent in a day", lambda s, at: s.answers.spent(at.now - 86_400_000, owner=at.key.member_id)),
    ("a picture", lambda s, at: s.labels.image(at.picture)),
    ("the picture in a message", lambda s, at: s.labels.seen(at.message)),
    ("the pictures in 100 messages, for a deck", lambda s, at: s.labels.images_in(at.messages)),
    ("the reactions to 100 messages", lambda s, at: s.labels.reactions_on(at.messages)),
    ("what is known of 100 messages", lambda s, at: s.walks.known(at.messages)),
    ("what was seen in a channel", lambda s, at: s.walks.below(at.channel, at.message, limit=50)),
    ("what a walk did not list", lambda s, at: s.walks.unlisted(at.channel, range(1), 0, at.message)),
    ("what a no to a message covers", lambda s, at: s.exclusions.covered(_noes(at)[0], limit=50)),
    ("what an author's no covers", lambda s, at: s.exclusions.covered(_noes(at)[1], limit=50)),
    ("what a no to a picture covers", lambda s, at: s.exclusions.covered(_noes(at)[2], limit=50)),
    ("what an admin's no covers", lambda s, at: s.exclusions.covered(_noes(at)[3], limit=50)),
)
"""What is only read, and is little."""

NEWEST: tuple[str, Question] = (
    "everybody's newest 500 shadow records",
    lambda s, at: s.shadows.pooled(at.key.label_set_id, limit=500, members=9),
)
"""Read in the order of an index, up to a limit."""


async def batches(storage: Storage, _at: Place) -> None:
    """Facts of eight members at once: made, taken back, cleared, gone."""
    several = range(1, 9)
    await storage.labels.apply([reacted(n, 10 * n, "fear", at=5) for n in several])
    await storage.labels.apply([rated(n, 10 * n, "fear", at=6) for n in several])
    await storage.labels.apply([withdrew(n, 10 * n, "fear", at=7) for n in several])
    await storage.labels.apply([rated(n, 10 * n, at=8) for n in several])
    await storage.labels.apply([WithdrawCleared(10 * n + 1, None) for n in several])
    await storage.labels.apply([DropMessages(tuple(10 * n + 2 for n in several), T0)])


async def questions(storage: Storage, at: Place) -> None:
    """All that is only read."""
    for _, ask in QUESTIONS:
        await ask(storage, at)


async def noes(storage: Storage, at: Place) -> None:
    """Every kind of no, said and carried out; and facts while some stand."""
    await storage.exclusions.put(_noes(at))
    await storage.labels.apply([Withhold((at.message,), (at.picture,), T0), DropPicture(at.messages[1], (), T0)])
    await batches(storage, at)


async def reserves(storage: Storage, at: Place) -> None:
    """A call within its caps, on the accounts of the bot, a server and a member."""
    purchase = Purchase(at.now, "predict", at.key.member_id, "m", 0.001, Payer(at.key.member_id, at.server))
    caps = Caps(usd_day=10.0**6, server_usd_day=10.0**6, member_usd_day=10.0**6)
    assert await storage.answers.reserve(purchase, caps) is not None


def _noes(at: Place) -> Sequence[Exclusion]:
    return (
        Exclusion(at.server, By.AUTHOR, What.MESSAGE, str(at.message), at.author, True, 1),
        Exclusion(at.server, By.AUTHOR, What.AUTHOR, str(at.author), at.author, True, 1),
        Exclusion(0, By.AUTHOR, What.PICTURE, at.picture, at.author, True, 1),
        Exclusion(at.server, By.ADMIN, What.PICTURE, at.picture, 0, True, 1),
    )


@contextmanager
def watched(storage: Storage) -> Iterator[dict[str, Any]]:
    """The statements that run meanwhile, with the parameters of one run each."""
    said: dict[str, Any] = {}

    def keep(_c: Any, _k: Any, statement: str, parameters: Any, _x: Any, many: bool) -> None:
        said[statement] = parameters[0] if many else parameters

    engines = {storage._database._writer.sync_engine, storage._database._reader.sync_engine}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", keep)
    yield said
    for engine in engines:
        event.remove(engine, "before_cursor_execute", keep)


async def plans(storage: Storage, said: dict[str, Any]) -> dict[str, str]:
    """The plan of each statement."""
    explain = "EXPLAIN QUERY PLAN " if storage._database.is_sqlite else "EXPLAIN "

    def ask(connection: Any) -> dict[str, str]:
        return {
            statement: "\n".join(
                str(row[-1]) for row in connection.exec_driver_sql(explain + statement, parameters)
            )
            for statement, parameters in said.items()
            if re.match(r"\s*(SELECT|UPDATE|DELETE|INSERT|WITH)", statement)
        }

    return await storage._database.write(ask)


_SCANS = r"SCAN (\w+)(?! USING)\b|Seq Scan on (\w+)"
_BROAD = (
    r"SEARCH (\w+) USING (?:COVERING )?INDEX \w+ \((?:label_set_id|server_id)=\?\)|"
    r"Scan (?:Backward )?using \w+ on (\w+)[^\n]*\n\s+Index Cond: \((?:label_set_id|server_id) = [^()]+\)\n"
)
"""By an index, and yet all that a label set or a server has."""


def scanned(plan: str, *, broad: bool = True) -> list[str]:
    """The large tables that a plan goes through as a whole, or with `broad` through most of."""
    found = re.findall(f"{_SCANS}|{_BROAD}" if broad else _SCANS, plan + "\n")
    return [table for several in found for table in several if table in LARGE]
