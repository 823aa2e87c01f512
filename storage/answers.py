"""The cache of paid answers and the ledger. Money is whole nano-dollars, so that sums are exact.

A reservation keeps its owner until it is settled; where forgetting took the owner away meanwhile, the
answer that arrives late is paid for but not kept.
"""

import math
from collections.abc import Mapping

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, select, update

from core.ports import AnswerStore, Kept, Reservation
from core.vocabulary.calls import Usage
from core.vocabulary.clock import Clock
from storage.codec import storable
from storage.engine import Database
from storage.queries import add
from storage.tables import answers, ledger

DAY_MS = 24 * 60 * 60 * 1000
NANO = 1_000_000_000

_KEPT = select(answers).where(answers.c.key == bindparam("key"))
_PAID = select(func.coalesce(func.sum(ledger.c.nano_usd), 0)).where(ledger.c.at > bindparam("since"))
_PAID_FOR = _PAID.where(ledger.c.owner == bindparam("owner"))
_ENTER = insert(ledger).returning(ledger.c.entry_id)
_SETTLE = update(ledger).where(ledger.c.entry_id == bindparam("entry")).returning(ledger.c.owner)
"""Written out once: building a statement takes longer than running it, and these run for every call."""


class SqlAnswerStore(AnswerStore):
    """`core.ports.AnswerStore` over SQL."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def get(self, key: str) -> Kept | None:
        """The answer kept under a call's key."""
        return await self._database.read(_get, key)

    async def reserve(
        self,
        *,
        at: int,
        purpose: str,
        owner: int | None,
        model: str,
        usd: float,
        cap_usd_day: float | None,
        owner_cap_usd_day: float | None,
    ) -> Reservation | None:
        """Take room in the budget, or None where there is not enough."""
        caps: list[tuple[float | None, int | None]] = [(cap_usd_day, None)]
        if owner is not None:
            caps.append((owner_cap_usd_day, owner))
        return await self._database.write_together(_reserve, at, _nano(usd), caps, (purpose, owner, model))

    async def settle(
        self,
        reservation: Reservation,
        *,
        outcome: str,
        usage: Usage,
        key: str = "",
        text: str | None = None,
        about: str | None = None,
        owner: int | None = None,
    ) -> None:
        """Replace the reservation by the real cost and keep the answer, if there is one."""
        paid = {
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "nano_usd": _nano(usage.usd),
        }
        answer: dict[str, object] | None = None
        if key and text is not None:
            at = self._clock.now_ms()
            answer = {"key": key, "owner": owner, "about": about, "text": storable(text), "at": at, **paid}
        await self._database.write_together(_settle, reservation.entry_id, outcome, paid, answer)

    async def close_reservations(self) -> int:
        """Count what a crash left open as spent."""
        return await self._database.write(_close)

    async def spent(self, since: int, owner: int | None = None) -> Mapping[str, Usage]:
        """Cost by purpose since a time, open reservations included."""
        return await self._database.read(_spent, since, owner)

    async def calls(self, since: int = 0, owner: int | None = None) -> Mapping[str, int]:
        """Calls sent, by purpose."""
        return await self._database.read(_calls, since, owner)


def _nano(usd: float) -> int:
    """Nano-dollars, rounded up: what is kept is never below what was paid."""
    return math.ceil(round(usd * NANO, 3))


def _get(connection: Connection, key: str) -> Kept | None:
    row = connection.execute(_KEPT, {"key": key}).first()
    if row is None:
        return None
    return Kept(row.text, Usage(row.prompt_tokens, row.completion_tokens, row.nano_usd / NANO))


def _reserve(
    connection: Connection,
    at: int,
    nano_usd: int,
    caps: list[tuple[float | None, int | None]],
    what: tuple[str, int | None, str],
) -> Reservation | None:
    for cap, owner in caps:
        if cap is None:
            continue
        query = _PAID if owner is None else _PAID_FOR
        paid = connection.execute(query, {"since": at - DAY_MS, "owner": owner}).scalar_one()
        if int(paid) + nano_usd > round(cap * NANO):
            return None
    purpose, owner, model = what
    entry = {"at": at, "purpose": purpose, "owner": owner, "model": model, "nano_usd": nano_usd}
    empty = {"state": "reserved", "outcome": "", "prompt_tokens": 0, "completion_tokens": 0}
    return Reservation(connection.execute(_ENTER, {**entry, **empty}).scalar_one())


def _settle(
    connection: Connection,
    entry_id: int,
    outcome: str,
    paid: Mapping[str, int],
    answer: dict[str, object] | None,
) -> None:
    settled = {"entry": entry_id, "state": "settled", "outcome": outcome, **paid}
    owner = connection.execute(_SETTLE, settled).scalar_one_or_none()
    forgotten = owner is None and answer is not None and answer["owner"] is not None
    if answer is not None and not forgotten:
        add(connection, answers, [answer])


def _close(connection: Connection) -> int:
    closing = update(ledger).where(ledger.c.state == "reserved").values(state="settled", outcome="lost")
    return connection.execute(closing).rowcount


def _since(since: int, owner: int | None) -> ColumnElement[bool]:
    recent = ledger.c.at > since
    return recent if owner is None else recent & (ledger.c.owner == owner)


def _spent(connection: Connection, since: int, owner: int | None) -> dict[str, Usage]:
    sums = [func.sum(column) for column in (ledger.c.prompt_tokens, ledger.c.completion_tokens, ledger.c.nano_usd)]
    query = select(ledger.c.purpose, *sums).where(_since(since - 1, owner)).group_by(ledger.c.purpose)
    return {
        purpose: Usage(int(prompt), int(completion), int(nano) / NANO)
        for purpose, prompt, completion, nano in connection.execute(query)
    }


def _calls(connection: Connection, since: int, owner: int | None) -> dict[str, int]:
    query = select(ledger.c.purpose, func.count()).where(_since(since - 1, owner)).group_by(ledger.c.purpose)
    return {purpose: int(count) for purpose, count in connection.execute(query)}
