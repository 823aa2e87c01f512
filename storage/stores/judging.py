"""Whether what was sighted before may still be used: by the one policy, on what is stored of each message."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, false, func, or_, select, update

from core.collecting.excluded import Exclusions
from core.collecting.policy import may_use_image, may_use_sighted, spot_of
from core.vocabulary.changes import Sighting
from core.vocabulary.server_settings import ServerSettings
from storage.schema.queries import chunks
from storage.schema.tables import sightings
from storage.stores.excluded import any_said, said_about
from storage.stores.servers import settings_of

NOTHING_SAID = Exclusions()


def sighting_of(row: Row[Any]) -> Sighting:
    """A sighting as it is stored."""
    return Sighting(**{field.name: row._mapping[field.name] for field in fields(Sighting)})


class Judging:
    """Judges sighted messages in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._places: dict[int, ServerSettings] = {}

    def seen(self, message_ids: Iterable[int]) -> list[Row[Any]]:
        """What is stored of messages."""
        return [
            row
            for some in chunks(set(message_ids))
            for row in self._connection.execute(select(sightings).where(sightings.c.message_id.in_(some)))
        ]

    def said(self, seen: Iterable[Sighting]) -> Exclusions:
        """Every no about these messages, those who posted them and what they show."""
        if not any_said(self._connection):
            return NOTHING_SAID
        seen = list(seen)
        return said_about(
            self._connection,
            (s.message_id for s in seen),
            (s.author_id for s in seen),
            (s.image_hash for s in seen),
        )

    def excluded(self, message_ids: Iterable[int]) -> list[Sighting]:
        """Those messages whose picture may not be used at somebody's word."""
        seen = [sighting_of(row) for row in self.seen(message_ids)]
        said = self.said(seen)
        return [s for s in seen if may_use_image(s.image_hash, spot_of(s), said)]

    def count_anew(self, message_ids: Iterable[int]) -> list[int]:
        """Note whether their server lets each count now; those for which that is news."""
        news: dict[bool, list[int]] = {True: [], False: []}
        for row in self.seen(message_ids):
            seen = sighting_of(row)
            if seen.server_id is not None and row.counts != (counts := self._counts(seen)):
                news[counts].append(seen.message_id)
        for counts, ids in news.items():
            for some in chunks(ids):
                changed = update(sightings).where(sightings.c.message_id.in_(some)).values(counts=counts)
                self._connection.execute(changed)
        return [*news[True], *news[False]]

    def _counts(self, seen: Sighting) -> bool:
        server_id = seen.server_id or 0
        if server_id not in self._places:
            self._places[server_id] = settings_of(self._connection, server_id)
        place = self._places[server_id]
        if seen.nsfw is None:  # from before that was kept: nothing speaks against it
            return True
        return may_use_sighted(seen, place, NOTHING_SAID) is None


def misjudged(place: ServerSettings) -> ColumnElement[bool]:
    """The messages for which `Judging.count_anew` would be news."""
    c = sightings.c
    counts = counting(c, place)
    return (c.server_id == place.server_id) & or_(c.counts & ~counts, ~c.counts & counts)


def counting(seen: Any, place: ServerSettings) -> ColumnElement[bool]:
    """What `Judging` says of a sighting, in SQL: whether these settings let it count. `seen`: its columns."""
    chosen = sorted(place.channels)
    here = or_(seen.channel_id.in_(chosen), seen.parent_id.in_(chosen)) if chosen else false()
    hidden: ColumnElement[bool] = false()
    if not place.allow_nsfw:
        hidden = or_(hidden, seen.nsfw)
    if not place.allow_spoilers:
        hidden = or_(hidden, func.coalesce(seen.spoiler, false()))
    return or_(seen.nsfw.is_(None), func.coalesce(here, false()) & ~hidden)
