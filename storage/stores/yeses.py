"""Yeses, each kind in its table, asked in the same transaction as what both felt."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, exists, func, or_, select

from core.ports import YesStore
from core.vocabulary.consent import ANYWHERE, EVERYBODY, Yes, YesTo
from core.vocabulary.label import Label
from storage.database.transactions import SqlStore, reading, writing
from storage.schema.queries import add, may_collect
from storage.schema.tables import askable, donors, labels, members, players, yeses

TABLES: Mapping[YesTo, Table] = {
    YesTo.COMPARE: yeses,
    YesTo.ASK: askable,
    YesTo.GAME: players,
    YesTo.RESEARCH: donors,
}


class SqlYesStore(SqlStore, YesStore):
    """`core.ports.YesStore` over SQL."""

    @writing
    def say(self, connection: Connection, yes: Yes, at: int) -> None:
        joined = exists().where(members.c.member_id == yes.member_id, may_collect())
        if connection.scalar(select(joined)):
            row = {"member_id": yes.member_id, "server_id": yes.server_id, "other_id": yes.other_id, "at": at}
            add(connection, TABLES[yes.to], [row])

    @reading
    def said(self, connection: Connection, member_id: int) -> tuple[Yes, ...]:
        found: list[Yes] = []
        for to, table in TABLES.items():
            theirs = select(table).where(table.c.member_id == member_id)
            rows = connection.execute(theirs.order_by(table.c.server_id, table.c.other_id))
            found += [Yes(row.member_id, row.server_id, row.other_id, to) for row in rows]
        return tuple(found)

    @writing
    def take_back(
        self,
        connection: Connection,
        member_id: int,
        server_id: int | None = None,
        *,
        to: YesTo = YesTo.COMPARE,
    ) -> None:
        table = TABLES[to]
        theirs = table.c.member_id == member_id
        if server_id is not None:
            theirs &= (table.c.server_id == server_id) & (table.c.other_id == EVERYBODY)
        connection.execute(delete(table).where(theirs))

    @writing
    def unsay(self, connection: Connection, yes: Yes) -> None:
        table = TABLES[yes.to]
        theirs = (table.c.member_id == yes.member_id) & (table.c.server_id == yes.server_id)
        connection.execute(delete(table).where(theirs, table.c.other_id == yes.other_id))

    @reading
    def may_ask(self, connection: Connection, asker: int, about: int, server_id: int) -> bool:
        return bool(connection.scalar(select(exists().where(_yes(askable, about, asker, server_id)))))

    @reading
    def players(self, connection: Connection, server_id: int) -> int:
        theirs = players.join(members, members.c.member_id == players.c.member_id)
        here = players.c.server_id == server_id
        query = (
            select(func.count()).select_from(theirs).where(here, players.c.other_id == EVERYBODY, may_collect())
        )
        return connection.scalar(query) or 0

    @reading
    def shared(
        self, connection: Connection, one: int, other: int, server_id: int, label_set_id: str
    ) -> tuple[tuple[Label, Label], ...] | None:
        for who, whom in ((one, other), (other, one)):
            if not connection.scalar(select(exists().where(_yes(yeses, who, whom, server_id)))):
                return None
        mine, theirs = labels.alias(), labels.alias()
        query = (
            select(mine, theirs.c.felt.label("theirs_felt"), theirs.c.updated_at.label("theirs_at"))
            .join(theirs, theirs.c.image_hash == mine.c.image_hash)
            .where(mine.c.member_id == one, theirs.c.member_id == other)
            .where(mine.c.label_set_id == label_set_id, theirs.c.label_set_id == label_set_id)
            .order_by(mine.c.image_hash)
        )
        return tuple(_pair(row, one, other) for row in connection.execute(query))


def _yes(table: Table, who: int, whom: int, server_id: int) -> ColumnElement[bool]:
    to_them = (table.c.server_id == ANYWHERE) & (table.c.other_id == whom)
    to_all = (table.c.server_id == server_id) & (table.c.other_id == EVERYBODY)
    return (table.c.member_id == who) & or_(to_them, to_all)


def _pair(row: Any, one: int, other: int) -> tuple[Label, Label]:
    mine = Label(one, row.image_hash, row.felt, row.updated_at)
    return mine, Label(other, row.image_hash, row.theirs_felt, row.theirs_at)
