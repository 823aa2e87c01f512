"""Who is due, for tuning or for shadow work: never a job row, always a query over stored state.

Each is answered from one small index, so it costs what is due and not how many members there are.
"""

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    func,
    or_,
    select,
    text,
)

from core.ports import DueStore, TuningPolicy
from core.vocabulary.profile import ProfileKey
from storage.database.transactions import SqlStore, reading
from storage.schema.queries import may_collect
from storage.schema.tables import labels, members, profiles


class SqlDueStore(SqlStore, DueStore):
    """`core.ports.DueStore` over SQL."""

    @reading
    def for_run(
        self, connection: Connection, now: int, policy: TuningPolicy, *, limit: int, member_id: int | None = None
    ) -> tuple[ProfileKey, ...]:
        rows = list(connection.execute(_of(due_query(now, policy), member_id).limit(limit)))
        if len(rows) < limit:
            rows += connection.execute(_of(restless_query(now, policy), member_id).limit(limit - len(rows)))
        return tuple(ProfileKey(row.member_id, row.label_set_id) for row in rows)

    @reading
    def next_run_at(self, connection: Connection, now: int, policy: TuningPolicy) -> int | None:
        quiet_at = profiles.c.last_label_at + policy.quiet_ms
        due_at = case((profiles.c.retry_at > quiet_at, profiles.c.retry_at), else_=quiet_at)
        found: int | None = connection.scalar(
            select(func.min(due_at))
            .join(members, members.c.member_id == profiles.c.member_id)
            .where(
                _enough(policy),
                or_(profiles.c.last_label_at > now - policy.quiet_ms, profiles.c.retry_at > now),
                may_collect(),
            )
        )
        return found

    @reading
    def for_shadows(
        self, connection: Connection, *, limit: int, member_id: int | None = None
    ) -> tuple[ProfileKey, ...]:
        query = (
            select(profiles.c.member_id, profiles.c.label_set_id)
            .join(members, members.c.member_id == profiles.c.member_id)
            .where(text("profiles.unshadowed"), may_collect())
            .order_by(profiles.c.last_label_at, profiles.c.member_id, profiles.c.label_set_id)
            .limit(limit)
        )
        found = connection.execute(_of(query, member_id))
        return tuple(ProfileKey(row.member_id, row.label_set_id) for row in found)


def due_query(now: int, policy: TuningPolicy) -> Select[tuple[int, str]]:
    """The query behind `for_run`, in the order of its index."""
    return (
        select(profiles.c.member_id, profiles.c.label_set_id)
        .join(members, members.c.member_id == profiles.c.member_id)
        .where(
            _enough(policy),
            profiles.c.last_label_at <= now - policy.quiet_ms,
            _not_put_off(now, policy),
            may_collect(),
        )
        .order_by(profiles.c.last_label_at, profiles.c.retry_at)
    )


def restless_query(now: int, policy: TuningPolicy) -> Select[tuple[int, str]]:
    """Who has not paused yet, and had enough labels as long ago as anybody is waited for; or whose last label
    was given by a clock that was ahead, which nobody waits for.
    """
    had = (
        select(func.count())
        .where(
            labels.c.member_id == profiles.c.member_id,
            labels.c.label_set_id == profiles.c.label_set_id,
            labels.c.first_at <= now - policy.longest_ms,
        )
        .correlate(profiles)
        .scalar_subquery()
    )
    new = had - profiles.c.labels_at_run
    renewed = and_(
        profiles.c.labels_at_run > 0, new >= policy.renew_min, new >= policy.renew_share * profiles.c.lasting
    )
    first = and_(profiles.c.labels_at_run == 0, had >= profiles.c.min_labels)
    return (
        select(profiles.c.member_id, profiles.c.label_set_id)
        .join(members, members.c.member_id == profiles.c.member_id)
        .where(
            _enough(policy),
            profiles.c.last_label_at > now - policy.quiet_ms,
            _not_put_off(now, policy),
            may_collect(),
            or_(first, renewed, profiles.c.last_label_at > now + policy.quiet_ms),
        )
        .order_by(profiles.c.last_label_at)
    )


def _not_put_off(now: int, policy: TuningPolicy) -> ColumnElement[bool]:
    return or_(profiles.c.retry_at <= now, profiles.c.retry_at > now + policy.put_off_ms)


def _of(query: Select[tuple[int, str]], member_id: int | None) -> Select[tuple[int, str]]:
    return query if member_id is None else query.where(profiles.c.member_id == member_id)


def _enough(policy: TuningPolicy) -> ColumnElement[bool]:
    """Enough labels: `waiting` is 0 before a first run is allowed, else the labels since the last run."""
    renewed = and_(
        profiles.c.waiting >= policy.renew_min,
        profiles.c.waiting >= policy.renew_share * profiles.c.lasting,
    )
    return and_(text("profiles.waiting > 0"), or_(profiles.c.labels_at_run == 0, renewed))
