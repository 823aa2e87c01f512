"""Who is due, for tuning or for shadow work: never a job row, always a query over stored state.

Each is answered from one small index, so it costs what is due and not how many members there are.
"""

from functools import cache

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
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
        whose = {} if member_id is None else {"member_id": member_id}
        rows: list[Row[tuple[int, str]]] = []
        for query in (due_query, restless_query):
            if (left := limit - len(rows)) > 0:
                asked = query(policy, of_one=member_id is not None)
                rows += connection.execute(asked, {"now": now, "most": left, **whose})
        return tuple(ProfileKey(row.member_id, row.label_set_id) for row in rows)

    @reading
    def next_run_at(self, connection: Connection, now: int, policy: TuningPolicy) -> int | None:
        return connection.execute(_next_query(policy), {"now": now}).scalar()

    @reading
    def for_shadows(
        self, connection: Connection, *, limit: int, member_id: int | None = None
    ) -> tuple[ProfileKey, ...]:
        whose = {} if member_id is None else {"member_id": member_id}
        found = connection.execute(_shadows_query(member_id is not None), {"most": limit, **whose})
        return tuple(ProfileKey(row.member_id, row.label_set_id) for row in found)


_NOW, _MOST = bindparam("now", type_=BigInteger), bindparam("most", type_=Integer)
"""What differs each time; the rest is built once, as that takes longer than its answer."""


@cache
def due_query(policy: TuningPolicy, *, of_one: bool = False) -> Select[tuple[int, str]]:
    """The query behind `for_run`, in the order of its index; it is given `now`, `most` and perhaps `member_id`."""
    query = (
        select(profiles.c.member_id, profiles.c.label_set_id)
        .join(members, members.c.member_id == profiles.c.member_id)
        .where(
            _enough(policy),
            profiles.c.last_label_at <= _NOW - policy.quiet_ms,
            _not_put_off(policy),
            may_collect(),
        )
        .order_by(profiles.c.last_label_at, profiles.c.retry_at)
    )
    return _of(query, of_one)


@cache
def restless_query(policy: TuningPolicy, *, of_one: bool = False) -> Select[tuple[int, str]]:
    """Who has not paused yet, and had enough labels as long ago as anybody is waited for; or whose last label
    was given by a clock that was ahead, which nobody waits for.
    """
    had = (
        select(func.count())
        .where(
            labels.c.member_id == profiles.c.member_id,
            labels.c.label_set_id == profiles.c.label_set_id,
            labels.c.first_at <= _NOW - policy.longest_ms,
        )
        .correlate(profiles)
        .scalar_subquery()
    )
    new = had - profiles.c.labels_at_run
    renewed = and_(
        profiles.c.labels_at_run > 0, new >= policy.renew_min, new >= policy.renew_share * profiles.c.lasting
    )
    first = and_(profiles.c.labels_at_run == 0, had >= profiles.c.min_labels)
    query = (
        select(profiles.c.member_id, profiles.c.label_set_id)
        .join(members, members.c.member_id == profiles.c.member_id)
        .where(
            _enough(policy),
            profiles.c.last_label_at > _NOW - policy.quiet_ms,
            _not_put_off(policy),
            may_collect(),
            or_(first, renewed, profiles.c.last_label_at > _NOW + policy.quiet_ms),
        )
        .order_by(profiles.c.last_label_at)
    )
    return _of(query, of_one)


@cache
def _next_query(policy: TuningPolicy) -> Select[int]:
    quiet_at = profiles.c.last_label_at + policy.quiet_ms
    due_at = case((profiles.c.retry_at > quiet_at, profiles.c.retry_at), else_=quiet_at)
    return (
        select(func.min(due_at))
        .join(members, members.c.member_id == profiles.c.member_id)
        .where(
            _enough(policy),
            or_(profiles.c.last_label_at > _NOW - policy.quiet_ms, profiles.c.retry_at > _NOW),
            may_collect(),
        )
    )


@cache
def _shadows_query(of_one: bool) -> Select[tuple[int, str]]:
    query = (
        select(profiles.c.member_id, profiles.c.label_set_id)
        .join(members, members.c.member_id == profiles.c.member_id)
        .where(text("profiles.unshadowed"), may_collect())
        .order_by(profiles.c.last_label_at, profiles.c.member_id, profiles.c.label_set_id)
    )
    return _of(query, of_one)


def _not_put_off(policy: TuningPolicy) -> ColumnElement[bool]:
    return or_(profiles.c.retry_at <= _NOW, profiles.c.retry_at > _NOW + policy.put_off_ms)


def _of(query: Select[tuple[int, str]], of_one: bool) -> Select[tuple[int, str]]:
    """The first `most`, of one member or of all."""
    if of_one:
        query = query.where(profiles.c.member_id == bindparam("member_id"))
    return query.limit(_MOST)


def _enough(policy: TuningPolicy) -> ColumnElement[bool]:
    """Enough labels: `waiting` is 0 before a first run is allowed, else the labels since the last run."""
    renewed = and_(
        profiles.c.waiting >= policy.renew_min,
        profiles.c.waiting >= policy.renew_share * profiles.c.lasting,
    )
    return and_(text("profiles.waiting > 0"), or_(profiles.c.labels_at_run == 0, renewed))
