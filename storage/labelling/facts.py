"""What every kind of change does with stored facts: find them, take them away, note which labels that touches."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, select

from storage.labelling.derive import Pair, Touch
from storage.labelling.rated import Rated
from storage.schema.queries import chunks
from storage.schema.tables import reactions, sightings
from storage.stores.noes import Noes

KEY = ("member_id", "message_id", "emoji", "burst")


def key_of(row: Row[Any]) -> tuple[int, int, str, bool]:
    """What tells a reaction from all others."""
    return row.member_id, row.message_id, row.emoji, row.burst


class Facts:
    """The facts of one transaction, and what it has touched of them so far."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.touched: dict[Pair, Touch] = {}
        self.messages: set[int] = set()
        self.images: set[str] = set()
        self._noes, self._rated = Noes(connection), Rated(connection)

    def _present(self, column: Any, values: Iterable[Any], *where: Any) -> set[Any]:
        """Those of `values` that a table has in a column."""
        return {
            found
            for some in chunks(values)
            for found in self.connection.scalars(select(column).where(column.in_(some), *where))
        }

    def _touch(self, pair: Pair, at: int, server_id: int | None = None) -> None:
        touch = self.touched.setdefault(pair, Touch(at))
        touch.at = max(touch.at, at)
        if server_id is not None:
            touch.server_id = server_id
        self.images.add(pair[2])

    def _images_of(self, message_ids: Iterable[int]) -> dict[int, str]:
        """Which image a message shows, as it was first sighted."""
        query = select(sightings.c.message_id, sightings.c.image_hash)
        return {
            message_id: image_hash
            for some in chunks(set(message_ids))
            for message_id, image_hash in self.connection.execute(query.where(sightings.c.message_id.in_(some)))
        }

    def _reactions(self, message_ids: Iterable[int]) -> list[Row[Any]]:
        return [
            row
            for some in chunks(set(message_ids))
            for row in self.connection.execute(select(reactions).where(reactions.c.message_id.in_(some)))
        ]

    def unrate(self, where: ColumnElement[bool], at: int) -> int:
        """Delete ratings, with what follows from them; how many there were."""
        dropped = self._rated.drop(where)
        for row in dropped:
            self._touch((row.member_id, row.label_set_id, row.image_hash), at)
        return len(dropped)

    def _disown(self, message_id: int, channel_id: int, at: int) -> None:
        """What stands under a message no longer counts, and is known not to."""
        self._noes.decline(message_id, channel_id, [key_of(row) for row in self._reactions([message_id])])
        self.unsee([message_id], at)

    def unsee(self, message_ids: Sequence[int], at: int) -> None:
        """Delete sightings, whose reactions go with them."""
        self.images.update(self._images_of(message_ids).values())
        for row in self._reactions(message_ids):
            self._touch((row.member_id, row.label_set_id, row.image_hash), at)
        for some in chunks(message_ids):
            self.connection.execute(delete(sightings).where(sightings.c.message_id.in_(some)))
