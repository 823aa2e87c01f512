"""Servers' settings; saving them moves the thresholds of the profiles that follow this server."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select, update

from core.ports import ServerStore, Topic
from core.vocabulary.changes import LeaveServer, ReturnToServer
from core.vocabulary.server_settings import ServerSettings
from storage.database.notify import note
from storage.database.transactions import SqlStore, reading, writing
from storage.schema.codec import emotions_in, emotions_out
from storage.schema.queries import add, put
from storage.schema.tables import label_sets, profiles, servers


class SqlServerStore(SqlStore, ServerStore):
    """`core.ports.ServerStore` over SQL."""

    @reading
    def settings(self, connection: Connection, server_id: int) -> ServerSettings:
        return settings_of(connection, server_id)

    @reading
    def all(self, connection: Connection) -> tuple[ServerSettings, ...]:
        return tuple(_settings(row) for row in connection.execute(select(servers).order_by(servers.c.server_id)))

    @reading
    def left(self, connection: Connection) -> Mapping[int, int]:
        query = select(servers.c.server_id, servers.c.left_at).where(servers.c.left_at.is_not(None))
        return {row.server_id: row.left_at for row in connection.execute(query)}

    @writing
    def save(self, connection: Connection, settings: ServerSettings) -> None:
        row = _row(settings)
        emotions = row["emotions"]
        put(connection, servers, [row])
        add(connection, label_sets, [{"label_set_id": settings.label_set.id, "emotions": emotions}])
        connection.execute(
            update(profiles)
            .where(profiles.c.server_id == settings.server_id)
            .values(min_labels=settings.min_labels, min_emotions=settings.emotions_needed)
        )
        note(connection, Topic.SERVER, settings.server_id)


def settings_of(connection: Connection, server_id: int) -> ServerSettings:
    """A server's settings as they stand in this transaction."""
    row = connection.execute(select(servers).where(servers.c.server_id == server_id)).first()
    return ServerSettings(server_id) if row is None else _settings(row)


def leave(connection: Connection, run: Sequence[LeaveServer]) -> None:
    """Keep since when the bot is not in some servers; also of those where nobody chose anything."""
    for change in run:
        add(connection, servers, [_row(ServerSettings(change.server_id))])
        this, there = servers.c.server_id == change.server_id, servers.c.left_at.is_(None)
        now = {"left_at": change.at, "bot_id": change.bot_id}
        connection.execute(update(servers).where(this, there).values(now))


def come_back(connection: Connection, run: Sequence[ReturnToServer]) -> None:
    """The bot is in some servers again."""
    ids = [change.server_id for change in run]
    connection.execute(update(servers).where(servers.c.server_id.in_(ids)).values(left_at=None))


def _row(settings: ServerSettings) -> dict[str, Any]:
    return {
        "server_id": settings.server_id,
        "channels": sorted(settings.channels),
        "emotions": emotions_out(settings.label_set),
        "min_labels": settings.min_labels,
        "min_emotions": settings.min_emotions,
        "seed_reactions": settings.seed_reactions,
        "allow_nsfw": settings.allow_nsfw,
        "allow_spoilers": settings.allow_spoilers,
        "notices_channel": settings.notices_channel,
        "label_roles": sorted(settings.label_roles),
        "ask_roles": sorted(settings.ask_roles),
        "game_channel": settings.game_channel,
        "usd_per_day": settings.usd_per_day,
        "member_usd_per_day": settings.member_usd_per_day,
    }


def _settings(row: Row[Any]) -> ServerSettings:
    return ServerSettings(
        server_id=row.server_id,
        channels=frozenset(row.channels),
        label_set=emotions_in(row.emotions),
        min_labels=row.min_labels,
        min_emotions=row.min_emotions,
        seed_reactions=row.seed_reactions,
        allow_nsfw=row.allow_nsfw,
        allow_spoilers=row.allow_spoilers,
        notices_channel=row.notices_channel,
        label_roles=frozenset(row.label_roles),
        ask_roles=frozenset(row.ask_roles),
        game_channel=row.game_channel,
        usd_per_day=row.usd_per_day,
        member_usd_per_day=row.member_usd_per_day,
    )
