"""The outbox of news for members. A row is taken by one update of it, so of several processes one gets it."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, delete, exists, func, select, update

from core.ports import Notice, NoticeStore
from core.vocabulary.profile import ProfileKey
from storage.database.transactions import SqlStore, reading, writing
from storage.schema.queries import chunks, may_collect, of
from storage.schema.tables import members, notices, runs
from storage.stores.runs import report_of

_AT_PRESS = exists().where(members.c.member_id == notices.c.member_id, members.c.told_at_press)
"""Its member has chosen so."""


class SqlNoticeStore(SqlStore, NoticeStore):
    """`core.ports.NoticeStore` over SQL."""

    @reading
    def waiting(self, connection: Connection, *, limit: int) -> tuple[ProfileKey, ...]:
        return _keys(connection, self._free() & notices.c.refused.is_(False) & ~_AT_PRESS, limit)

    @reading
    def refused(self, connection: Connection, member_id: int) -> tuple[ProfileKey, ...]:
        theirs = (notices.c.member_id == member_id) & (notices.c.refused | _AT_PRESS)
        return _keys(connection, self._free() & theirs, None)

    @reading
    def at_press(self, connection: Connection, member_id: int) -> bool:
        chosen = select(members.c.told_at_press).where(members.c.member_id == member_id)
        return bool(connection.scalar(chosen))

    @writing
    def choose(self, connection: Connection, member_id: int, *, at_press: bool) -> None:
        whose = update(members).where(members.c.member_id == member_id)
        connection.execute(whose.values(told_at_press=at_press))
        if not at_press:
            mine = update(notices).where(notices.c.member_id == member_id)
            connection.execute(mine.values(refused=False))

    @writing
    def take(self, connection: Connection, key: ProfileKey, until: int) -> tuple[Notice, ...]:
        mine = update(notices).where(of(notices, key), self._free()).values(taken_until=until)
        taken = {row.run_id: row.asked for row in connection.execute(mine.returning(notices))}
        query = select(runs).where(runs.c.run_id.in_(taken)).order_by(runs.c.started_at, runs.c.finished_at)
        return tuple(Notice(report_of(row), taken[row.run_id]) for row in connection.execute(query))

    @writing
    def told(self, connection: Connection, run_ids: Sequence[str]) -> None:
        for some in chunks(run_ids):
            connection.execute(delete(notices).where(notices.c.run_id.in_(some)))

    @writing
    def refuse(self, connection: Connection, run_ids: Sequence[str]) -> None:
        for some in chunks(run_ids):
            waits = {"refused": True, "taken_until": 0}
            connection.execute(update(notices).where(notices.c.run_id.in_(some)).values(waits))

    def _free(self) -> ColumnElement[bool]:
        """Nobody is telling it, and it may be told."""
        here = exists().where(members.c.member_id == notices.c.member_id, may_collect())
        return (notices.c.taken_until <= self._clock.now_ms()) & here


def _keys(connection: Connection, which: ColumnElement[bool], limit: int | None) -> tuple[ProfileKey, ...]:
    whose = (notices.c.member_id, notices.c.label_set_id)
    query = select(*whose).where(which).group_by(*whose).order_by(func.min(notices.c.at), *whose).limit(limit)
    return tuple(ProfileKey(*row) for row in connection.execute(query))
