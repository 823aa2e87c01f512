"""What may not be used, kept and asked for: also in the transaction that writes, whatever was decided before."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, exists, or_, select

from core.collecting.excluded import Exclusions
from core.ports import Covered, ExclusionStore, Topic
from core.vocabulary.exclusions import By, Exclusion, What
from storage.database.notify import note
from storage.database.transactions import SqlStore, reading, writing
from storage.erasing.sweep import says_something
from storage.schema.queries import chunks, insert, many
from storage.schema.tables import exclusions, ratings, sightings


class SqlExclusionStore(SqlStore, ExclusionStore):
    """`core.ports.ExclusionStore` over SQL."""

    @reading
    def all(self, connection: Connection) -> tuple[Exclusion, ...]:
        return tuple(_said(row) for row in many(connection, select(exclusions)))

    @writing
    def put(self, connection: Connection, said: Sequence[Exclusion]) -> None:
        statement = insert(connection, exclusions)
        new = statement.excluded
        keep_last = statement.on_conflict_do_update(
            index_elements=list(exclusions.primary_key.columns),
            set_={"excluded": new.excluded, "moment": new.moment},
            where=exclusions.c.moment <= new.moment,
        )
        for one in said:
            connection.execute(keep_last, asdict(one))
        note(connection, Topic.EXCLUSIONS)

    @writing  # what nobody finds here is not there: a transaction that would put it there behind this is run again
    def covered(self, connection: Connection, exclusion: Exclusion, *, limit: int) -> Covered:
        messages = select(sightings.c.message_id, sightings.c.image_hash)
        rated = select(ratings.c.message_id, ratings.c.image_hash)
        found = [
            *connection.execute(messages.where(_about(sightings, exclusion)).limit(limit)),
            *connection.execute(rated.where(_about(ratings, exclusion)).limit(limit)),
        ]
        ids = sorted({row.message_id for row in found if row.message_id is not None})
        return Covered(tuple(ids), tuple(sorted({row.image_hash for row in found})))

    @reading
    def nameless(self, connection: Connection, exclusion: Exclusion) -> tuple[tuple[int, int, int], ...]:
        if not exclusion.author_id or exclusion.what is What.MESSAGE:
            return ()
        found: set[tuple[int, int, int]] = set()
        for table in (sightings, ratings):
            columns = (table.c.server_id, table.c.channel_id, table.c.message_id)
            somewhere = [column.is_not(None) for column in columns]
            query = select(*columns).where(table.c.author_id.is_(None), _here(table, exclusion), *somewhere)
            if exclusion.what is What.PICTURE:
                query = query.where(table.c.image_hash == exclusion.subject)
            if table is ratings:
                query = query.where(says_something())
            found.update((row.server_id, row.channel_id, row.message_id) for row in connection.execute(query))
        return tuple(sorted(found))


def _here(table: Table, one: Exclusion) -> ColumnElement[bool]:
    """The rows of where an exclusion holds."""
    # A sum has no index: by that of the server, SQLite would go through all that was ever seen there.
    return table.c.server_id + 0 == one.server_id if one.server_id else table.c.image_hash.is_not(None)


def _about(table: Table, one: Exclusion) -> ColumnElement[bool]:
    """The rows about pictures in messages that an exclusion is about."""
    here = _here(table, one)
    match one.what:
        case What.MESSAGE:
            return table.c.message_id == int(one.subject)
        case What.AUTHOR:
            return here & (table.c.author_id == one.author_id)
        case What.PICTURE:
            same = here & (table.c.image_hash == one.subject)
            if not one.author_id:
                return same
            theirs = table.c.author_id == one.author_id
            return same & (theirs if table is sightings else or_(theirs, table.c.message_id.is_(None)))


def any_said(connection: Connection) -> bool:
    """Whether anybody ever said no to a picture: most never do, and then nothing is asked."""
    return bool(connection.scalar(select(exists().where(exclusions.c.moment >= 0))))


def said_about(
    connection: Connection, messages: Iterable[int | None], authors: Iterable[int | None], images: Iterable[str]
) -> Exclusions:
    """What was said about these messages, people and images, as it stands in this transaction."""
    wanted: dict[What, set[str]] = {
        What.MESSAGE: {str(one) for one in messages if one is not None},
        What.AUTHOR: {str(one) for one in authors if one is not None},
        What.PICTURE: set(images),
    }
    return Exclusions(one for what, subjects in wanted.items() for one in _rows(connection, what, subjects))


def _rows(connection: Connection, what: What, subjects: set[str]) -> Iterator[Exclusion]:
    for some in chunks(sorted(subjects)):
        query = select(exclusions).where(exclusions.c.what == what.value, exclusions.c.subject.in_(some))
        yield from (_said(row) for row in connection.execute(query))


def _said(row: Any) -> Exclusion:
    return Exclusion(**{**row._mapping, "said_by": By(row.said_by), "what": What(row.what)})
