"""The cache of paid answers and the ledger. Money is whole nano-dollars, so that sums are exact.

A reservation keeps its owner until it is settled; where forgetting took the owner away meanwhile, the
answer that arrives late is paid for but not kept.
"""

import math

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, select, update

from core.ports import AnswerStore, Caps, Kept, NewAnswer, Purchase, Reservation
from core.vocabulary.calls import Usage
from storage.codec import storable
from storage.queries import add
from storage.tables import answers, ledger
from storage.transactions import SqlStore, reading, writing, writing_together

DAY_MS = 24 * 60 * 60 * 1000
NANO = 1_000_000_000

_KEPT = select(answers).where(answers.c.key == bindparam("key"))
_PAID = select(func.coalesce(func.sum(ledger.c.nano_usd), 0)).where(ledger.c.at > bindparam("since"))
_PAID_FOR = _PAID.where(ledger.c.owner == bindparam("owner"))
_ENTER = insert(ledger).returning(ledger.c.entry_id)
_SETTLE = update(ledger).where(ledger.c.entry_id == bindparam("entry")).returning(ledger.c.owner)
"""Written out once: building a statement takes longer than running it, and these run for every call."""


class SqlAnswerStore(SqlStore, AnswerStore):
    """`core.ports.AnswerStore` over SQL."""

    @reading
    def get(self, connection: Connection, key: str) -> Kept | None:
        row = connection.execute(_KEPT, {"key": key}).first()
        if row is None:
            return None
        return Kept(row.text, Usage(row.prompt_tokens, row.completion_tokens, row.nano_usd / NANO))

    @writing_together
    def reserve(self, connection: Connection, purchase: Purchase, caps: Caps) -> Reservation | None:
        nano_usd = _nano(purchase.usd)
        day = {"since": purchase.at - DAY_MS, "owner": purchase.owner}
        limits = [(_PAID, caps.usd_day)]
        if purchase.owner is not None:
            limits.append((_PAID_FOR, caps.owner_usd_day))
        for query, cap in limits:
            paid = 0 if cap is None else int(connection.execute(query, day).scalar_one())
            if cap is not None and paid + nano_usd > round(cap * NANO):
                return None
        bought = {name: getattr(purchase, name) for name in ("at", "purpose", "owner", "model")}
        empty = {"state": "reserved", "outcome": "", "prompt_tokens": 0, "completion_tokens": 0}
        return Reservation(connection.execute(_ENTER, {**bought, **empty, "nano_usd": nano_usd}).scalar_one())

    @writing_together
    def settle(
        self,
        connection: Connection,
        reservation: Reservation,
        *,
        outcome: str,
        usage: Usage,
        answer: NewAnswer | None = None,
    ) -> None:
        paid = {
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "nano_usd": _nano(usage.usd),
        }
        settled = {"entry": reservation.entry_id, "state": "settled", "outcome": outcome, **paid}
        owner = connection.execute(_SETTLE, settled).scalar_one_or_none()
        forgotten = owner is None and answer is not None and answer.owner is not None
        if answer is not None and not forgotten:
            add(connection, answers, [{**_row(answer), "at": self._clock.now_ms(), **paid}])

    @writing
    def close_reservations(self, connection: Connection) -> int:
        closing = update(ledger).where(ledger.c.state == "reserved").values(state="settled", outcome="lost")
        return connection.execute(closing).rowcount

    @reading
    def spent(self, connection: Connection, since: int, owner: int | None = None) -> dict[str, Usage]:
        sums = [
            func.sum(column) for column in (ledger.c.prompt_tokens, ledger.c.completion_tokens, ledger.c.nano_usd)
        ]
        query = select(ledger.c.purpose, *sums).where(_since(since, owner)).group_by(ledger.c.purpose)
        return {
            purpose: Usage(int(prompt), int(completion), int(nano) / NANO)
            for purpose, prompt, completion, nano in connection.execute(query)
        }

    @reading
    def calls(self, connection: Connection, since: int = 0, owner: int | None = None) -> dict[str, int]:
        query = select(ledger.c.purpose, func.count()).where(_since(since, owner)).group_by(ledger.c.purpose)
        return {purpose: int(count) for purpose, count in connection.execute(query)}


def _nano(usd: float) -> int:
    """Nano-dollars, rounded up: what is kept is never below what was paid."""
    return math.ceil(round(usd * NANO, 3))


def _row(answer: NewAnswer) -> dict[str, object]:
    return {"key": answer.key, "owner": answer.owner, "about": answer.about, "text": storable(answer.text)}


def _since(since: int, owner: int | None) -> ColumnElement[bool]:
    recent = ledger.c.at >= since
    return recent if owner is None else recent & (ledger.c.owner == owner)
