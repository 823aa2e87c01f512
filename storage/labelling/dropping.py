"""A channel or a server that is gone: all that hangs on it goes, a piece in each transaction.

What tells that it is still to be dropped (a server's settings, a channel's walks) goes last, so that a start after
a kill sends it again. Each step takes at most so many rows; a piece ends with the first step that leaves some.
"""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select, update

from core.vocabulary.changes import DropChannel, DropServer
from core.vocabulary.exclusions import By
from storage.labelling.facts import Facts
from storage.schema.queries import some
from storage.schema.tables import (
    EVERY_YES,
    exclusions,
    games,
    moods,
    pasts,
    profiles,
    ratings,
    reactions,
    servers,
    sightings,
    snapshots,
    walks,
    warnings,
)

AT_ONCE, REACTIONS = 100, 250
"""Messages, or other rows, in one piece, and the reactions on them: some tens of milliseconds."""


def drop_channel(facts: Facts, change: DropChannel) -> bool:
    """Drop a piece of a channel; whether that was all."""
    here = change.channel_id
    steps: tuple[Callable[[], bool], ...] = (
        lambda: _unsee(facts, sightings.c.channel_id == here, change.at),
        lambda: _unrate(facts, ratings.c.channel_id == here, change.at),
        lambda: _delete(facts.connection, snapshots, snapshots.c.channel_id == here),
        lambda: _delete(facts.connection, walks, walks.c.channel_id == here),
    )
    return all(step() for step in steps)


def drop_server(facts: Facts, change: DropServer) -> bool:
    """Drop a piece of a server; whether that was all, which it is, too, once the bot is in there again."""
    connection, here = facts.connection, change.server_id
    if connection.scalar(select(servers.c.left_at.is_(None)).where(servers.c.server_id == here)):
        return True
    channels = select(walks.c.channel_id).where(walks.c.server_id == here)
    chosen = connection.scalar(select(servers.c.channels).where(servers.c.server_id == here)) or ()
    there = snapshots.c.channel_id.in_(channels) | snapshots.c.channel_id.in_(chosen)
    in_message = ratings.c.message_id.is_not(None)
    admins = exclusions.c.said_by == By.ADMIN.value
    steps: tuple[Callable[[], bool], ...] = (
        lambda: _unsee(facts, sightings.c.server_id == here, change.at),
        lambda: _unrate(facts, (ratings.c.server_id == here) & in_message, change.at),
        lambda: _leave(connection, (ratings, profiles), here),
        lambda: _delete(connection, snapshots, there),
        lambda: _delete(connection, exclusions, (exclusions.c.server_id == here) & admins),
        *(
            lambda table=table: _delete(connection, table, table.c.server_id == here)
            for table in (pasts, *EVERY_YES, games, moods, walks)
        ),
        lambda: _delete(connection, warnings, warnings.c.account == here),
        lambda: _delete(connection, servers, servers.c.server_id == here),
    )
    return all(step() for step in steps)


def _unsee(facts: Facts, where: ColumnElement[bool], at: int) -> bool:
    """Sightings, with as many reactions as one transaction should take; of one message all."""
    on_it = select(func.count()).where(reactions.c.message_id == sightings.c.message_id).scalar_subquery()
    found = facts.connection.execute(select(sightings.c.message_id, on_it).where(where).limit(AT_ONCE)).all()
    messages, room = list[int](), REACTIONS
    for message_id, count in found:
        if messages and count > room:
            break
        messages.append(message_id)
        room -= count
    facts.unsee(messages, at)
    return len(messages) < AT_ONCE and len(messages) == len(found)


def _unrate(facts: Facts, where: ColumnElement[bool], at: int) -> bool:
    return facts.unrate(some(facts.connection, ratings, where, AT_ONCE), at) < AT_ONCE


def _delete(connection: Connection, table: Table, where: ColumnElement[bool]) -> bool:
    return connection.execute(delete(table).where(some(connection, table, where, AT_ONCE))).rowcount < AT_ONCE


def _leave(connection: Connection, tables: Iterable[Table], server_id: int) -> bool:
    """Rows that are a member's own stay, without the server."""

    def left(table: Any) -> bool:
        these = some(connection, table, table.c.server_id == server_id, AT_ONCE)
        return connection.execute(update(table).where(these).values(server_id=None)).rowcount < AT_ONCE

    return all(left(table) for table in tables)
