"""What was felt lives on when a server's emotions change, under the name that it has now, in the same mood.

A reaction goes by itself; an answer lives on whole or not at all. What does not live on stays with the emotions of
before, and counts again with them.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    delete,
    false,
    or_,
    select,
    union,
    update,
)

from core.vocabulary.emotions import MIKELS, LabelSet, normalise_emoji
from core.vocabulary.own_moods import OwnMood, in_mood, number_of, shared_id
from core.vocabulary.server_settings import ServerSettings
from storage.labelling.derive import Pair
from storage.schema.codec import emotions_in
from storage.schema.queries import many, put
from storage.schema.tables import label_sets, ratings, reactions, sightings

_KEY = ("member_id", "message_id", "emoji", "burst")
_RENAME = (
    update(reactions)
    .where(*(reactions.c[name] == bindparam(f"of_{name}") for name in _KEY))
    .values(emotion=bindparam("now"), label_set_id=bindparam("to"))
)


class Carrying:
    """What lives on of one server's facts with these settings; asked and done in one transaction."""

    def __init__(self, connection: Connection, place: ServerSettings) -> None:
        self._connection, self._place, self._now = connection, place, place.label_set
        self._before = {one.id: one for one in self._sets_of_before()}

    def _sets_of_before(self) -> Iterator[LabelSet]:
        known = select(label_sets.c.label_set_id, label_sets.c.emotions)
        sets = {MIKELS.id: MIKELS} | {name: emotions_in(one) for name, one in self._connection.execute(known)}
        if not sets.keys() - {self._now.id}:
            return  # as in most bots: nobody has ever changed them
        here = sightings.c.server_id == self._place.server_id
        under = sightings.c.message_id == reactions.c.message_id
        reacted = select(reactions.c.label_set_id).join(sightings, under).where(here)
        rated = select(ratings.c.label_set_id).where(ratings.c.server_id == self._place.server_id)
        for name in self._connection.scalars(union(reacted, rated)):
            before = sets.get(shared_id(name))
            if before is not None and before.id != self._now.id:
                yield before.of_mood(OwnMood(number_of(name)))

    def _becomes(self, label_set_id: str) -> str:
        """The profile to which what was felt under an id of before belongs now."""
        return in_mood(self._now.id, number_of(label_set_id))

    # ------------------------------------------------------------ reactions

    def lives_on(self) -> ColumnElement[bool]:
        """In SQL: whether a reaction lives on under a name of now."""
        return or_(false(), *(self._of(before) for before in self._before.values()))

    def _of(self, before: LabelSet) -> ColumnElement[bool]:
        r = reactions.c
        new = [e for e in self._now.emotions if e.emoji and e.name not in before.names]
        fresh = [normalise_emoji(e.emoji) for e in new]
        gone = [name for name in before.names if name not in self._now.names]
        renamed = and_(r.emotion.in_(gone), r.emoji.in_(fresh))
        return and_(r.label_set_id == before.id, or_(r.emotion.in_(self._now.names), renamed))

    def reactions(self, rows: Iterable[Row[Any]]) -> Iterator[Pair]:
        """Let those of these live on that do; the labels that this touches."""
        moved = []
        for row in rows:
            before = self._before.get(row.label_set_id)
            name = before and self._now.name_now(row.emotion, row.emoji, before)
            if name:
                to = self._becomes(row.label_set_id)
                moved.append({"now": name, "to": to} | {f"of_{key}": row._mapping[key] for key in _KEY})
                yield row.member_id, row.label_set_id, row.image_hash
                yield row.member_id, to, row.image_hash
        if moved:
            self._connection.execute(_RENAME, moved)

    # -------------------------------------------------------------- answers

    def living(self, *which: ColumnElement[bool]) -> Iterator[Row[Any]]:
        """Answers of here, given with emotions of before, that live on."""
        if self._before:
            own = (ratings.c.server_id == self._place.server_id, ratings.c.label_set_id.in_(self._before))
            for row in many(self._connection, select(ratings).where(*own, *which)):
                if self.said(row) is not None:
                    yield row

    def said(self, row: Row[Any]) -> list[str] | None:
        """What an answer of before says in the names of now; None where it does not live on."""
        before = self._before.get(row.label_set_id)
        if before is None:
            return None
        emojis = {emotion.name: emotion.emoji for emotion in before.emotions}
        names = [self._now.name_now(name, emojis.get(name, ""), before) for name in row.emotions]
        return None if None in names else sorted({name for name in names if name})

    def answers(self, images: Collection[str]) -> Iterator[Pair]:
        """Let answers about these images live on, unless a newer one is there; the labels that this touches."""
        for row in list(self.living(ratings.c.image_hash.in_(images))):  # read before any is written
            mine = (ratings.c.member_id == row.member_id, ratings.c.image_hash == row.image_hash)
            to = self._becomes(row.label_set_id)
            there = select(ratings.c.at).where(*mine, ratings.c.label_set_id == to)
            newest = self._connection.scalar(there)
            if newest is None or newest < row.at:
                now = {"label_set_id": to, "emotions": self.said(row)}
                put(self._connection, ratings, [{**row._mapping, **now}])
            self._connection.execute(delete(ratings).where(*mine, ratings.c.label_set_id == row.label_set_id))
            yield row.member_id, row.label_set_id, row.image_hash
            yield row.member_id, to, row.image_hash


def of_before(
    connection: Connection, place: ServerSettings, limit: int
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Up to so many messages and images of which a reaction, or an answer, lives on and has not moved yet."""
    carrying = Carrying(connection, place)
    there = select(reactions.c.message_id).join(sightings, sightings.c.message_id == reactions.c.message_id)
    moving = there.where(sightings.c.server_id == place.server_id, carrying.lives_on()).distinct().limit(limit)
    images = {row.image_hash for row in islice(carrying.living(), limit)}
    return tuple(connection.scalars(moving)), tuple(sorted(images))
