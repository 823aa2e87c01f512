"""Reactions that stand on Discord and do not count, asked and kept in the transaction that writes.

Whoever said no a moment ago is believed, whatever was decided before; and what does not count stays so until it
is taken back and made anew, which is told live.
"""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection, delete, select

from core.collecting.excluded import Exclusions
from core.collecting.policy import may_use_image, spot_of
from core.vocabulary.changes import RecordReaction
from core.vocabulary.consent import Past, counts_from, may_count
from storage.schema.queries import add, chunks
from storage.schema.tables import declined, members, pasts, snapshots

Key = tuple[int, int, str, bool]
"""(member, message, emoji, super-reaction)."""


class Noes:
    """What stands and does not count, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def counting(self, run: Sequence[RecordReaction], said: Exclusions) -> list[RecordReaction]:
        """Those of joined members that may count, by the policy and what is stored now."""
        run = [c for c in run if may_use_image(c.sighting.image_hash, spot_of(c.sighting), said) is None]
        ids = {c.member_id for c in run if c.made_after is not None}
        if not ids:
            return list(run)
        query = select(members.c.member_id, members.c.counts_from)
        joined: dict[int, int] = {}
        answers: dict[tuple[int, int], Past] = {}
        for some in chunks(ids):
            for who, start in self._connection.execute(query.where(members.c.member_id.in_(some))):
                joined[who] = start
            for row in self._connection.execute(select(pasts).where(pasts.c.member_id.in_(some))):
                answers[row.member_id, row.server_id] = Past(
                    row.member_id, row.server_id, row.wanted, row.moment, row.done
                )

        def since(c: RecordReaction) -> int:
            own = counts_from(joined[c.member_id], answers.get((c.member_id, c.sighting.server_id or 0)))
            return max(own, said.since(spot_of(c.sighting), c.sighting.image_hash))

        return [c for c in run if c.made_after is None or may_count(c.made_after, since(c))]

    def decline(self, message_id: int, channel_id: int, keys: Sequence[Key]) -> None:
        """Keep that reactions to a message do not count."""
        blank = {"message_id": message_id, "channel_id": channel_id, "round": 0, "mark": 0, "others": {}}
        if keys:
            add(self._connection, snapshots, [blank])
            add(self._connection, declined, [dict(zip(_COLUMNS, key, strict=True)) for key in keys])

    def forget(self, keys: Collection[Key]) -> None:
        """They were taken back, or count from now on."""
        rows = self._rows({key[1] for key in keys})
        self._delete(row for row in rows if row in keys)

    def clear(self, whole: Collection[int], some: Collection[tuple[int, str]]) -> None:
        """All reactions of messages, or those with an emoji, are gone."""
        rows = self._rows({*whole, *(message_id for message_id, _ in some)})
        self._delete(row for row in rows if row[1] in whole or row[1:3] in some)

    def drop_messages(self, message_ids: Iterable[int]) -> None:
        """Messages are gone."""
        for ids in chunks(message_ids):
            self._connection.execute(delete(snapshots).where(snapshots.c.message_id.in_(ids)))

    def _rows(self, message_ids: Iterable[int]) -> list[Key]:
        columns = [declined.c[name] for name in _COLUMNS]
        return [
            (row.member_id, row.message_id, row.emoji, row.burst)
            for ids in chunks(message_ids)
            for row in self._connection.execute(select(*columns).where(declined.c.message_id.in_(ids)))
        ]

    def _delete(self, keys: Iterable[Key]) -> None:
        for key in keys:
            same = [declined.c[name] == value for name, value in zip(_COLUMNS, key, strict=True)]
            self._connection.execute(delete(declined).where(*same))


_COLUMNS = ("member_id", "message_id", "emoji", "burst")
