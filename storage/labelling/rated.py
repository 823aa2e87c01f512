"""Ratings in one transaction: which may be kept, and which go with the message that they are of.

One that takes everything back is kept without its picture, with its time: what stands on Discord from before then
no longer counts, however often it is looked at.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Row, and_, bindparam, delete, select, tuple_

from core.collecting.excluded import Exclusions
from core.collecting.policy import Spot, may_use_image, spot_of_rated
from core.vocabulary.changes import RecordRating, RecordReaction
from core.vocabulary.moments import ms_of
from storage.erasing.sweep import says_something
from storage.labelling.derive import Pair
from storage.schema.queries import chunks, put
from storage.schema.tables import labels, ratings, reactions, sightings

_PAIR = ("member_id", "label_set_id", "image_hash")
_SOME: BindParameter[Any] = bindparam("some", expanding=True)
_ANSWERS = select(ratings).where(tuple_(ratings.c.member_id, ratings.c.image_hash).in_(_SOME))
_TAKEN_BACK = (
    select(reactions, sightings.c.channel_id, ratings.c.at.label("answered"))
    .join(sightings, sightings.c.message_id == reactions.c.message_id)
    .join(ratings, and_(*(ratings.c[name] == reactions.c[name] for name in _PAIR)))
    .where(tuple_(*(ratings.c[name] for name in _PAIR)).in_(_SOME))
    .where(reactions.c.at <= ratings.c.at, ~says_something())
)


def spot_of_rating(row: Any) -> Spot:
    """Where a rated picture stands; a row, or a change's origin beside its server."""
    return Spot(row.server_id, row.channel_id or 0, message_id=row.message_id, author_id=row.author_id)


class Rated:
    """What members answered, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def live(
        self, run: Sequence[RecordRating], joined: Collection[int], gone: Collection[int], said: Exclusions
    ) -> list[RecordRating]:
        """Those that may be kept: of joined members, or taking back; not of what is gone or excluded."""
        return [
            c
            for c in run
            if not c.emotions or ((c.member_id in joined or self._narrows(c)) and _usable(c, gone, said))
        ]

    def keep(self, kept: Iterable[RecordRating]) -> None:
        """Store answers; those without emotions where there is something that they take back."""
        kept = list(kept)
        there = set(self._there([c for c in kept if not c.emotions]))
        rows = [_row(c) for c in kept if c.emotions or (c.member_id, c.image_hash) in there]
        put(self._connection, ratings, rows)

    def drop(self, where: ColumnElement[bool]) -> list[Row[Any]]:
        """Delete answers; which they were."""
        rows = self._connection.execute(select(ratings).where(where)).all()
        key = tuple_(ratings.c.member_id, ratings.c.image_hash, ratings.c.label_set_id)
        for some in chunks((row.member_id, row.image_hash, row.label_set_id) for row in rows):
            self._connection.execute(delete(ratings).where(key.in_(some)))
        return list(rows)

    def before(self, run: Sequence[RecordReaction]) -> dict[Pair, int]:
        """When a member last answered about a picture to which they reacted."""
        pairs = {(c.member_id, c.sighting.image_hash) for c in run}
        return {
            (row.member_id, row.label_set_id, row.image_hash): row.at
            for some in chunks(pairs)
            for row in self._connection.execute(_ANSWERS, {"some": some})
        }

    def taken_back(self, pairs: Iterable[Pair]) -> list[Row[Any]]:
        """Reactions that answers without emotions take back, with their channel and when that was `answered`."""
        return [row for some in chunks(pairs) for row in self._connection.execute(_TAKEN_BACK, {"some": some})]

    def _there(self, withdrawn: Sequence[RecordRating]) -> Iterator[tuple[int, str]]:
        for table in (ratings, reactions):
            key = tuple_(table.c.member_id, table.c.image_hash)
            query = select(table.c.member_id, table.c.image_hash)
            for some in chunks({(c.member_id, c.image_hash) for c in withdrawn}):
                for row in self._connection.execute(query.where(key.in_(some))):
                    yield row.member_id, row.image_hash

    def _narrows(self, c: RecordRating) -> bool:
        """Whether a rating only takes something back from a label that is there, which a pause does not bar."""
        query = select(labels.c.felt).where(
            labels.c.member_id == c.member_id,
            labels.c.label_set_id == c.label_set_id,
            labels.c.image_hash == c.image_hash,
        )
        return c.emotions <= set(self._connection.scalar(query) or ())


def not_younger(c: RecordReaction, answered: int | None) -> int:
    """A reaction's time; one found standing is not known to be younger than an answer unless it was made after."""
    if answered is None or c.made_after is None or ms_of(c.made_after) > answered:
        return c.at
    return min(c.at, answered)


def _usable(c: RecordRating, gone: Collection[int], said: Exclusions) -> bool:
    at = c.origin
    if at is not None and not {at.message_id, at.channel_id}.isdisjoint(gone):
        return False
    return may_use_image(c.image_hash, spot_of_rated(c.server_id, at), said) is None


def _row(change: RecordRating) -> dict[str, Any]:
    own = ("member_id", "image_hash", "label_set_id", "server_id", "at")
    place = {
        name: getattr(change.origin, name, None) for name in ("message_id", "channel_id", "author_id", "source")
    }
    if not change.emotions:  # what takes all back says of the picture only where it went
        place |= {"author_id": None, "source": None}
    return {**{name: getattr(change, name) for name in own}, "emotions": sorted(change.emotions), **place}
