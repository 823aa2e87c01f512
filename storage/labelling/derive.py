"""Labels and profiles, derived from the facts in the transaction that changes them.

A label is the union of the emotions of a member's live reactions on an image, in whatever message, and
of their rating of it; a rating is their explicit word, so reactions that are not newer than it no longer
count, nor do those in messages that their server does not let count. Profiles move by differences, so a
batch costs what it touches, not what the member has.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import BindParameter, Connection, Row, Table, bindparam, delete, select, tuple_

from core.vocabulary.label import Label
from core.vocabulary.profile import ProfileKey
from core.vocabulary.server_settings import ServerSettings, thresholds_at
from storage.schema.queries import chunks, columns_of, put
from storage.schema.tables import labels, profiles, ratings, reactions, shadows, sightings
from storage.stores.servers import settings_of
from storage.stores.unshadowed import note_unshadowed

Pair: TypeAlias = tuple[int, str, str]
"""Member, label set, image hash: what one label is about."""


@dataclass(slots=True)
class Touch:
    """That facts about a pair changed: when, and in which server something was recorded last."""

    at: int
    server_id: int | None = None


@dataclass(slots=True)
class _Facts:
    """The live facts about a pair."""

    reacted: list[tuple[str, int]]
    rated: tuple[frozenset[str], int] | None = None

    def counting(self) -> list[tuple[str, int]]:
        """The (emotion, at) that make up the label."""
        if self.rated is None:
            return self.reacted
        emotions, at = self.rated
        return [(e, at) for e in emotions] + [(e, newer) for e, newer in self.reacted if newer > at]


def recompute(connection: Connection, touched: Mapping[Pair, Touch]) -> frozenset[ProfileKey]:
    """Bring the labels of `touched` and their profiles in line with the facts; the profiles that changed."""
    before = _stored_labels(connection, touched)
    now = _live_facts(connection, touched)
    kept, gone, changed = [], [], []
    moves: dict[ProfileKey, _Move] = {}
    for pair, touch in touched.items():
        counting = now[pair].counting() if pair in now else []
        felt = Label.of(pair[0], pair[2], (e for e, _ in counting), touch.at).felt if counting else {}
        old = before.get(pair)
        if felt == (old.felt if old else {}):
            continue
        moves.setdefault(ProfileKey(*pair[:2]), _Move()).add(old.felt if old else {}, felt, touch)
        if felt:
            first_at = old.first_at if old else min(at for _, at in counting)
            changed += [pair] if old else []
            kept.append(_label_row(pair, felt, first_at, max(touch.at, old.updated_at if old else 0)))
        else:
            gone.append(pair)
    put(connection, labels, kept)
    for some in chunks(gone):
        connection.execute(delete(labels).where(_key(labels).in_(some)))
    for some in chunks(changed):  # what was guessed is to be judged by what is felt now
        connection.execute(delete(shadows).where(_key(shadows).in_(some)))
    _move_profiles(connection, moves)
    note_unshadowed(connection, moves)
    return frozenset(moves)


class _Move:
    """How a profile changes: labels and emotions gained or lost, the last time, the last server."""

    def __init__(self) -> None:
        self.labels = 0
        self.counts: Counter[str] = Counter()
        self.at = 0
        self.server_id: int | None = None

    def add(self, old: Mapping[str, float], new: Mapping[str, float], touch: Touch) -> None:
        """Take in one label's change."""
        self.labels += bool(new) - bool(old)
        self.counts.update(dict.fromkeys(new, 1))
        self.counts.subtract(dict.fromkeys(old, 1))
        if touch.at >= self.at and touch.server_id is not None:
            self.server_id = touch.server_id
        self.at = max(self.at, touch.at)


def _key(table: Table) -> Any:
    return tuple_(table.c.member_id, table.c.label_set_id, table.c.image_hash)


def _label_row(pair: Pair, felt: Mapping[str, float], first_at: int, updated_at: int) -> dict[str, Any]:
    member_id, label_set_id, image_hash = pair
    return {
        "member_id": member_id,
        "label_set_id": label_set_id,
        "image_hash": image_hash,
        "felt": dict(felt),
        "first_at": first_at,
        "updated_at": updated_at,
    }


_SOME: BindParameter[Any] = bindparam("some", expanding=True)
"""Pairs. Each statement is built once: it is asked with every label, and building it takes longer."""
_LABELS = select(labels).where(_key(labels).in_(_SOME))
_FACTS = {
    table: select(table).where(tuple_(table.c.member_id, table.c.image_hash).in_(_SOME))
    for table in (reactions, ratings)
}
_FACTS[reactions] = (
    _FACTS[reactions].join(sightings, sightings.c.message_id == reactions.c.message_id).where(sightings.c.counts)
)


def _stored_labels(connection: Connection, pairs: Iterable[Pair]) -> dict[Pair, Row[Any]]:
    return {
        (row.member_id, row.label_set_id, row.image_hash): row
        for some in chunks(pairs)
        for row in connection.execute(_LABELS, {"some": some})
    }


def _live_facts(connection: Connection, pairs: Iterable[Pair]) -> dict[Pair, _Facts]:
    facts: dict[Pair, _Facts] = {}
    images_of_members = sorted({(member_id, image_hash) for member_id, _, image_hash in pairs})
    for some in chunks(images_of_members):
        for table, query in _FACTS.items():
            for row in connection.execute(query, {"some": some}):
                pair = (row.member_id, row.label_set_id, row.image_hash)
                of_pair = facts.setdefault(pair, _Facts([]))
                if table is reactions:
                    of_pair.reacted.append((row.emotion, row.at))
                else:
                    of_pair.rated = (frozenset(row.emotions), row.at)
    return facts


def _move_profiles(connection: Connection, moves: Mapping[ProfileKey, _Move]) -> None:
    key = tuple_(profiles.c.member_id, profiles.c.label_set_id)
    stored = {
        ProfileKey(row.member_id, row.label_set_id): row
        for some in chunks((k.member_id, k.label_set_id) for k in moves)
        for row in connection.execute(select(profiles).where(key.in_(some)))
    }
    places = {move.server_id for move in moves.values() if move.server_id is not None}
    settings = {server_id: settings_of(connection, server_id) for server_id in places}
    rows = [_profile_row(at, move, stored.get(at), settings) for at, move in moves.items()]
    put(connection, profiles, rows)


def _profile_row(
    key: ProfileKey, move: _Move, old: Row[Any] | None, settings: Mapping[int, ServerSettings]
) -> dict[str, Any]:
    counts = Counter(old.counts if old else {})
    counts.update(move.counts)
    felt = {emotion: count for emotion, count in sorted(counts.items()) if count > 0}
    thresholds = (old.min_labels, old.min_emotions) if old else thresholds_at(None)
    server_id = old.server_id if old else None
    if move.server_id is not None:
        thresholds, server_id = thresholds_at(settings[move.server_id]), move.server_id
    return {
        **columns_of(key),
        "labels": (old.labels if old else 0) + move.labels,
        "counts": felt,
        "emotions": len(felt),
        "last_label_at": max(old.last_label_at if old else 0, move.at),
        "labels_at_run": old.labels_at_run if old else 0,
        "lasting": old.lasting if old else 0,
        "min_labels": thresholds[0],
        "min_emotions": thresholds[1],
        "server_id": server_id,
        "retry_at": old.retry_at if old else 0,
        "unshadowed": False,
    }
