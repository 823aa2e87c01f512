"""Labels, images and sightings as `core` reads them; the changes themselves are in `storage.labelling.batch`."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, select, true

from core.ports import Applied, Felt, LabelStore, Profile
from core.vocabulary.changes import Change, Sighting
from core.vocabulary.emotions import MIKELS, LabelSet
from core.vocabulary.images import Image
from core.vocabulary.label import Label
from core.vocabulary.own_moods import OwnMood, number_of, shared_id
from core.vocabulary.profile import ProfileKey
from core.vocabulary.server_settings import ServerSettings
from storage.database.transactions import SqlStore, reading, writing
from storage.erasing.sweep import says_something
from storage.labelling import batch
from storage.labelling.carrying import of_before
from storage.labelling.hiding import hidden_by
from storage.schema.codec import emotions_in
from storage.schema.queries import chunks, many, of
from storage.schema.tables import images, label_sets, labels, profiles, ratings, reactions, sightings
from storage.stores.judging import misjudged, sighting_of
from storage.stores.servers import settings_of


class SqlLabelStore(SqlStore, LabelStore):
    """`core.ports.LabelStore` over SQL."""

    async def apply(self, changes: Sequence[Change]) -> Applied:  # noqa: D102
        return await self._apply(changes) if changes else Applied(frozenset())

    @writing
    def _apply(self, connection: Connection, changes: Sequence[Change]) -> Applied:
        return batch.apply(connection, changes, self._clock.now_ms())

    @writing
    def tidy(self, connection: Connection) -> None:
        batch.tidy(connection, self._clock.now_ms())

    @reading
    def seen(self, connection: Connection, message_id: int) -> tuple[Sighting, Image] | None:
        query = select(sightings, images).join(images).where(sightings.c.message_id == message_id)
        row = connection.execute(query).first()
        return None if row is None else (sighting_of(row), _image(row))

    @reading
    def misjudged(self, connection: Connection, server_id: int, *, limit: int) -> tuple[int, ...]:
        wrong = misjudged(settings_of(connection, server_id))
        return tuple(connection.scalars(select(sightings.c.message_id).where(wrong).limit(limit)))

    @reading
    def of_before(
        self, connection: Connection, server_id: int, *, limit: int
    ) -> tuple[tuple[int, ...], tuple[str, ...]]:
        return of_before(connection, settings_of(connection, server_id), limit)

    @reading
    def hidden_by(self, connection: Connection, settings: ServerSettings) -> int:
        return hidden_by(connection, settings)

    @reading
    def reactions_on(
        self, connection: Connection, message_ids: Sequence[int]
    ) -> frozenset[tuple[int, int, str, bool]]:
        found = reactions.c
        query = select(found.message_id, found.member_id, found.emoji, found.burst)
        return frozenset(
            (row.message_id, row.member_id, row.emoji, row.burst)
            for ids in chunks(message_ids)
            for row in many(connection, query.where(found.message_id.in_(ids)))
        )

    @reading
    def labels(self, connection: Connection, key: ProfileKey) -> tuple[Label, ...]:
        return _made(key, many(connection, _labels(key)))

    @reading
    def label(self, connection: Connection, key: ProfileKey, image_hash: str) -> Label | None:
        found = connection.execute(_labels(key).where(labels.c.image_hash == image_hash))
        return next(iter(_made(key, found)), None)

    @reading
    def image(self, connection: Connection, image_hash: str) -> Image | None:
        row = connection.execute(select(images).where(images.c.hash == image_hash)).first()
        return None if row is None else _image(row)

    @reading
    def felt(self, connection: Connection, member_id: int, image_hash: str | None = None) -> tuple[Felt, ...]:
        found: set[Felt] = set()
        for table, says in ((reactions, true()), (ratings, says_something())):
            query = select(table.c.at, table.c.label_set_id, table.c.image_hash)
            if image_hash is not None:
                query = query.where(table.c.image_hash == image_hash)
            rows = many(connection, query.where(table.c.member_id == member_id, says))
            found.update(Felt(row.at, row.label_set_id, row.image_hash) for row in rows)
        return tuple(sorted(found))

    @reading
    def profile(self, connection: Connection, key: ProfileKey) -> Profile | None:
        row = connection.execute(select(profiles).where(of(profiles, key))).first()
        if row is None:
            return None
        return Profile(
            key,
            labels=row.labels,
            counts=row.counts,
            last_label_at=row.last_label_at,
            labels_at_run=row.labels_at_run,
            lasting=row.lasting,
            min_labels=row.min_labels,
            min_emotions=row.min_emotions,
            retry_at=row.retry_at,
            server_id=row.server_id,
        )

    @reading
    def images_in(self, connection: Connection, message_ids: Sequence[int]) -> Mapping[tuple[int, str], str]:
        queries = [
            select(table.c.message_id, table.c.source, table.c.image_hash) for table in (sightings, ratings)
        ]
        return {
            (row.message_id, row.source): row.image_hash
            for ids in chunks(message_ids)
            for query in queries
            for row in many(connection, query.where(query.selected_columns.message_id.in_(ids)))
            if row.source is not None
        }

    async def label_set(self, label_set_id: str) -> LabelSet | None:  # noqa: D102
        shared = shared_id(label_set_id)
        found = MIKELS if shared == MIKELS.id else await self._label_set(shared)
        return found and found.of_mood(OwnMood(number_of(label_set_id)))

    @reading
    def _label_set(self, connection: Connection, label_set_id: str) -> LabelSet | None:
        query = select(label_sets.c.emotions).where(label_sets.c.label_set_id == label_set_id)
        emotions = connection.execute(query).scalar()
        return None if emotions is None else emotions_in(emotions)


def _labels(key: ProfileKey) -> Select[Any]:
    query = select(labels.c.image_hash, labels.c.felt, labels.c.updated_at).where(of(labels, key))
    return query.order_by(labels.c.updated_at, labels.c.image_hash)


def _made(key: ProfileKey, rows: Iterable[Row[Any]]) -> tuple[Label, ...]:
    return tuple(Label(key.member_id, row.image_hash, row.felt, row.updated_at) for row in rows)


def _image(row: Row[Any]) -> Image:
    return Image(row.hash, bytes(row.jpeg), row.width, row.height)
