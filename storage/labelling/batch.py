"""A batch of changes in one transaction: first the facts, in order; then, once, all that follows from them.

Neighbouring changes of one kind are written together, so a batch costs a few statements, not a few per
change. Consent is read inside the transaction: whoever left a moment ago is not recorded.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, select, tuple_, update

from core.collecting.policy import may_use_image
from core.ports import Applied
from core.vocabulary.changes import (
    CarryOver,
    Change,
    DropChannel,
    DropMessages,
    DropPicture,
    DropServer,
    Judge,
    LeaveServer,
    RecordRating,
    RecordReaction,
    Restate,
    ReturnToServer,
    WithdrawCleared,
    WithdrawReaction,
    Withhold,
)
from core.vocabulary.images import Image
from core.vocabulary.profile import ProfileKey
from storage.erasing.sweep import sweep_answers, sweep_images, sweep_sightings
from storage.labelling.carrying import Carrying
from storage.labelling.derive import Pair, recompute
from storage.labelling.dropping import drop_channel, drop_server
from storage.labelling.facts import KEY, Facts, key_of
from storage.labelling.rated import not_younger, spot_of_rating
from storage.schema.queries import add, chunks, may_collect
from storage.schema.tables import (
    images,
    members,
    ratings,
    reactions,
    sightings,
    tombstones,
)
from storage.stores.excluded import any_said, said_about
from storage.stores.judging import NOTHING_SAID, Judging
from storage.stores.moods import of_gone_moods
from storage.stores.servers import come_back, leave, settings_of

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
    sweep_answers(connection, sorted(batch.withheld))
    tidy(connection, now)
    return Applied(changed, tuple(batch.wanting), tuple(batch.left))


def tidy(connection: Connection, now: int) -> None:
    """Forget what has been gone for long enough."""
    connection.execute(delete(tombstones).where(tombstones.c.at < now - TOMBSTONE_MS))


class _Batch(Facts):
    """What one batch has touched so far."""

    def __init__(self, connection: Connection, changes: Iterable[Change], now: int) -> None:
        self.steps: dict[type, Callable[[list[Any]], None]] = {
            RecordReaction: self._record_reactions,
            RecordRating: self._record_ratings,
            WithdrawReaction: self._withdraw_reactions,
            WithdrawCleared: self._withdraw_cleared,
            DropMessages: self._drop_messages,
            DropChannel: self._drop_channels,
            LeaveServer: lambda run: leave(connection, run),
            ReturnToServer: lambda run: come_back(connection, run),
            DropServer: self._drop_servers,
            DropPicture: self._drop_pictures,
            Restate: self._restate,
            Judge: self._judge,
            CarryOver: self._carry_over,
            Withhold: self._withhold,
        }
        super().__init__(connection)
        self._now = now
        self.withheld: set[str] = set()
        self.wanting: list[Change] = []
        self.left: list[Change] = []
        felt = [change for change in changes if isinstance(change, RecordReaction | RecordRating)]
        ids = {change.member_id for change in felt}
        self._joined = self._present(members.c.member_id, ids, may_collect())
        keys = {(change.member_id, change.label_set_id) for change in felt}
        self._gone_moods = of_gone_moods(connection, (ProfileKey(*key) for key in keys))
        self._judging = Judging(connection)

    def _of_gone_mood(self, change: RecordReaction | RecordRating) -> bool:
        return ProfileKey(change.member_id, change.label_set_id) in self._gone_moods

    def _stored(self, changes: Iterable[RecordReaction | RecordRating], hashes: Iterable[str]) -> set[str]:
        """Store the images that changes bring; the hashes that are stored then."""
        stored = self._present(images.c.hash, set(hashes))
        new = {c.image.hash: c.image for c in changes if c.image is not None and c.image.hash not in stored}
        add(self.connection, images, [_image_row(image) for image in new.values()])
        return stored | set(new)

    def _record_reactions(self, run: list[RecordReaction]) -> None:
        if self._gone_moods:
            for c in (c for c in run if self._of_gone_mood(c) and c.member_id in self._joined):
                key = (c.member_id, c.sighting.message_id, c.emoji, c.burst)
                self._noes.decline(c.sighting.message_id, c.sighting.channel_id, [key])
            run = [c for c in run if not self._of_gone_mood(c)]
        places = {c.sighting.message_id for c in run} | {c.sighting.channel_id for c in run}
        gone = self._present(tombstones.c.gone_id, places)
        live = [
            c
            for c in run
            if c.member_id in self._joined and gone.isdisjoint((c.sighting.message_id, c.sighting.channel_id))
        ]
        live = self._noes.counting(live, self._judging.said(c.sighting for c in live))
        stored = self._stored(live, (c.sighting.image_hash for c in live))
        kept = [c for c in live if c.sighting.image_hash in stored]
        self.wanting += [c for c in live if c.sighting.image_hash not in stored]
        add(self.connection, sightings, [_sighting_row(c) for c in kept])
        shows = self._images_of(c.sighting.message_id for c in kept)
        answered = self._rated.before(kept)
        rows = []
        for c in kept:
            pair = (c.member_id, c.label_set_id, shows[c.sighting.message_id])
            rows.append({**_reaction_row(c, pair[2]), "at": not_younger(c, answered.get(pair))})
        add(self.connection, reactions, rows)
        self.images.update(c.sighting.image_hash for c in kept)
        self._noes.forget({(c.member_id, c.sighting.message_id, c.emoji, c.burst) for c in kept})
        for c in kept:
            pair = (c.member_id, c.label_set_id, shows[c.sighting.message_id])
            self._touch(pair, c.at, c.sighting.server_id)
        self._take_back(answered)

    def _record_ratings(self, run: list[RecordRating]) -> None:
        if self._gone_moods:
            run = [c for c in run if not self._of_gone_mood(c)]
        origins = [c.origin for c in run if c.origin is not None]
        places = {o.message_id for o in origins} | {o.channel_id for o in origins}
        gone = self._present(tombstones.c.gone_id, places)
        said = NOTHING_SAID
        if any_said(self.connection):
            ids, authors = [o.message_id for o in origins], [o.author_id for o in origins]
            said = said_about(self.connection, ids, authors, (c.image_hash for c in run))
        live = self._rated.live(run, self._joined, gone, said)
        stored = self._stored([c for c in live if c.emotions], (c.image_hash for c in live))
        last = {(c.member_id, c.image_hash, c.label_set_id): c for c in live}
        self.wanting += [c for c in last.values() if c.emotions and c.image_hash not in stored]
        self._rated.keep(c for c in last.values() if not c.emotions or c.image_hash in stored)
        for c in last.values():
            self._touch((c.member_id, c.label_set_id, c.image_hash), c.at, c.server_id if c.emotions else None)
        self._take_back((c.member_id, c.label_set_id, c.image_hash) for c in last.values() if not c.emotions)

    def _take_back(self, pairs: Iterable[Pair]) -> None:
        """What an answer without emotions takes back goes, and is known not to count."""
        taken = self._rated.taken_back(pairs)
        for row in taken:
            self._noes.decline(row.message_id, row.channel_id, [key_of(row)])
        self._remove([(row, row.answered) for row in taken])

    def _withdraw_reactions(self, run: list[WithdrawReaction]) -> None:
        keys = {(c.member_id, c.message_id, c.emoji, c.burst): c.at for c in run}
        rows = self._reactions(c.message_id for c in run)
        self._remove([(row, keys[key_of(row)]) for row in rows if key_of(row) in keys])
        self._noes.forget(set(keys))

    def _withdraw_cleared(self, run: list[WithdrawCleared]) -> None:
        whole = {c.message_id for c in run if c.emoji is None}
        some = {(c.message_id, c.emoji) for c in run if c.emoji is not None}
        rows = self._reactions(c.message_id for c in run)
        cleared = [row for row in rows if row.message_id in whole or (row.message_id, row.emoji) in some]
        self._remove([(row, self._now) for row in cleared])
        self._noes.clear(whole, some)

    def _remove(self, rows: Sequence[tuple[Row[Any], int]]) -> None:
        key = tuple_(*(reactions.c[name] for name in KEY))
        for some in chunks(rows):
            self.connection.execute(delete(reactions).where(key.in_([key_of(row) for row, _ in some])))
        for row, at in rows:
            self.messages.add(row.message_id)
            self._touch((row.member_id, row.label_set_id, row.image_hash), at)

    def _drop_messages(self, run: list[DropMessages]) -> None:
        for change in run:
            if change.remember:
                self._bury(change.message_ids)
            self.unsee(change.message_ids, change.at)
            for some in chunks(change.message_ids):
                self.unrate(ratings.c.message_id.in_(some), change.at)
            self._noes.drop_messages(change.message_ids)

    def _drop_pictures(self, run: list[DropPicture]) -> None:
        """What stands under another picture than before does not count for it, and is known not to."""
        for change in run:
            of_it = ratings.c.message_id == change.message_id
            self.unrate(of_it & ratings.c.source.not_in(change.sources), change.at)
            query = select(sightings).where(sightings.c.message_id == change.message_id)
            seen = self.connection.execute(query).first()
            if seen is None or seen.source in change.sources or (seen.source is None and change.sources):
                continue
            self._disown(change.message_id, seen.channel_id, change.at)

    def _restate(self, run: list[Restate]) -> None:
        """How a message stands is news; then it is judged again."""
        for change in run:
            seen = change.sighting
            names = ("source", "author_id", "parent_id", "spoiler", "nsfw")
            same = sightings.c.source.is_(None) | (sightings.c.source == seen.source)
            there = (sightings.c.message_id == seen.message_id) & same
            new = {name: getattr(seen, name) for name in names}
            self.connection.execute(update(sightings).where(there).values(**new))
        ids = [change.sighting.message_id for change in run]
        for excluded in self._judging.excluded(ids):
            self._disown(excluded.message_id, excluded.channel_id, self._now)
        self._count_anew(ids, self._now)

    def _judge(self, run: list[Judge]) -> None:
        for change in run:
            self._count_anew(change.message_ids, change.at)

    def _carry_over(self, run: list[CarryOver]) -> None:
        for change in run:
            carrying = Carrying(self.connection, settings_of(self.connection, change.server_id))
            for pair in carrying.reactions(self._reactions(change.message_ids)):
                self._touch(pair, change.at, change.server_id)
            for pair in carrying.answers(change.images):
                self._touch(pair, change.at, change.server_id)

    def _count_anew(self, message_ids: Iterable[int], at: int) -> None:
        for row in self._reactions(self._judging.count_anew(message_ids)):
            self._touch((row.member_id, row.label_set_id, row.image_hash), at)

    def _withhold(self, run: list[Withhold]) -> None:
        for change in run:
            for excluded in self._judging.excluded(change.message_ids):
                self._disown(excluded.message_id, excluded.channel_id, change.at)
            some = ratings.c.message_id.in_(change.message_ids) | ratings.c.image_hash.in_(change.images)
            rows = self.connection.execute(select(ratings).where(some)).all()
            said = said_about(
                self.connection,
                (row.message_id for row in rows),
                (row.author_id for row in rows),
                (row.image_hash for row in rows),
            )
            for row in rows:
                if may_use_image(row.image_hash, spot_of_rating(row), said):
                    own = [ratings.c[n] == row._mapping[n] for n in ("member_id", "image_hash", "label_set_id")]
                    self.unrate(and_(*own), change.at)
            self.withheld.update(change.images)

    def _drop_channels(self, run: list[DropChannel]) -> None:
        for change in run:
            self._bury([change.channel_id])
            if not drop_channel(self, change):
                self.left.append(change)

    def _drop_servers(self, run: list[DropServer]) -> None:
        """The bot may be asked back, so a server gets no tombstone; ratings are the member's, not its."""
        self.left += [change for change in run if not drop_server(self, change)]

    def _bury(self, ids: Iterable[int]) -> None:
        add(self.connection, tombstones, [{"gone_id": gone_id, "at": self._now} for gone_id in ids])


def _image_row(image: Image) -> dict[str, Any]:
    return {"hash": image.hash, "jpeg": image.jpeg, "width": image.width, "height": image.height}


def _sighting_row(change: RecordReaction) -> dict[str, Any]:
    seen = change.sighting
    return {name: getattr(seen, name) for name in sightings.c.keys() if name != "counts"}  # noqa: SIM118


def _reaction_row(change: RecordReaction, image_hash: str) -> dict[str, Any]:
    own = ("member_id", "emoji", "burst", "emotion", "label_set_id", "at")
    row = {name: getattr(change, name) for name in own}
    return {**row, "message_id": change.sighting.message_id, "image_hash": image_hash}
