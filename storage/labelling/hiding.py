"""How many labels a change of a server's settings would hide, before it is made.

A label that something else still speaks for, a reaction elsewhere or a rating, is not hidden.
"""

from typing import Any

from sqlalchemy import Connection, Text, and_, cast, exists, func, or_, select, tuple_

from core.vocabulary.server_settings import ServerSettings
from storage.labelling.carrying import Carrying
from storage.schema.queries import chunks, many
from storage.schema.tables import labels, ratings, reactions, sightings
from storage.stores.judging import counting
from storage.stores.servers import settings_of


def hidden_by(connection: Connection, new: ServerSettings) -> int:
    """Labels that would not count with these settings, or, with other emotions, not here."""
    old = settings_of(connection, new.server_id)
    if new.label_set.id != old.label_set.id:
        return _felt_here(connection, old, new)
    return _only_from_what_goes(connection, new)


def _felt_here(connection: Connection, old: ServerSettings, new: ServerSettings) -> int:
    """Of how many labels that were made here something does not live on."""
    carrying, of_set = Carrying(connection, new), old.label_set.id
    r, s, rated = reactions.c, sightings.c, ratings.c
    what = (r.member_id, r.label_set_id, r.image_hash)
    reacted = select(*what).join(sightings, s.message_id == r.message_id).distinct()
    there = (s.server_id == old.server_id, s.counts)
    here = reacted.where(*there, _in_any_mood(r.label_set_id, of_set), ~carrying.lives_on())
    told = select(ratings).where(rated.server_id == old.server_id, _in_any_mood(rated.label_set_id, of_set))
    pairs = {(row.member_id, row.label_set_id, row.image_hash) for row in many(connection, here)}
    lost = (row for row in many(connection, told) if carrying.said(row) is None)
    pairs.update((row.member_id, row.label_set_id, row.image_hash) for row in lost)
    key = tuple_(labels.c.member_id, labels.c.label_set_id, labels.c.image_hash)
    query = select(func.count()).select_from(labels)
    return sum(connection.scalar(query.where(key.in_(some))) or 0 for some in chunks(sorted(pairs)))


def _in_any_mood(column: Any, label_set_id: str) -> Any:
    return or_(column == label_set_id, column.startswith(f"{label_set_id}.", autoescape=True))


def _only_from_what_goes(connection: Connection, new: ServerSettings) -> int:
    seen, other, elsewhere = sightings.alias(), reactions.alias(), sightings.alias()
    lost = (
        select(reactions.c.member_id, reactions.c.label_set_id, reactions.c.image_hash)
        .join(seen, seen.c.message_id == reactions.c.message_id)
        .where(_goes(seen.c, new))
    )
    stays = exists().where(
        _about_the_same(other.c),
        elsewhere.c.message_id == other.c.message_id,
        elsewhere.c.counts,
        ~_goes(elsewhere.c, new),
    )
    rated = exists().where(_about_the_same(ratings.c), cast(ratings.c.emotions, Text) != "[]")
    key = tuple_(labels.c.member_id, labels.c.label_set_id, labels.c.image_hash)
    query = select(func.count()).select_from(labels).where(key.in_(lost), ~or_(stays, rated))
    return int(connection.execute(query).scalar_one())


def _goes(seen: Any, new: ServerSettings) -> Any:
    """Whether what was sighted counts now and would no longer."""
    return and_(seen.server_id == new.server_id, seen.counts, ~counting(seen, new))


def _about_the_same(fact: Any) -> Any:
    return and_(
        fact.member_id == labels.c.member_id,
        fact.label_set_id == labels.c.label_set_id,
        fact.image_hash == labels.c.image_hash,
    )
