"""A batch of changes in one transaction: first the facts, in order; then, once, all that follows from them.

Neighbouring changes of one kind are written together, so a batch costs a few statements, not a few per
change. Consent is read inside the transaction: whoever left a moment ago is not recorded.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, delete, select, tuple_, update

from core.ports import Applied
from core.vocabulary.changes import (
    Change,
    DropChannel,
    DropMessages,
    DropPicture,
    DropServer,
    RecordRating,
    RecordReaction,
    WithdrawCleared,
    WithdrawReaction,
)
from core.vocabulary.images import Image
from storage.derive import Pair, Touch, recompute
from storage.noes import Noes
from storage.queries import add, chunks, may_collect, put
from storage.sweep import sweep_images, sweep_sightings
from storage.tables import images, labels, members, profiles, ratings, reactions, servers, sightings, tombstones

TOMBSTONE_MS = 7 * 24 * 60 * 60 * 1000
"""How long a deleted message is remembered; a late event is late by seconds."""


def apply(connection: Connection, changes: Sequence[Change], now: int) -> Applied:
    """Commit `changes` in order; see `core.ports.LabelStore.apply`. `now` dates what carries no time."""
    batch = _Batch(connection, changes, now)
    for kind, run in groupby(changes, key=type):
        batch.steps[kind](list(run))
    changed = recompute(connection, batch.touched)
    sweep_sightings(connection, sorted(batch.messages))
    sweep_images(connection, sorted(batch.images))
    connection.execute(delete(tombstones).where(tombstones.c.at < now - TOMBSTONE_MS))
    return Applied(changed, tuple(batch.wanting))


class _Batch:
    """What one batch has touched so far."""

    def __init__(self, connection: Connection, changes: Iterable[Change], now: int) -> None:
        self.steps: dict[type, Callable[[list[Any]], None]] = {
            RecordReaction: self._record_reactions,
            RecordRating: self._record_ratings,
            WithdrawReaction: self._withdraw_reactions,
            WithdrawCleared: self._withdraw_cleared,
            DropMessages: self._drop_messages,
            DropChannel: self._drop_channels,
            DropServer: self._drop_servers,
            DropPicture: self._drop_pictures,
        }
        self._connection = connection
        self._now = now
        self.touched: dict[Pair, Touch] = {}
        self.messages: set[int] = set()
        self.images: set[str] = set()
        self.wanting: list[Change] = []
        ids = {change.member_id for change in changes if isinstance(change, RecordReaction | RecordRating)}
        self._joined = self._present(members.c.member_id, ids, may_collect())
        self._noes = Noes(connection)

    def _present(self, column: Any, values: Iterable[Any], *where: Any) -> set[Any]:
        """Those of `values` that a table has in a column."""
        return {
            found
            for some in chunks(values)
            for found in self._connection.scalars(select(column).where(column.in_(some), *where))
        }

    def _touch(self, pair: Pair, at: int, server_id: int | None = None) -> None:
        touch = self.touched.setdefault(pair, Touch(at))
        touch.at = max(touch.at, at)
        if server_id is not None:
            touch.server_id = server_id
        self.images.add(pair[2])

    def _stored(self, changes: Iterable[RecordReaction | RecordRating], hashes: Iterable[str]) -> set[str]:
        """Store the images that changes bring; the hashes that are stored then."""
        stored = self._present(images.c.hash, set(hashes))
        new = {c.image.hash: c.image for c in changes if c.image is not None and c.image.hash not in stored}
        add(self._connection, images, [_image_row(image) for image in new.values()])
        return stored | set(new)

    def _record_reactions(self, run: list[RecordReaction]) -> None:
        places = {c.sighting.message_id for c in run} | {c.sighting.channel_id for c in run}
        gone = self._present(tombstones.c.gone_id, places)
        live = [
            c
            for c in run
            if c.member_id in self._joined and gone.isdisjoint((c.sighting.message_id, c.sighting.channel_id))
        ]
        live = self._noes.counting(live)
        stored = self._stored(live, (c.sighting.image_hash for c in live))
        kept = [c for c in live if c.sighting.image_hash in stored]
        self.wanting += [c for c in live if c.sighting.image_hash not in stored]
        add(self._connection, sightings, [_sighting_row(c) for c in kept])
        shows = self._images_of(c.sighting.message_id for c in kept)
        add(self._connection, reactions, [_reaction_row(c, shows[c.sighting.message_id]) for c in kept])
        self.images.update(c.sighting.image_hash for c in kept)
        self._noes.forget({(c.member_id, c.sighting.message_id, c.emoji, c.burst) for c in kept})
        for c in kept:
            pair = (c.member_id, c.label_set_id, shows[c.sighting.message_id])
            self._touch(pair, c.at, c.sighting.server_id)

    def _images_of(self, message_ids: Iterable[int]) -> dict[int, str]:
        """Which image a message shows, as it was first sighted."""
        query = select(sightings.c.message_id, sightings.c.image_hash)
        return {
            message_id: image_hash
            for some in chunks(set(message_ids))
            for message_id, image_hash in self._connection.execute(query.where(sightings.c.message_id.in_(some)))
        }

    def _record_ratings(self, run: list[RecordRating]) -> None:
        live = [c for c in run if c.member_id in self._joined or not c.emotions or self._narrows(c)]
        stored = self._stored([c for c in live if c.emotions], (c.image_hash for c in live))
        last = {(c.member_id, c.image_hash, c.label_set_id): c for c in live}
        kept = {key: c for key, c in last.items() if c.emotions and c.image_hash in stored}
        self.wanting += [c for c in last.values() if c.emotions and c.image_hash not in stored]
        withdrawn = [key for key, c in last.items() if not c.emotions]
        put(self._connection, ratings, [_rating_row(c) for c in kept.values()])
        key = tuple_(ratings.c.member_id, ratings.c.image_hash, ratings.c.label_set_id)
        for some in chunks(withdrawn):
            self._connection.execute(delete(ratings).where(key.in_(some)))
        for c in last.values():
            self._touch((c.member_id, c.label_set_id, c.image_hash), c.at, c.server_id if c.emotions else None)

    def _narrows(self, c: RecordRating) -> bool:
        """Whether a rating only takes something back from a label that is there, which a pause does not bar."""
        query = select(labels.c.felt).where(
            labels.c.member_id == c.member_id,
            labels.c.label_set_id == c.label_set_id,
            labels.c.image_hash == c.image_hash,
        )
        return c.emotions <= set(self._connection.scalar(query) or ())

    def _withdraw_reactions(self, run: list[WithdrawReaction]) -> None:
        keys = {(c.member_id, c.message_id, c.emoji, c.burst): c.at for c in run}
        rows = self._reactions(c.message_id for c in run)
        self._remove([(row, keys[_key(row)]) for row in rows if _key(row) in keys])
        self._noes.forget(set(keys))

    def _withdraw_cleared(self, run: list[WithdrawCleared]) -> None:
        whole = {c.message_id for c in run if c.emoji is None}
        some = {(c.message_id, c.emoji) for c in run if c.emoji is not None}
        rows = self._reactions(c.message_id for c in run)
        cleared = [row for row in rows if row.message_id in whole or (row.message_id, row.emoji) in some]
        self._remove([(row, self._now) for row in cleared])
        self._noes.clear(whole, some)

    def _reactions(self, message_ids: Iterable[int]) -> list[Row[Any]]:
        return [
            row
            for some in chunks(set(message_ids))
            for row in self._connection.execute(select(reactions).where(reactions.c.message_id.in_(some)))
        ]

    def _remove(self, rows: Sequence[tuple[Row[Any], int]]) -> None:
        key = tuple_(*(reactions.c[name] for name in _KEY))
        for some in chunks(rows):
            self._connection.execute(delete(reactions).where(key.in_([_key(row) for row, _ in some])))
        for row, at in rows:
            self.messages.add(row.message_id)
            self._touch((row.member_id, row.label_set_id, row.image_hash), at)

    def _drop_messages(self, run: list[DropMessages]) -> None:
        for change in run:
            if change.remember:
                self._bury(change.message_ids)
            self._unsee(change.message_ids, change.at)
            self._noes.drop_messages(change.message_ids)

    def _drop_pictures(self, run: list[DropPicture]) -> None:
        """What stands under another picture than before does not count for it, and is known not to."""
        for change in run:
            query = select(sightings).where(sightings.c.message_id == change.message_id)
            seen = self._connection.execute(query).first()
            if seen is None or seen.source in change.sources or (seen.source is None and change.sources):
                continue
            rows = self._reactions([change.message_id])
            self._noes.decline(change.message_id, seen.channel_id, [_key(row) for row in rows])
            self._unsee([change.message_id], change.at)

    def _drop_channels(self, run: list[DropChannel]) -> None:
        for change in run:
            self._bury([change.channel_id])
            self._unsee(self._seen(sightings.c.channel_id == change.channel_id), change.at)
            self._noes.drop_channel(change.channel_id)

    def _drop_servers(self, run: list[DropServer]) -> None:
        """The bot may be asked back, so a server gets no tombstone; ratings are the member's, not its."""
        for change in run:
            self._unsee(self._seen(sightings.c.server_id == change.server_id), change.at)
            self._connection.execute(delete(servers).where(servers.c.server_id == change.server_id))
            self._noes.drop_server(change.server_id)
            for table in (ratings, profiles):
                left = update(table).where(table.c.server_id == change.server_id).values(server_id=None)
                self._connection.execute(left)

    def _seen(self, where: Any) -> list[int]:
        return list(self._connection.scalars(select(sightings.c.message_id).where(where)))

    def _bury(self, ids: Iterable[int]) -> None:
        add(self._connection, tombstones, [{"gone_id": gone_id, "at": self._now} for gone_id in ids])

    def _unsee(self, message_ids: Sequence[int], at: int) -> None:
        """Delete sightings, whose reactions go with them."""
        self.images.update(self._images_of(message_ids).values())
        for row in self._reactions(message_ids):
            self._touch((row.member_id, row.label_set_id, row.image_hash), at)
        for some in chunks(message_ids):
            self._connection.execute(delete(sightings).where(sightings.c.message_id.in_(some)))


_KEY = ("member_id", "message_id", "emoji", "burst")


def _key(row: Row[Any]) -> tuple[int, int, str, bool]:
    return row.member_id, row.message_id, row.emoji, row.burst


def _image_row(image: Image) -> dict[str, Any]:
    return {"hash": image.hash, "jpeg": image.jpeg, "width": image.width, "height": image.height}


def _sighting_row(change: RecordReaction) -> dict[str, Any]:
    seen = change.sighting
    return {name: getattr(seen, name) for name in sightings.c.keys()}  # noqa: SIM118 (not a dict)


def _reaction_row(change: RecordReaction, image_hash: str) -> dict[str, Any]:
    own = ("member_id", "emoji", "burst", "emotion", "label_set_id", "at")
    row = {name: getattr(change, name) for name in own}
    return {**row, "message_id": change.sighting.message_id, "image_hash": image_hash}


def _rating_row(change: RecordRating) -> dict[str, Any]:
    own = ("member_id", "image_hash", "label_set_id", "server_id", "at")
    return {**{name: getattr(change, name) for name in own}, "emotions": sorted(change.emotions)}
