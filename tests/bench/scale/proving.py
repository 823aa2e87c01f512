"""Whether a world is what the product itself would have made of its facts, by the product's own code, on a sample.

What is derived is deleted and derived again, in a transaction that is rolled back.
"""

import contextlib
import random
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, select

from core.vocabulary.profile import ProfileKey
from storage import Storage
from storage.labelling.derive import Touch, recompute
from storage.schema.tables import labels, ledger, profiles, ratings, reactions, spending
from storage.stores.spending import HOUR_MS
from storage.stores.unshadowed import note_unshadowed
from tests.bench.scale.world import NOW, SET, Size, member_of, server_of

SAMPLE = 300
_DERIVED = ("labels", "counts", "emotions", "last_label_at", "min_labels", "min_emotions", "server_id")


class _Undone(Exception):
    """Ends the transaction, so that it is rolled back."""


async def wrong(storage: Storage, size: Size) -> list[str]:
    """What of a sample of members is not as the product derives or reads it; which sums are not the ledger's."""
    numbers = random.Random(size.seed).sample(range(size.members), min(SAMPLE, size.members))
    found: list[str] = []
    with contextlib.suppress(_Undone):
        await storage._database.write(_derived_otherwise, size, numbers, found)
    for number in numbers[:50]:
        await _readable(storage, ProfileKey(member_of(number), SET), found)
    found += await storage._database.read(_sums)
    return found


def _derived_otherwise(connection: Connection, size: Size, numbers: Sequence[int], found: list[str]) -> None:
    keys = {member_of(n): server_of(n // size.each) for n in numbers}
    before = _state(connection, keys)
    marked = _marks(connection, keys)
    touched = {
        (row.member_id, row.label_set_id, row.image_hash): Touch(row.at, keys[row.member_id])
        for table in (reactions, ratings)
        for row in connection.execute(select(table).where(table.c.member_id.in_(keys)).order_by(table.c.at))
    }
    note_unshadowed(connection, [ProfileKey(member, SET) for member in keys])
    if marked != _marks(connection, keys):
        found.append("profiles say otherwise who has shadow work")
    connection.execute(delete(labels).where(labels.c.member_id.in_(keys)))
    connection.execute(delete(profiles).where(profiles.c.member_id.in_(keys)))
    recompute(connection, touched)
    after = _state(connection, keys)
    found += [f"{what} of {one}" for what in before for one in before[what] ^ after[what]]
    raise _Undone


def _state(connection: Connection, keys: dict[int, int]) -> dict[str, set[str]]:
    """What can be derived from facts alone, as text."""
    chosen = [profiles.c.member_id, *(profiles.c[name] for name in _DERIVED)]
    return {
        "label": {
            repr(tuple(row)) for row in connection.execute(select(labels).where(labels.c.member_id.in_(keys)))
        },
        "profile": {
            repr(tuple(row)) for row in connection.execute(select(*chosen).where(profiles.c.member_id.in_(keys)))
        },
    }


def _marks(connection: Connection, keys: dict[int, int]) -> set[tuple[Any, ...]]:
    query = select(profiles.c.member_id, profiles.c.unshadowed).where(profiles.c.member_id.in_(keys))
    return {tuple(row) for row in connection.execute(query)}


async def _readable(storage: Storage, key: ProfileKey, found: list[str]) -> None:
    """Whether all that a member has can be read, and hangs together."""
    versions, rules = await storage.versions.all(key), await storage.runs.rules(key)
    active, last = await storage.versions.active(key), await storage.runs.last(key)
    there = {label.image_hash for label in await storage.labels.labels(key)}
    tested = {shadow.image_hash for shadow in await storage.shadows.all(key)}
    known = {record.rule.id for record in rules}
    if (active or last) and (
        not versions or active != versions[-1] or last is None or active.run_id != last.run_id
    ):
        found.append(f"versions and runs of {key.member_id}")
    if not tested <= there or any(rule.id not in known for one in versions for rule in one.rules):
        found.append(f"tests or rules of {key.member_id}")
    for image_hash in sorted(there)[:3]:
        if await storage.labels.image(image_hash) is None:
            found.append(f"picture {image_hash}")


def _sums(connection: Connection) -> list[str]:
    """The hourly sums of the bot and of members against the ledger's lines."""
    since = (NOW // HOUR_MS - 24) * HOUR_MS
    recent = ledger.c.at >= since
    total = connection.scalar(select(func.sum(ledger.c.nano_usd)).where(recent))
    kept = connection.scalar(select(func.sum(spending.c.nano_usd)).where(spending.c.kind == "bot"))
    wrong = [] if total == kept else [f"sums of the bot: {kept}, in the ledger {total}"]
    lines = select(ledger.c.owner, func.sum(ledger.c.nano_usd)).where(recent, ledger.c.owner.is_not(None))
    sums = select(spending.c.account, func.sum(spending.c.nano_usd)).where(spending.c.kind == "member")
    by_ledger, by_sums = (
        {account: int(nano_usd) for account, nano_usd in connection.execute(query)}
        for query in (lines.group_by(ledger.c.owner), sums.group_by(spending.c.account))
    )
    if by_ledger != by_sums:
        wrong.append("sums of members")
    return wrong
