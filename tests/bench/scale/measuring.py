"""How long what runs often takes on a filled database, what its plans go through, and where the bytes are."""

import statistics
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from bot.intake.roster import Roster
from core.vocabulary.changes import RecordReaction, Sighting
from core.vocabulary.profile import ProfileKey
from storage import Storage
from storage.schema.tables import labels, metadata, sightings
from tests.bench.scale.world import EMOJI, NOW, SET, Size, channel_of, member_of, server_of
from tests.storage.hot import NEWEST, QUESTIONS, Place, plans, reserves, scanned, watched

TIMES = 9
AT_START: Sequence[tuple[str, Callable[[Storage], Awaitable[Any]]]] = (
    ("at a start: how every member stands", lambda s: s.members.standings()),
    ("at a start: every server's settings", lambda s: s.servers.all()),
    ("at a start: how far each channel came", lambda s: s.walks.walked()),
)
"""These read a table as a whole: once in each process."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One line: the median and the slowest in milliseconds, and large tables that a plan goes through."""

    what: str
    median: float
    slowest: float
    scans: Sequence[str] = field(default_factory=tuple)


async def place_of(storage: Storage, size: Size) -> Place:
    """Somebody with many labels, in the middle of the world."""
    number = size.members // 2 // 20 * 20 + 20
    server = number // size.each
    key, channel = ProfileKey(member_of(number), SET), channel_of(server, 0)

    def look(connection: Connection) -> tuple[list[Any], str, str]:
        seen = sightings.select().where(sightings.c.channel_id == channel).order_by(sightings.c.message_id)
        mine = labels.select().where(labels.c.member_id == key.member_id)
        picture = connection.execute(mine.order_by(labels.c.first_at)).first()
        assert picture is not None
        kept = connection.execute(text("SELECT key FROM answers LIMIT 1")).scalar_one()
        return list(connection.execute(seen)), picture.image_hash, kept

    seen, picture, kept = await storage._database.read(look)
    messages, author = [row.message_id for row in seen], seen[0].author_id
    return Place(key, picture, messages[-1], messages, channel, server_of(server), author, kept, NOW)


async def measured(storage: Storage, size: Size) -> list[Measured]:
    """All of it. What is written is little, and stays."""
    at = await place_of(storage, size)
    found = []
    for what, whole in AT_START:
        found.append(await _line(storage, what, lambda whole=whole: whole(storage), times=3, plan=False))
    for what, ask in QUESTIONS:
        found.append(await _line(storage, what, lambda ask=ask: ask(storage, at)))
    found.append(await _line(storage, NEWEST[0], lambda: NEWEST[1](storage, at), plan=False))
    found.append(await _line(storage, "reserving a call within three caps", lambda: reserves(storage, at)))
    for first, count in ((0, 8), (TIMES, 64)):
        batch = _Batch(storage, size, at, first, count)
        found.append(await _line(storage, f"storing a batch of {count} reactions of as many members", batch.store))
    return found


async def roster_of(storage: Storage) -> tuple[float, float]:
    """What a bot keeps in memory of all members and servers: seconds to read it, and megabytes."""
    began = time.perf_counter()
    await Roster(storage.members, storage.servers, storage.exclusions, storage.own_moods).refresh()
    took = time.perf_counter() - began
    roster = Roster(storage.members, storage.servers, storage.exclusions, storage.own_moods)
    tracemalloc.start()
    await roster.refresh()
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return took, kept / 1e6


class _Batch:
    """Members of a server react in another way to one of its pictures, to another one each time."""

    def __init__(self, storage: Storage, size: Size, at: Place, first: int, count: int) -> None:
        eldest = (at.server - server_of(0)) * size.each
        self._members = [member_of(eldest + n) for n in range(min(count, size.each))]
        self._storage, self._at, self._turn = storage, at, first

    async def store(self) -> None:
        """One more reaction of each."""
        at, message = self._at, self._at.messages[self._turn]
        self._turn += 1
        shown = await self._storage.labels.seen(message)
        assert shown is not None
        seen: Sighting = shown[0]
        await self._storage.labels.apply(
            [
                RecordReaction(m, seen, EMOJI["awe"], True, "awe", SET, at.now + self._turn, None)
                for m in self._members
            ]
        )


async def _line(
    storage: Storage, what: str, work: Callable[[], Awaitable[Any]], *, times: int = TIMES, plan: bool = True
) -> Measured:
    took = []
    with watched(storage) as said:
        for _ in range(times):
            began = time.perf_counter()
            await work()
            took.append(1000 * (time.perf_counter() - began))
    found = await plans(storage, said) if plan else {}
    scans = sorted({table for one in found.values() for table in scanned(one)})
    return Measured(what, statistics.median(took), max(took), scans)


@dataclass(frozen=True, slots=True)
class Bytes:
    """What a table takes, with its indices."""

    table: str
    rows: int
    bytes: int


async def bytes_of(storage: Storage) -> list[Bytes]:
    """Every table, the largest first."""

    def look(connection: Connection) -> list[Bytes]:
        return [_bytes(connection, table) for table in metadata.tables]

    return sorted(await storage._database.read(look), key=lambda one: -one.bytes)


def _bytes(connection: Connection, table: str) -> Bytes:
    rows = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    if connection.dialect.name == "sqlite":
        taken = (
            "SELECT sum(pgsize) FROM dbstat WHERE name IN (SELECT name FROM sqlite_schema WHERE tbl_name = :name)"
        )
    else:
        taken = "SELECT pg_total_relation_size(CAST(:name AS text)::regclass)"
    return Bytes(table, rows, connection.execute(text(taken), {"name": table}).scalar_one())
