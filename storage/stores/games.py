"""The weekly guessing game. Whether one is called off is a question to what it needs, never a mark of its own."""

import random
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    union,
    update,
)

from core.ports import About, Game, GameStore, Outcome, Possible
from core.vocabulary.consent import EVERYBODY
from core.vocabulary.weekly import FEWEST
from storage.database.transactions import SqlStore, reading, writing
from storage.erasing.sweep import says_something
from storage.schema.queries import add, may_collect, put
from storage.schema.tables import (
    games,
    guesses,
    labels,
    members,
    players,
    ratings,
    reactions,
    sightings,
    subjects,
)

_EACH, _NEWEST = 3, 40
"""Pictures that are proposed of each person, out of the newest of theirs."""


class SqlGameStore(SqlStore, GameStore):
    """`core.ports.GameStore` over SQL."""

    @reading
    def possible(
        self, connection: Connection, server_id: int, label_set_id: str, week: int, *, limit: int
    ) -> tuple[Possible, ...]:
        if connection.scalar(select(exists().where(games.c.server_id == server_id, games.c.week >= week))):
            return ()
        found = []
        for member_id in connection.scalars(_in_turn(server_id).limit(limit)).all():
            theirs = connection.execute(_unasked(member_id, server_id, label_set_id)).all()
            if theirs:
                dice = random.Random(f"{week} {member_id}")  # noqa: S311 - the same on every look
                found.append(dice.sample(theirs, min(_EACH, len(theirs))))
        if len(found) < FEWEST:
            return ()
        return tuple(_possible(row, label_set_id) for some in found for row in some)

    @writing
    def begin(self, connection: Connection, game: Game, until: int) -> bool:
        about, key = game.about, {"server_id": game.server_id, "week": game.week}
        had = exists().where(_of(games, game.server_id, game.week))
        if about is None or connection.scalar(select(had)):
            return False
        whom = {"member_id": about.member_id, "label_set_id": about.label_set_id}
        what = {"image_hash": about.image_hash, "message_id": about.message_id}
        where = {"channel_id": about.channel_id}
        if not connection.scalar(select(_holds(server_id=game.server_id, **whom, **what))):
            return False
        stands = {"channel_id": game.channel_id, "message_id": game.message_id, "ends_at": game.ends_at}
        add(connection, games, [{**key, **stands, "running": True, "taken_until": until}])
        add(connection, subjects, [{**key, **whom, **what, **where}])
        return True

    @reading
    def running(self, connection: Connection) -> tuple[Game, ...]:
        free = games.c.running & (games.c.taken_until <= self._clock.now_ms())
        rows = connection.execute(_whole().where(free).order_by(games.c.server_id, games.c.week))
        return tuple(_read(row) for row in rows)

    @writing
    def take(self, connection: Connection, game: Game, until: int) -> bool:
        free = games.c.running & (games.c.taken_until <= self._clock.now_ms())
        mine = update(games).where(_of(games, game.server_id, game.week), free).values(taken_until=until)
        return connection.execute(mine).rowcount > 0

    @writing
    def posted(self, connection: Connection, game: Game, message_id: int) -> None:
        stands = {"message_id": message_id, "taken_until": 0}
        connection.execute(update(games).where(_of(games, game.server_id, game.week)).values(stands))

    @reading
    def open(self, connection: Connection, server_id: int, week: int) -> Game | None:
        return self._open(connection, server_id, week)

    @writing
    def guess(
        self, connection: Connection, server_id: int, week: int, member_id: int, emotion: str | None
    ) -> bool:
        game = self._open(connection, server_id, week)
        joined = exists().where(members.c.member_id == member_id, may_collect())
        if game is None or game.about is None or game.about.member_id == member_id:
            return False
        if emotion is None:
            connection.execute(
                delete(guesses).where(_of(guesses, server_id, week), guesses.c.member_id == member_id)
            )
            return True
        if not connection.scalar(select(joined)):
            return False
        put(
            connection,
            guesses,
            [{"server_id": server_id, "week": week, "member_id": member_id, "emotion": emotion}],
        )
        return True

    @reading
    def outcome(self, connection: Connection, game: Game) -> Outcome | None:
        stored = _found(connection, game.server_id, game.week)
        if stored is None or stored.about is None:
            return None
        about = stored.about
        theirs = and_(
            labels.c.member_id == about.member_id,
            labels.c.label_set_id == about.label_set_id,
            labels.c.image_hash == about.image_hash,
        )
        felt = connection.scalar(select(labels.c.felt).where(theirs)) or {}
        guessed = (
            select(guesses)
            .join(members, members.c.member_id == guesses.c.member_id)
            .where(_of(guesses, game.server_id, game.week), may_collect())
            .order_by(guesses.c.member_id)
        )
        return Outcome(tuple(felt), {row.member_id: row.emotion for row in connection.execute(guessed)})

    @writing
    def end(self, connection: Connection, game: Game) -> None:
        connection.execute(delete(guesses).where(_of(guesses, game.server_id, game.week)))
        connection.execute(update(games).where(_of(games, game.server_id, game.week)).values(running=False))

    def _open(self, connection: Connection, server_id: int, week: int) -> Game | None:
        game = _found(connection, server_id, week)
        if game is None or game.about is None or game.ends_at <= self._clock.now_ms():
            return None
        return game


