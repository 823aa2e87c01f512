"""What people who manage a server are told of it: numbers over everybody there, never a row of one."""

from collections import defaultdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, Double, and_, case, cast, delete, func, select, union

from core.ports import Caps, NearlySpent, Overview, OverviewStore
from core.vocabulary.mood import WEEK_MS, Mood, mood_of
from storage.database.transactions import SqlStore, reading, writing
from storage.erasing.sweep import says_something
from storage.schema.queries import insert, many, may_collect, put
from storage.schema.tables import members, moods, ratings, reactions, servers, sightings, spending, walks, warnings
from storage.stores.answers import NANO
from storage.stores.servers import settings_of
from storage.stores.spending import DAY_HOURS, HOUR_MS, Kind, accounts_of, spent_by

_DAY_MS = DAY_HOURS * HOUR_MS


class SqlOverviewStore(SqlStore, OverviewStore):
    """`core.ports.OverviewStore` over SQL."""

    @reading
    def of(self, connection: Connection, server_id: int) -> Overview:
        what = ("member_id", "label_set_id", "image_hash")
        reacted = _reacted(server_id, *what)
        rated = select(*(ratings.c[name] for name in what)).where(_rated(server_id))
        made = union(reacted, rated).subquery()
        counted = select(func.count(), func.count(made.c.member_id.distinct())).select_from(made)
        labels, people = connection.execute(counted).one()
        last = select(func.max(walks.c.round)).scalar_subquery()
        behind = func.count().filter(walks.c.round < last)
        there = select(func.count(), behind, func.max(walks.c.turn)).where(walks.c.server_id == server_id)
        channels, left, turn = connection.execute(there).one()
        return Overview(labels, people, channels, left, turn or 0)

    @writing
    def mood(self, connection: Connection, server_id: int, week: int) -> Mood | None:
        label_set = settings_of(connection, server_id).label_set
        known = connection.execute(select(moods).where(moods.c.server_id == server_id)).first()
        if known is not None and known.week >= week:
            same = known.week == week and known.label_set_id == label_set.id and known.people
            return Mood(known.shares, known.people) if same else None
        found = mood_of(_felt(connection, server_id, label_set.id, week))
        shares, people = (found.shares, found.people) if found else ({}, 0)
        row = {"server_id": server_id, "week": week, "label_set_id": label_set.id}
        put(connection, moods, [{**row, "shares": shares, "people": people}])
        return found

    @reading
    def spent(self, connection: Connection, server_id: int | None) -> float:
        *_, account = accounts_of(None, server_id, Caps(), joined=False)
        return spent_by(connection, account, self._clock.now_ms()) / NANO

    @reading
    def nearly_spent(self, connection: Connection, caps: Caps, share: float) -> tuple[NearlySpent, ...]:
        now = self._clock.now_ms()
        spent = func.sum(spending.c.nano_usd)
        lately = spending.c.hour >= now // HOUR_MS - DAY_HOURS
        told = set(connection.scalars(select(warnings.c.account).where(warnings.c.at > now - _DAY_MS)))
        found = []
        for kind, cap in ((Kind.BOT, cast(caps.usd_day, Double)), (Kind.SERVER, _cap(caps.server_usd_day))):
            query = select(spending.c.account, spent.label("spent"), cap.label("cap")).group_by(spending.c.account)
            query = query.where(lately, spending.c.kind == kind.value).order_by(spending.c.account)
            query = query.outerjoin(servers, servers.c.server_id == spending.c.account)
            much = (cap > 0) & (spent >= cap * (share * NANO))
            for row in connection.execute(query.group_by(servers.c.usd_per_day).having(much)):
                if row.account not in told:
                    found.append(NearlySpent(row.account or None, int(row.spent) / NANO, row.cap))
        return tuple(found)

    @writing
    def warn(self, connection: Connection, server_id: int | None) -> bool:
        now = self._clock.now_ms()
        statement = insert(connection, warnings).values(account=server_id or 0, at=now)
        again = statement.on_conflict_do_update(
            index_elements=["account"], set_={"at": now}, where=warnings.c.at <= now - _DAY_MS
        )
        return connection.execute(again.returning(warnings.c.account)).first() is not None

    @writing
    def unwarn(self, connection: Connection, server_id: int | None) -> None:
        connection.execute(delete(warnings).where(warnings.c.account == (server_id or 0)))


def _cap(usd: float | None) -> ColumnElement[float]:
    """A server's cap: the lower of everybody's and what it chose, if there is any."""
    chosen, of_all = servers.c.usd_per_day, cast(usd, Double)
    return case((chosen < of_all, chosen), else_=func.coalesce(of_all, chosen))


def _reacted(server_id: int, *names: str) -> Any:
    """Columns of reactions that count there."""
    there = and_(sightings.c.message_id == reactions.c.message_id, sightings.c.server_id == server_id)
    return select(*(reactions.c[name] for name in names)).join(sightings, there & sightings.c.counts)


def _rated(server_id: int) -> Any:
    return (ratings.c.server_id == server_id) & says_something()


def _felt(connection: Connection, server_id: int, label_set_id: str, week: int) -> dict[int, dict[str, float]]:
    """What each felt there within a week, a reaction or an answer by buttons counting one."""
    felt: defaultdict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for table, query in (
        (reactions, _reacted(server_id, "member_id", "emotion")),
        (ratings, select(ratings.c.member_id, ratings.c.emotions).where(_rated(server_id))),
    ):
        within = (table.c.at >= week) & (table.c.at < week + WEEK_MS)
        theirs = query.join(members, members.c.member_id == table.c.member_id)
        for row in many(connection, theirs.where(within, table.c.label_set_id == label_set_id, may_collect())):
            emotions = [row.emotion] if table is reactions else row.emotions
            for emotion in emotions:
                felt[row.member_id][emotion] += 1 / len(emotions)
    return felt
