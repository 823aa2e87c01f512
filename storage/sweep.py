"""What nobody needs any more goes: sightings without a reaction, images without a sighting or rating.

An image's answers go with it, since they describe it. Images are large and erasing overwrites them, so
many of them are swept in several small transactions.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, delete, exists, select

from storage.queries import chunks
from storage.tables import answers, images, ratings, reactions, sightings


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


def sweep_some(connection: Connection, limit: int) -> int:
    """Delete up to `limit` images that nothing needs, whichever they are; how many it was."""
    found = list(connection.scalars(select(images.c.hash).where(unneeded()).limit(limit)))
    _delete(connection, found)
    return len(found)


def sweep_answers(connection: Connection) -> None:
    """Delete shared answers about pictures that are not kept: somebody's question once, and only a cache."""
    kept = exists().where(images.c.hash == answers.c.about)
    connection.execute(delete(answers).where(answers.c.about.is_not(None), answers.c.owner.is_(None), ~kept))


def unneeded() -> ColumnElement[bool]:
    """Images without a sighting and without a rating."""
    seen = exists().where(sightings.c.image_hash == images.c.hash)
    rated = exists().where(ratings.c.image_hash == images.c.hash)
    return ~seen & ~rated


def _delete(connection: Connection, hashes: list[str]) -> None:
    if hashes:
        connection.execute(delete(answers).where(answers.c.about.in_(hashes)))
        connection.execute(delete(images).where(images.c.hash.in_(hashes)))
