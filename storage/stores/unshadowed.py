"""Which labels wait to test the active version; a profile's mark says whether there is one.

The mark makes finding who has shadow work cheap. Whoever changes labels, versions or shadows brings it in
line in the same transaction.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, and_, bindparam, exists, literal, select, tuple_, update

from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import VersionStatus
from storage.schema.queries import chunks
from storage.schema.tables import feelprints, labels, learned, profiles, shadows


def waits_for_shadow() -> ColumnElement[bool]:
    """Labels that are a fair test of a version and were not used as one: new since, not learnt from."""
    same = and_(
        labels.c.member_id == feelprints.c.member_id,
        labels.c.label_set_id == feelprints.c.label_set_id,
    )
    tested = exists().where(
        shadows.c.member_id == labels.c.member_id,
        shadows.c.label_set_id == labels.c.label_set_id,
        shadows.c.image_hash == labels.c.image_hash,
        shadows.c.version == feelprints.c.version,
    )
    known = exists().where(
        learned.c.member_id == labels.c.member_id,
        learned.c.label_set_id == labels.c.label_set_id,
        learned.c.image_hash == labels.c.image_hash,
        learned.c.version <= feelprints.c.version,
    )
    return and_(same, labels.c.first_at > feelprints.c.created_at, ~tested, ~known)


_OF_PROFILES = (  # built once, as it is asked with every label
    update(profiles)
    .where(tuple_(profiles.c.member_id, profiles.c.label_set_id).in_(bindparam("some", expanding=True)))
    .values(
        unshadowed=exists(
            select(literal(1))
            .select_from(feelprints.join(labels, waits_for_shadow()))
            .where(
                feelprints.c.member_id == profiles.c.member_id,
                feelprints.c.label_set_id == profiles.c.label_set_id,
                feelprints.c.status == VersionStatus.ACTIVE,
            )
        )
    )
)


def note_unshadowed(connection: Connection, keys: Iterable[ProfileKey]) -> None:
    """Bring the profiles' mark in line with their labels, the active versions and their shadows."""
    for some in chunks((k.member_id, k.label_set_id) for k in keys):
        connection.execute(_OF_PROFILES, {"some": some})
