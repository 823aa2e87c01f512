"""Members' own moods. Whatever belongs to one says so by how its label set's id ends, so its rows are found by
that.

A mood's number is drawn, and not counted on from the last: what is still on its way for one that was erased must
not end in the next one.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, delete, func, select, tuple_, update

from core.ports import OwnMoodStore, Topic
from core.vocabulary.own_moods import FIRST, MOST_MOODS, MoodKept, OwnMood, ending, number_of
from core.vocabulary.profile import ProfileKey
from storage.database.notify import note
from storage.database.transactions import SqlStore, reading, writing
from storage.erasing.sweep import sweep_images, sweep_sightings
from storage.schema.queries import chunks, put
from storage.schema.tables import (
    feelprints,
    labels,
    members,
    metadata,
    own_moods,
    profiles,
    ratings,
    reactions,
    sightings,
)
from storage.stores.noes import Noes

AT_ONCE = 400
"""Labels that go in one transaction, with the facts behind them."""

_NUMBERS = 1_000_000


class SqlOwnMoodStore(SqlStore, OwnMoodStore):
    """`core.ports.OwnMoodStore` over SQL."""

    @reading
    def active(self, connection: Connection) -> Mapping[int, OwnMood]:
        rows = connection.execute(select(own_moods).where(own_moods.c.active))
        return {row.member_id: OwnMood(row.number, row.name) for row in rows}

    @reading
    def listed(self, connection: Connection, member_id: int) -> tuple[MoodKept, ...]:
        rows = _rows(connection, member_id)
        every = {FIRST.number: FIRST} | {row.number: OwnMood(row.number, row.name) for row in rows}
        active = next((row.number for row in rows if row.active), FIRST.number)
        made = {row.number: row.made_at if row.number else 0 for row in rows}
        felt = _counted(connection, select(profiles.c.label_set_id, profiles.c.labels), profiles, member_id)
        one = select(feelprints.c.label_set_id, func.count()).group_by(feelprints.c.label_set_id)
        versions = _counted(connection, one, feelprints, member_id)
        return tuple(
            MoodKept(every[n], n == active, felt.get(n, 0), versions.get(n, 0))
            for n in sorted(every, key=lambda n: (n > 0, made.get(n, 0), n))
        )

    @reading
    def named(self, connection: Connection, member_id: int, number: int) -> OwnMood | None:
        return next((mood for mood in _moods(connection, member_id) if mood.number == number), None)

    @writing
    def make(self, connection: Connection, member_id: int, name: str, at: int) -> OwnMood | None:
        there = _moods(connection, member_id)
        if not _is_here(connection, member_id) or len(there) >= MOST_MOODS or _taken(there, name):
            return None
        made = there[0]
        while made in there:
            made = OwnMood(1 + secrets.randbelow(_NUMBERS), name)
        row = {"member_id": member_id, "number": made.number, "name": name, "active": False, "made_at": at}
        put(connection, own_moods, [row])
        _activate(connection, member_id, made.number)
        note(connection, Topic.MOOD, member_id)
        return made

    @writing
    def switch(self, connection: Connection, member_id: int, number: int) -> OwnMood | None:
        found = next((mood for mood in _moods(connection, member_id) if mood.number == number), None)
        if found is not None:
            _activate(connection, member_id, number)
            note(connection, Topic.MOOD, member_id)
        return found

    @writing
    def rename(self, connection: Connection, member_id: int, number: int, name: str) -> bool:
        there = _moods(connection, member_id)
        others = [mood for mood in there if mood.number != number]
        if len(others) == len(there) or _taken(others, name) or not _is_here(connection, member_id):
            return False
        row = {"member_id": member_id, "number": number, "name": name, "active": False, "made_at": 0}
        put(connection, own_moods, [row], keep=("active", "made_at"))
        note(connection, Topic.MOOD, member_id)
        return True

    async def erase(self, member_id: int, number: int) -> int:  # noqa: D102
        if number == FIRST.number:
            raise ValueError("the first mood goes only with its member")
        gone = await self._leave(member_id, number)
        while await self._erase_some(member_id, number):
            pass
        await self._erase_rest(member_id, number)
        return gone

    @writing
    def _leave(self, connection: Connection, member_id: int, number: int) -> int:
        """Let the mood be used no more, and nothing be made of what is left of it."""
        this = (own_moods.c.member_id == member_id) & (own_moods.c.number == number)
        connection.execute(update(own_moods).where(this).values(active=False))
        note(connection, Topic.MOOD, member_id)
        felt = select(func.count()).select_from(labels).where(_in_it(labels, member_id, number))
        gone = connection.scalar(felt) or 0
        connection.execute(delete(profiles).where(_in_it(profiles, member_id, number)))
        return gone

    @writing
    def _erase_some(self, connection: Connection, member_id: int, number: int) -> int:
        """Erase some labels and the facts behind them; how many."""
        key = (labels.c.member_id, labels.c.label_set_id, labels.c.image_hash)
        found = connection.execute(select(*key).where(_in_it(labels, member_id, number)).limit(AT_ONCE)).all()
        pairs = [tuple(row) for row in found]
        for table in (reactions, ratings):
            _take_away(connection, table, _about(table, pairs))
        connection.execute(delete(labels).where(_about(labels, pairs)))
        sweep_images(connection, [image_hash for *_, image_hash in pairs])
        return len(pairs)

    @writing
    def _erase_rest(self, connection: Connection, member_id: int, number: int) -> None:
        """Erase what is kept of a mood beside its labels, and whatever came meanwhile; its name too."""
        hashes: set[str] = set()
        for table in (reactions, ratings):
            hashes |= _take_away(connection, table, _in_it(table, member_id, number))
        for table in reversed(metadata.sorted_tables):
            if {"member_id", "label_set_id"} <= set(table.c.keys()):
                connection.execute(delete(table).where(_in_it(table, member_id, number)))
        sweep_images(connection, sorted(hashes))
        this = (own_moods.c.member_id == member_id) & (own_moods.c.number == number)
        connection.execute(delete(own_moods).where(this))


def of_gone_moods(connection: Connection, keys: Iterable[ProfileKey]) -> set[ProfileKey]:
    """Those of which the mood is not there (any more). Asks nothing where all are of first moods."""
    wanted = {key: (key.member_id, number) for key in keys if (number := number_of(key.label_set_id))}
    there: set[tuple[int, int]] = set()
    mine = tuple_(own_moods.c.member_id, own_moods.c.number)
    for some in chunks(wanted.values()):
        query = select(own_moods.c.member_id, own_moods.c.number).where(mine.in_(some))
        there |= {(row.member_id, row.number) for row in connection.execute(query)}
    return {key for key, mood in wanted.items() if mood not in there}


def _rows(connection: Connection, member_id: int) -> list[Row[Any]]:
    return list(connection.execute(select(own_moods).where(own_moods.c.member_id == member_id)))


def _moods(connection: Connection, member_id: int) -> list[OwnMood]:
    stored = [OwnMood(row.number, row.name) for row in _rows(connection, member_id)]
    return stored if FIRST in stored else [FIRST, *stored]


def _is_here(connection: Connection, member_id: int) -> bool:
    return connection.scalar(select(members.c.member_id).where(members.c.member_id == member_id)) is not None


def _taken(moods: list[OwnMood], name: str) -> bool:
    return name.casefold() in {mood.name.casefold() for mood in moods}


def _activate(connection: Connection, member_id: int, number: int) -> None:
    theirs = own_moods.c.member_id == member_id
    connection.execute(update(own_moods).where(theirs, own_moods.c.active).values(active=False))
    if number != FIRST.number:
        connection.execute(update(own_moods).where(theirs, own_moods.c.number == number).values(active=True))


def _counted(connection: Connection, query: Any, table: Table, member_id: int) -> dict[int, int]:
    found: dict[int, int] = {}
    for label_set_id, number in connection.execute(query.where(table.c.member_id == member_id)):
        mood = number_of(label_set_id)
        found[mood] = found.get(mood, 0) + number
    return found


def _in_it(table: Table, member_id: int, number: int) -> ColumnElement[bool]:
    return (table.c.member_id == member_id) & table.c.label_set_id.like(f"%{ending(number)}")


def _about(table: Table, pairs: list[tuple[Any, ...]]) -> ColumnElement[bool]:
    return tuple_(table.c.member_id, table.c.label_set_id, table.c.image_hash).in_(pairs)


def _take_away(connection: Connection, table: Table, which: ColumnElement[bool]) -> set[str]:
    """Delete facts, and keep of reactions that they do not count; which images they were about."""
    rows = connection.execute(select(table).where(which)).all()
    if table is reactions:
        _decline(connection, rows)
    connection.execute(delete(table).where(which))
    if table is reactions:
        sweep_sightings(connection, {row.message_id for row in rows})
    return {row.image_hash for row in rows}


def _decline(connection: Connection, rows: Sequence[Row[Any]]) -> None:
    noes = Noes(connection)
    for some in chunks(rows):
        ids = {row.message_id for row in some}
        query = select(sightings.c.message_id, sightings.c.channel_id).where(sightings.c.message_id.in_(ids))
        channels = {row.message_id: row.channel_id for row in connection.execute(query)}
        for row in some:
            noes.decline(row.message_id, channels[row.message_id], [_key(row)])


def _key(row: Row[Any]) -> tuple[int, int, str, bool]:
    return row.member_id, row.message_id, row.emoji, row.burst