def _of(table: Any, server_id: int, week: int) -> ColumnElement[bool]:
    return and_(table.c.server_id == server_id, table.c.week == week)


def _found(connection: Connection, server_id: int, week: int) -> Game | None:
    row = connection.execute(_whole().where(_of(games, server_id, week), games.c.running)).first()
    return None if row is None else _read(row)


@cache
def _whole() -> Select[Any]:
    """Games, with whom each is about and whether all that it needs is there."""
    s = subjects.c
    holds = _holds(s.server_id, s.member_id, s.label_set_id, s.image_hash, s.message_id).label("holds")
    about = (s.member_id, s.label_set_id, s.image_hash, s.message_id.label("shown"), s.channel_id.label("there"))
    joined = games.outerjoin(subjects, _of(subjects, games.c.server_id, games.c.week))  # type: ignore[arg-type]
    return select(games, *about, holds).select_from(joined)


def _read(row: Row[Any]) -> Game:
    about = About(row.member_id, row.label_set_id, row.image_hash, row.there, row.shown) if row.holds else None
    tried = row.taken_until > 0
    return Game(row.server_id, row.week, row.channel_id, row.ends_at, about, row.message_id, tried)


def _holds(
    server_id: Any, member_id: Any, label_set_id: Any, image_hash: Any, message_id: Any
) -> ColumnElement[bool]:
    """Of values or columns: a yes, a member, a label, and in that message what it comes from."""
    said = exists().where(
        players.c.member_id == member_id, players.c.server_id == server_id, players.c.other_id == EVERYBODY
    )
    here = exists().where(members.c.member_id == member_id, may_collect())
    felt = exists().where(
        labels.c.member_id == member_id,
        labels.c.label_set_id == label_set_id,
        labels.c.image_hash == image_hash,
    )
    reacted = exists().where(
        reactions.c.member_id == member_id,
        reactions.c.message_id == message_id,
        reactions.c.image_hash == image_hash,
    )
    rated = exists().where(
        ratings.c.member_id == member_id,
        ratings.c.image_hash == image_hash,
        ratings.c.message_id == message_id,
        says_something(),
    )
    return and_(said, here, felt, or_(reacted, rated))


def _in_turn(server_id: int) -> Select[Any]:
    """Who said yes there and is collected from; who was asked about longest ago comes first."""
    theirs = and_(subjects.c.member_id == players.c.member_id, subjects.c.server_id == server_id)
    return (
        select(players.c.member_id)
        .join(members, members.c.member_id == players.c.member_id)
        .outerjoin(subjects, theirs)
        .where(players.c.server_id == server_id, players.c.other_id == EVERYBODY, may_collect())
        .group_by(players.c.member_id)
        .order_by(func.coalesce(func.max(subjects.c.week), 0), players.c.member_id)
    )


def _unasked(member_id: int, server_id: int, label_set_id: str) -> Select[Any]:
    """A member's newest labels of pictures in messages of a server that no game asked about."""
    reacted = (
        select(reactions.c.image_hash, sightings.c.message_id, sightings.c.channel_id, sightings.c.source)
        .join(sightings, sightings.c.message_id == reactions.c.message_id)
        .where(reactions.c.member_id == member_id, reactions.c.label_set_id == label_set_id)
        .where(sightings.c.server_id == server_id, sightings.c.counts)
    )
    rated = (
        select(ratings.c.image_hash, ratings.c.message_id, ratings.c.channel_id, ratings.c.source)
        .where(ratings.c.member_id == member_id, ratings.c.label_set_id == label_set_id)
        .where(ratings.c.server_id == server_id, ratings.c.message_id.is_not(None), says_something())
    )
    there = union(reacted, rated).subquery()
    asked = exists().where(
        subjects.c.server_id == server_id,
        subjects.c.member_id == member_id,
        subjects.c.image_hash == there.c.image_hash,
    )
    mine = and_(labels.c.member_id == member_id, labels.c.label_set_id == label_set_id)
    return (
        select(labels.c.member_id, there)
        .join(there, there.c.image_hash == labels.c.image_hash)
        .where(mine, ~asked)
        .order_by(labels.c.updated_at.desc(), there.c.message_id.desc())
        .limit(_NEWEST)
    )


def _possible(row: Row[Any], label_set_id: str) -> Possible:
    about = About(row.member_id, label_set_id, row.image_hash, row.channel_id, row.message_id)
    return Possible(about, row.source)
