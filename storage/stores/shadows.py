"""Shadow records, and the labels that the active version was neither learnt from nor tested on."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select, update

from core.ports import Scored, Shadow, ShadowStore
from core.vocabulary.label import Label
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import VersionStatus
from storage.database.transactions import SqlStore, reading, writing
from storage.schema.queries import add, chunks, columns_of, many, of
from storage.schema.tables import feelprints, labels, profiles, shadows
from storage.stores.unshadowed import note_unshadowed, waits_for_shadow


class SqlShadowStore(SqlStore, ShadowStore):
    """`core.ports.ShadowStore` over SQL."""

    @reading
    def unshadowed(self, connection: Connection, key: ProfileKey, *, limit: int) -> tuple[Label, ...]:
        query = (
            select(labels.c.image_hash, labels.c.felt, labels.c.updated_at)
            .select_from(labels.join(feelprints, waits_for_shadow()))
            .where(of(feelprints, key), feelprints.c.status == VersionStatus.ACTIVE)
            .order_by(labels.c.first_at, labels.c.image_hash)
            .limit(limit)
        )
        found = connection.execute(query)
        return tuple(Label(key.member_id, row.image_hash, row.felt, row.updated_at) for row in found)

    @writing
    def put(
        self, connection: Connection, key: ProfileKey, rows: Sequence[Shadow], *, lasting: int | None = None
    ) -> None:
        found = {
            image_hash
            for some in chunks(row.image_hash for row in rows)
            for image_hash in connection.scalars(
                select(labels.c.image_hash).where(of(labels, key), labels.c.image_hash.in_(some))
            )
        }
        there = [row for row in rows if row.image_hash in found]
        add(connection, shadows, ({**columns_of(key), **_row(row)} for row in there))
        if lasting is not None:
            fewer = update(profiles).where(of(profiles, key), profiles.c.lasting > lasting)
            connection.execute(fewer.values(lasting=lasting))
        note_unshadowed(connection, [key])

    @reading
    def all(self, connection: Connection, key: ProfileKey, version: int | None = None) -> tuple[Shadow, ...]:
        query = select(shadows).where(of(shadows, key))
        if version is not None:
            query = query.where(shadows.c.version == version)
        # In order here: asked for by time, SQLite goes through everybody's, whose index is in that order.
        rows = sorted(many(connection, query), key=lambda row: (row.at, row.version, row.image_hash))
        return tuple(_shadow(row) for row in rows)

    @reading
    def pooled(self, connection: Connection, label_set_id: str, *, limit: int, members: int) -> tuple[Scored, ...]:
        query = (
            select(shadows.c.member_id, shadows.c.distribution, shadows.c.hit)
            .where(shadows.c.label_set_id == label_set_id)
            .order_by(shadows.c.at.desc(), shadows.c.image_hash, shadows.c.version, shadows.c.member_id)
            .limit(limit)
        )
        rows = list(many(connection, query))
        whose = {member: number for number, member in enumerate(sorted({row.member_id for row in rows}))}
        if len(whose) < members:
            return ()
        return tuple(Scored(tuple(row.distribution), row.hit, whose[row.member_id]) for row in rows)


def _shadow(row: Row[Any]) -> Shadow:
    return Shadow(
        version=row.version,
        image_hash=row.image_hash,
        at=row.at,
        distribution=tuple(row.distribution),
        hit=row.hit,
        generic_hit=row.generic_hit,
        rules_held=row.rules_held,
    )


def _row(shadow: Shadow) -> dict[str, Any]:
    return {
        "version": shadow.version,
        "image_hash": shadow.image_hash,
        "at": shadow.at,
        "distribution": list(shadow.distribution),
        "hit": shadow.hit,
        "generic_hit": shadow.generic_hit,
        "rules_held": dict(shadow.rules_held),
    }
