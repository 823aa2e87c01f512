"""Labels, images and sightings as `core` reads them; the changes themselves are in `storage.batch`."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from core.ports import Applied, LabelStore, Profile
from core.vocabulary.changes import Change, Sighting
from core.vocabulary.clock import Clock
from core.vocabulary.emotions import MIKELS, LabelSet
from core.vocabulary.images import Image
from core.vocabulary.label import Label
from storage.batch import apply
from storage.codec import emotions_in
from storage.engine import Database
from storage.queries import chunks
from storage.tables import images, label_sets, labels, profiles, reactions, sightings


class SqlLabelStore(LabelStore):
    """`core.ports.LabelStore` over SQL."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def apply(self, changes: Sequence[Change]) -> Applied:
        """Commit a batch of changes in order, in one transaction."""
        return (
            await self._database.write(apply, changes, self._clock.now_ms()) if changes else Applied(frozenset())
        )

    async def sighting(self, message_id: int) -> Sighting | None:
        """Where a message's image is known from."""
        return await self._database.read(_sighting, message_id)

    async def messages_in(self, channel_id: int, since: int) -> frozenset[int]:
        """Messages of a channel with a sighting, from message id `since` on."""
        return await self._database.read(_messages_in, channel_id, since)

    async def reactions_on(self, message_ids: Sequence[int]) -> frozenset[tuple[int, int, str, bool]]:
        """Stored reactions as (message, member, emoji, burst)."""
        return await self._database.read(_reactions_on, message_ids)

    async def labels(self, member_id: int, label_set_id: str) -> tuple[Label, ...]:
        """A member's labels, oldest first by (at, image hash)."""
        return await self._database.read(_labels, member_id, label_set_id)

    async def label(self, member_id: int, label_set_id: str, image_hash: str) -> Label | None:
        """A member's label of one image."""
        found = await self._database.read(_labels, member_id, label_set_id, image_hash)
        return found[0] if found else None

    async def image(self, image_hash: str) -> Image | None:
        """An image's bytes, while a label needs it."""
        return await self._database.read(_image, image_hash)

    async def profile(self, member_id: int, label_set_id: str) -> Profile | None:
        """Where a member stands."""
        return await self._database.read(_profile, member_id, label_set_id)

    async def label_set(self, label_set_id: str) -> LabelSet | None:
        """A label set that a server was set up with, or the default one."""
        return MIKELS if label_set_id == MIKELS.id else await self._database.read(_label_set, label_set_id)


def _sighting(connection: Connection, message_id: int) -> Sighting | None:
    row = connection.execute(select(sightings).where(sightings.c.message_id == message_id)).first()
    return None if row is None else Sighting(**row._mapping)


def _messages_in(connection: Connection, channel_id: int, since: int) -> frozenset[int]:
    seen = sightings.c
    query = select(seen.message_id).where(seen.channel_id == channel_id, seen.message_id >= since)
    return frozenset(connection.scalars(query))


def _reactions_on(connection: Connection, message_ids: Sequence[int]) -> frozenset[tuple[int, int, str, bool]]:
    found = reactions.c
    query = select(found.message_id, found.member_id, found.emoji, found.burst)
    return frozenset(
        (row.message_id, row.member_id, row.emoji, row.burst)
        for ids in chunks(message_ids)
        for row in connection.execute(query.where(found.message_id.in_(ids)))
    )


def _labels(
    connection: Connection, member_id: int, label_set_id: str, image_hash: str | None = None
) -> tuple[Label, ...]:
    query = (
        select(labels.c.image_hash, labels.c.felt, labels.c.updated_at)
        .where(labels.c.member_id == member_id, labels.c.label_set_id == label_set_id)
        .order_by(labels.c.updated_at, labels.c.image_hash)
    )
    if image_hash is not None:
        query = query.where(labels.c.image_hash == image_hash)
    return tuple(Label(member_id, row.image_hash, row.felt, row.updated_at) for row in connection.execute(query))


def _image(connection: Connection, image_hash: str) -> Image | None:
    row = connection.execute(select(images).where(images.c.hash == image_hash)).first()
    return None if row is None else Image(row.hash, bytes(row.jpeg), row.width, row.height)


def _profile(connection: Connection, member_id: int, label_set_id: str) -> Profile | None:
    query = select(profiles).where(profiles.c.member_id == member_id, profiles.c.label_set_id == label_set_id)
    row = connection.execute(query).first()
    if row is None:
        return None
    return Profile(
        member_id=member_id,
        label_set_id=label_set_id,
        labels=row.labels,
        counts=row.counts,
        last_label_at=row.last_label_at,
        labels_at_run=row.labels_at_run,
        min_labels=row.min_labels,
        min_emotions=row.min_emotions,
        retry_at=row.retry_at,
    )


def _label_set(connection: Connection, label_set_id: str) -> LabelSet | None:
    query = select(label_sets.c.emotions).where(label_sets.c.label_set_id == label_set_id)
    emotions = connection.execute(query).scalar()
    return None if emotions is None else emotions_in(emotions)
