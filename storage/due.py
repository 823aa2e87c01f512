"""Who is due, for tuning or for shadow work: never a job row, always a query over stored state.

Each is answered from one small index, so it costs what is due and not how many members there are.
"""

from collections.abc import Iterable

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
    update,
)

from core.ports import Due
from storage.queries import chunks, may_collect
from storage.tables import feelprints, labels, learned, members, profiles, shadows


def due(
    connection: Connection, now: int, *, quiet_ms: int, renew_min: int, renew_share: float, limit: int
) -> tuple[Due, ...]:
    """Profiles due for a run, longest waiting first; see `core.ports.TuningStore.due`."""
    rows = connection.execute(due_query(now, quiet_ms, renew_min, renew_share).limit(limit))
    return tuple(Due(row.member_id, row.label_set_id) for row in rows)


def due_query(now: int, quiet_ms: int, renew_min: int, renew_share: float) -> Select[tuple[int, str]]:
    """The query behind `due`, in the order of its index."""
    return (
        select(profiles.c.member_id, profiles.c.label_set_id)
        .join(members, members.c.member_id == profiles.c.member_id)
        .where(
            _enough(renew_min, renew_share),
            profiles.c.last_label_at <= now - quiet_ms,
            profiles.c.retry_at <= now,
            may_collect(),
        )
        .order_by(profiles.c.last_label_at, profiles.c.retry_at)
    )


def next_due_at(
    connection: Connection, now: int, *, quiet_ms: int, renew_min: int, renew_share: float
) -> int | None:
    """When the next profile that is not due yet becomes so by waiting alone."""
    quiet_at = profiles.c.last_label_at + quiet_ms
    due_at = case((profiles.c.retry_at > quiet_at, profiles.c.retry_at), else_=quiet_at)
    found: int | None = connection.scalar(
        select(func.min(due_at))
        .join(members, members.c.member_id == profiles.c.member_id)
        .where(
            _enough(renew_min, renew_share),
            or_(profiles.c.last_label_at > now - quiet_ms, profiles.c.retry_at > now),
            may_collect(),
        )
    )
    return found


def _enough(renew_min: int, renew_share: float) -> ColumnElement[bool]:
    """Enough labels: `waiting` is 0 before a first run is allowed, else the labels since the last run."""
    renewed = and_(
        profiles.c.waiting >= renew_min,
        profiles.c.waiting >= renew_share * profiles.c.labels_at_run,
    )
    return and_(text("profiles.waiting > 0"), or_(profiles.c.labels_at_run == 0, renewed))


def unshadowed() -> ColumnElement[bool]:
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


def note_unshadowed(connection: Connection, keys: Iterable[tuple[int, str]]) -> None:
    """Bring the profiles' mark in line with their labels; whoever changes labels, versions or shadows calls it."""
    key = tuple_(profiles.c.member_id, profiles.c.label_set_id)
    waits = exists(
        select(literal(1))
        .select_from(feelprints.join(labels, unshadowed()))
        .where(
            feelprints.c.member_id == profiles.c.member_id,
            feelprints.c.label_set_id == profiles.c.label_set_id,
            feelprints.c.status == "active",
        )
    )
    for some in chunks(keys):
        connection.execute(update(profiles).where(key.in_(some)).values(unshadowed=waits))


def shadow_due(connection: Connection, *, limit: int) -> tuple[Due, ...]:
    """Profiles with a label that their deployed version was not tested on yet, longest waiting first."""
    query = (
        select(profiles.c.member_id, profiles.c.label_set_id)
        .join(members, members.c.member_id == profiles.c.member_id)
        .where(text("profiles.unshadowed"), may_collect())
        .order_by(profiles.c.last_label_at, profiles.c.member_id, profiles.c.label_set_id)
        .limit(limit)
    )
    return tuple(Due(row.member_id, row.label_set_id) for row in connection.execute(query))
