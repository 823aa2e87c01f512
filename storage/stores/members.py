"""Consent, and the rights that go with it: pausing, erasing, taking a copy."""

from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Connection, Select, Table, delete, select, update

from core.ports import MemberStore, Topic
from core.vocabulary.clock import Clock
from core.vocabulary.consent import Membership, Past, Standing, may_collect, standing_of
from core.vocabulary.moments import moment_of
from storage.database.notify import note
from storage.database.transactions import Road, SqlStore, reading, writing
from storage.erasing.erase import Eraser
from storage.schema.queries import many, put
from storage.schema.tables import (
    declined,
    exclusions,
    members,
    metadata,
    notices,
    pasts,
    ratings,
    reactions,
    sightings,
    snapshots,
    walks,
)

_STANDING = [members.c[field.name] for field in fields(Membership)]


class SqlMemberStore(SqlStore, MemberStore):
    """`core.ports.MemberStore` over SQL."""

    def __init__(self, database: Road, clock: Clock, eraser: Eraser) -> None:
        super().__init__(database, clock)
        self._eraser = eraser

    @reading
    def membership(self, connection: Connection, member_id: int) -> Membership | None:
        return _membership(connection, member_id)

    @reading
    def standings(self, connection: Connection) -> dict[int, Standing]:
        rows = many(connection, select(*_STANDING))
        return {row.member_id: standing_of(Membership(**row._mapping)) for row in rows}

    @writing
    def join(
        self, connection: Connection, member_id: int, consent_version: int, at: int, moment: int | None = None
    ) -> None:
        before = _membership(connection, member_id)
        begins = before.counts_from if before and may_collect(before) else moment or moment_of(at)
        row = {
            "member_id": member_id,
            "consent_version": consent_version,
            "joined_at": at,
            "paused": False,
            "counts_from": begins,
        }
        put(connection, members, [row])
        note(connection, Topic.MEMBER, member_id)

    @writing
    def pause(self, connection: Connection, member_id: int, paused: bool) -> None:
        changed: dict[str, Any] = {"paused": paused}
        if not paused:
            changed["counts_from"] = moment_of(self._clock.now_ms())
        connection.execute(update(members).where(members.c.member_id == member_id).values(**changed))
        if paused:
            connection.execute(delete(notices).where(notices.c.member_id == member_id))
        note(connection, Topic.MEMBER, member_id)

    @reading
    def starts(self, connection: Connection) -> dict[int, int]:
        return {row.member_id: row.counts_from for row in many(connection, select(members))}

    @writing
    def answer_past(self, connection: Connection, past: Past, at: int) -> None:
        if _membership(connection, past.member_id) is None:
            return
        put(connection, pasts, [{**asdict(past), "at": at}])
        if past.wanted and not past.done:  # what was noted as not counting there, counts
            there = select(snapshots.c.message_id).join(walks, walks.c.channel_id == snapshots.c.channel_id)
            counts = declined.c.message_id.in_(there.where(walks.c.server_id == past.server_id))
            connection.execute(delete(declined).where(declined.c.member_id == past.member_id, counts))

    @reading
    def pasts(self, connection: Connection) -> tuple[Past, ...]:
        columns = [pasts.c[name.name] for name in fields(Past)]
        return tuple(Past(**row._mapping) for row in many(connection, select(*columns)))

    async def forget(self, member_id: int) -> int:  # noqa: D102
        labels = await self._eraser.forget(member_id)
        await self._database.read(lambda connection: note(connection, Topic.FORGOTTEN, member_id))
        return labels

    @reading
    def export(self, connection: Connection, member_id: int) -> dict[str, Any]:
        copy: dict[str, Any] = {table.name: [] for table, _ in about_members()}
        reacted_to = select(reactions.c.message_id).where(reactions.c.member_id == member_id)
        for table, column in about_members():
            theirs = table.c[column] == member_id
            if table is sightings:
                theirs |= sightings.c.message_id.in_(reacted_to)
            copy[table.name] += _rows(connection, _ordered(table).where(theirs))
        columns = [ratings.c[name] for name in ("message_id", "channel_id", "server_id", "source", "image_hash")]
        posted = (ratings.c.author_id == member_id) & (ratings.c.member_id != member_id)
        copy["answered_by_others"] = _rows(connection, select(*columns).where(posted).distinct())
        for row in (*copy["sightings"], *copy["ratings"]):
            if row["author_id"] != member_id:  # whose picture it was is about somebody else
                row["author_id"] = None
        return copy


def _membership(connection: Connection, member_id: int) -> Membership | None:
    row = connection.execute(select(*_STANDING).where(members.c.member_id == member_id)).first()
    return None if row is None else Membership(**row._mapping)


def about_members() -> Iterator[tuple[Table, str]]:
    """Every table with rows about a member, and each column that says whose they are."""
    for table in metadata.sorted_tables:
        for column in ("member_id", "owner", "asked_by"):
            if column in table.c:
                yield table, column
    for table in (sightings, exclusions):  # of others' ratings only which picture it was is about them
        yield table, "author_id"


def _ordered(table: Table) -> Select[Any]:
    return select(table).order_by(*table.primary_key.columns)


def _rows(connection: Connection, query: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in many(connection, query)]
