"""What nobody needs any more goes: sightings without a reaction, images without a sighting or rating.

An image's answers go with it, since they describe it. Images are large and erasing overwrites them, so
many of them are swept in several small transactions.
"""

from collections.abc import Iterable
from functools import cache

from sqlalchemy import ColumnElement, Connection, Text, cast, delete, exists, func, select

from storage.schema.queries import CHUNK, chunks
from storage.schema.tables import answers, images, ratings, reactions, sightings

AT_ONCE = 800
AT_ONCE_BYTES = 8 * 1024 * 1024
"""Images and their bytes that one transaction deletes: some ten milliseconds' worth."""


def sweep_sightings(connection: Connection, message_ids: Iterable[int]) -> None:
    """Delete those sightings that have no reaction left."""
    unseen = ~exists().where(reactions.c.message_id == sightings.c.message_id)
    for some in chunks(message_ids):
        connection.execute(delete(sightings).where(sightings.c.message_id.in_(some), unseen))


def sweep_images(connection: Connection, image_hashes: Iterable[str]) -> None:
    """Delete those images that nothing needs, with answers about them."""
    for some in chunks(image_hashes):
        query = select(images.c.hash).where(images.c.hash.in_(some), unneeded())
        _delete(connection, list(connection.scalars(query)))


def some_of(connection: Connection, hashes: list[str]) -> tuple[list[str], list[str]]:
    """The first of many images, as many as one transaction should delete, and the rest."""
    query = select(images.c.hash, func.length(images.c.jpeg).label("bytes")).where(
        images.c.hash.in_(hashes[:AT_ONCE])
    )
    sizes = {row.hash: row.bytes for row in connection.execute(query)}
    some, room = 0, AT_ONCE_BYTES
    while some < len(hashes[:AT_ONCE]) and room > 0:
        room -= sizes.get(hashes[some], 0)
        some += 1
    return hashes[:some], hashes[some:]


def unneeded_after(connection: Connection, after: str) -> tuple[list[str], str | None]:
    """Of the next images by hash those that nothing needs, and the hash to go on after, None at the end; a start
    after a kill asks, who forgets somebody knows which they are.
    """
    page = select(images.c.hash).where(images.c.hash > after).order_by(images.c.hash).limit(CHUNK)
    hashes = list(connection.scalars(page))
    query = select(images.c.hash).where(images.c.hash.in_(hashes), unneeded())
    return list(connection.scalars(query)), hashes[-1] if len(hashes) == CHUNK else None


@cache
def unneeded() -> ColumnElement[bool]:
    """Images without a sighting and without a rating that says anything."""
    seen = exists().where(sightings.c.image_hash == images.c.hash)
    rated = exists().where(ratings.c.image_hash == images.c.hash, says_something())
    return ~seen & ~rated


@cache
def says_something() -> ColumnElement[bool]:
    """Ratings with an emotion."""
    return cast(ratings.c.emotions, Text) != "[]"


def sweep_answers(connection: Connection, image_hashes: Iterable[str]) -> None:
    """Delete answers about images that are not stored."""
    stored = exists().where(images.c.hash == answers.c.about)
    for some in chunks(image_hashes):
        connection.execute(delete(answers).where(answers.c.about.in_(some), ~stored))


def _delete(connection: Connection, hashes: list[str]) -> None:
    if hashes:
        connection.execute(delete(answers).where(answers.c.about.in_(hashes)))
        connection.execute(delete(images).where(images.c.hash.in_(hashes)))
