"""How far each channel has been compared with Discord, and what stood there."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, Table, delete, exists, func, select, union, update

from core.ports import WalkStore
from core.vocabulary.comparison import Known, Snapshot, Walked
from storage.database.transactions import SqlStore, reading, writing
from storage.schema.queries import add, chunks, many, put
from storage.schema.tables import declined, members, ratings, reactions, servers, sightings, snapshots, walks
from storage.stores.judging import sighting_of


class SqlWalkStore(SqlStore, WalkStore):
    """`core.ports.WalkStore` over SQL."""

    @reading
    def walked(self, connection: Connection) -> tuple[Walked, ...]:
        found = {row.channel_id: Walked(**row._mapping) for row in many(connection, select(walks))}
        for table in (sightings, ratings):
            seen = select(table.c.channel_id, table.c.server_id).where(table.c.channel_id.is_not(None)).distinct()
            for row in many(connection, seen):
                found.setdefault(row.channel_id, Walked(row.channel_id, row.server_id))
        return tuple(found.values())

    @reading
    def last_round(self, connection: Connection) -> int:
        last = [connection.scalar(select(func.max(table.c.round))) or 0 for table in (walks, snapshots)]
        return max(last)

    @reading
    def behind(self, connection: Connection) -> tuple[int, int]:
        last = connection.scalar(select(func.max(walks.c.round))) or 0
        left = connection.scalar(select(func.count()).select_from(walks).where(walks.c.round < last))
        return left or 0, connection.scalar(select(func.count()).select_from(walks)) or 0

    @reading
    def bots(self, connection: Connection) -> dict[int, int]:
        query = select(servers.c.server_id, servers.c.bot_id).where(servers.c.bot_id.is_not(None))
        return {row.server_id: row.bot_id for row in connection.execute(query)}

    @writing
    def there(self, connection: Connection, server_ids: Sequence[int], bot_id: int) -> None:
        for ids in chunks(server_ids):
            connection.execute(update(servers).where(servers.c.server_id.in_(ids)).values(bot_id=bot_id))

    @writing
    def save(self, connection: Connection, walked: Walked) -> None:
        put(connection, walks, [asdict(walked)])

    @reading
    def known(self, connection: Connection, message_ids: Sequence[int]) -> dict[int, Known]:
        found: dict[int, Known] = {}
        for ids in chunks(message_ids):
            for row in connection.execute(select(snapshots).where(snapshots.c.message_id.in_(ids))):
                others = {emoji: (counts[0], counts[1]) for emoji, counts in row.others.items()}
                found[row.message_id] = Known(others=others, mark=row.mark, round=row.round)
            for row in connection.execute(select(sightings).where(sightings.c.message_id.in_(ids))):
                known = found.get(row.message_id, Known())
                found[row.message_id] = replace(known, sighting=sighting_of(row))
            rated = select(ratings.c.message_id, ratings.c.source).where(ratings.c.message_id.in_(ids))
            rated = rated.where(ratings.c.source.is_not(None))
            for message_id, source in connection.execute(rated.distinct()):
                known = found.get(message_id, Known())
                found[message_id] = replace(known, rated=known.rated | {source})
            for message_id, stood in _stood(connection, reactions, ids).items():
                found[message_id] = replace(found.get(message_id, Known()), stored=frozenset(stood))
            for message_id, stood in _stood(connection, declined, ids).items():
                found[message_id] = replace(found.get(message_id, Known()), declined=frozenset(stood))
        return found

    @reading
    def below(
        self, connection: Connection, channel_id: int, top: int, *, down_to: int = 0, limit: int = 1
    ) -> tuple[int, ...]:
        either = union(
            *(
                select(table.c.message_id).where(
                    table.c.channel_id == channel_id, table.c.message_id < top, table.c.message_id >= down_to
                )
                for table in (sightings, snapshots, ratings)
            )
        ).subquery()
        query = select(either.c.message_id).order_by(either.c.message_id.desc()).limit(limit)
        return tuple(connection.scalars(query))

    @reading
    def unlisted(self, connection: Connection, channel_id: int, rounds: range, since: int, top: int) -> int | None:
        listed = snapshots.c.round.between(rounds.start, rounds.stop - 1)
        never = ~exists().where(snapshots.c.message_id == sightings.c.message_id)
        newest: list[int] = [0]
        for table, where in ((snapshots, listed), *([(sightings, never)] if 0 in rounds else [])):
            found = table.c
            query = select(found.message_id).order_by(found.message_id.desc()).limit(1)
            query = query.where(
                found.channel_id == channel_id, found.message_id >= since, found.message_id < top, where
            )
            newest += connection.scalars(query)
        return max(newest) or None

    @writing
    def looked(self, connection: Connection, seen: Sequence[Snapshot]) -> None:
        put(connection, snapshots, [_look_row(look) for look in seen])
        stand = [
            {"member_id": member_id, "message_id": look.message_id, "emoji": emoji, "burst": burst}
            for look in seen
            for member_id, emoji, burst in sorted(look.declined)
        ]
        there: set[int] = set()
        for ids in chunks({member_id for look in seen for member_id, _, _ in look.declined}):
            there.update(connection.scalars(select(members.c.member_id).where(members.c.member_id.in_(ids))))
        for ids in chunks(look.message_id for look in seen):
            connection.execute(delete(declined).where(declined.c.message_id.in_(ids)))
        add(connection, declined, [row for row in stand if row["member_id"] in there])

    @writing
    def prune(self, connection: Connection, channel_id: int | None, before: int) -> None:
        holds = [exists().where(table.c.message_id == snapshots.c.message_id) for table in (declined, sightings)]
        old = delete(snapshots).where(snapshots.c.message_id < before, ~holds[0], ~holds[1])
        connection.execute(old if channel_id is None else old.where(snapshots.c.channel_id == channel_id))


def _look_row(look: Snapshot) -> dict[str, Any]:
    return {
        "message_id": look.message_id,
        "channel_id": look.channel_id,
        "round": look.round,
        "mark": look.mark,
        "others": {emoji: list(counts) for emoji, counts in look.others.items()},
    }


def _stood(connection: Connection, table: Table, ids: Sequence[int]) -> dict[int, set[tuple[int, str, bool]]]:
    columns = (table.c.message_id, table.c.member_id, table.c.emoji, table.c.burst)
    found: dict[int, set[tuple[int, str, bool]]] = {}
    for message_id, member_id, emoji, burst in connection.execute(
        select(*columns).where(table.c.message_id.in_(ids))
    ):
        found.setdefault(message_id, set()).add((member_id, emoji, burst))
    return found
