"""The cache of paid answers and the ledger. Money is whole nano-dollars, so that sums are exact.

Whether somebody is a member is looked at in the transaction that writes, whoever asked for whatever reason: so
an answer that arrives after its member was forgotten, here or by another process, is paid for but not kept.
"""

import math
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, exists, false, func, or_, select, text, update

from core.ports import AnswerStore, AskedElsewhere, Caps, Kept, NewAnswer, Purchase, Reservation
from core.vocabulary.calls import Usage
from core.vocabulary.clock import Clock
from core.vocabulary.exclusions import What
from storage.database.holder import Holder
from storage.database.transactions import Road, SqlStore, reading, writing, writing_together
from storage.schema.codec import storable
from storage.schema.queries import add, inserting
from storage.schema.tables import answers, exclusions, images, ledger, members
from storage.stores.spending import HOUR_MS, Kind, accounts_of, caps_in, correct, enter, set_right, spent_by

NANO = 1_000_000_000

_KEPT = select(answers).where(answers.c.key == bindparam("key"))
UNSENT = "unsent"
CALLS = func.sum(func.coalesce(ledger.c.calls, 1))
"""How many calls some lines stand for."""

_OPEN = ledger.c.outcome.in_(("", "lost"))
_NOBODYS = {"state": "settled", "question": None, "holder": None}
_RESERVED = text("state = 'reserved'")  # word for word as its index says it
_SETTLE = (
    update(ledger).where(ledger.c.entry_id == bindparam("entry"), _OPEN).values(_NOBODYS).returning(ledger.c.owner)
)
_RELEASE = (
    update(ledger)
    .where(ledger.c.key == bindparam("bought"), _OPEN)
    .values({**_NOBODYS, "outcome": UNSENT, "nano_usd": 0})
    .returning(ledger.c.owner, ledger.c.shared)
)
_ASKING = select(ledger.c.holder).where(
    _RESERVED, ledger.c.question == bindparam("question_"), ledger.c.holder != bindparam("mine")
)
_ELSEWHERE = select(exists(_ASKING.correlate(None)) | exists().where(answers.c.key == bindparam("question_")))
_IS_MEMBER = select(exists().where(members.c.member_id == bindparam("id")))
_IS_STORED = select(exists().where(images.c.hash == bindparam("hash")))
_IS_EXCLUDED = select(
    exists().where(
        exclusions.c.what == What.PICTURE.value,
        exclusions.c.subject == bindparam("hash"),
        exclusions.c.excluded,
    )
)
"""Written out once: building a statement takes longer than running it, and these run for every call."""


class SqlAnswerStore(SqlStore, AnswerStore):
    """`core.ports.AnswerStore` over SQL. Without `members_only` it is a researcher's: whoever an answer is for
    need not have joined anything, and nothing is erased by itself.
    """

    def __init__(self, database: Road, clock: Clock, holder: Holder, *, members_only: bool = True) -> None:
        super().__init__(database, clock)
        self._holder = holder
        self._members_only = members_only
        self._hour = 0

    @reading
    def get(self, connection: Connection, key: str) -> Kept | None:
        row = connection.execute(_KEPT, {"key": key}).first()
        if row is None:
            return None
        return Kept(row.text, Usage(row.prompt_tokens, row.completion_tokens, row.nano_usd / NANO))

    async def reserve(self, purchase: Purchase, caps: Caps) -> Reservation | AskedElsewhere | None:  # noqa: D102
        await self._holder.hold()
        hour = purchase.at // HOUR_MS
        reserved = await self._reserve(purchase, caps, begins=self._hour != hour)
        self._hour = hour
        return reserved

    @writing_together
    def _reserve(
        self, connection: Connection, purchase: Purchase, caps: Caps, *, begins: bool
    ) -> Reservation | AskedElsewhere | None:
        nano_usd, by = _nano(purchase.usd), purchase.payer
        if begins:
            set_right(connection, purchase.at)
        if self._is_elsewhere(connection, purchase.question):
            return AskedElsewhere()
        if purchase.owner is not None and not self._is_here(connection, purchase.owner):
            return None
        joined = by.member_id is not None and _is_member(connection, by.member_id)
        accounts = list(
            accounts_of(by.member_id, by.server_id, caps_in(connection, by.server_id, caps), joined=joined)
        )
        for account in accounts:
            cap = account.cap_usd
            if cap is not None and spent_by(connection, account, purchase.at) + nano_usd > round(cap * NANO):
                return None
        owner, shared = (by.member_id, False) if joined else (None, by.member_id is not None)
        line = {**_line(purchase), "state": "reserved", "outcome": "", "owner": owner, "shared": shared}
        line |= {"question": purchase.question or None, "holder": self._holder.id}
        entry_id = connection.execute(_entering(connection), {**line, "nano_usd": nano_usd}).scalar()
        if entry_id is None:
            return None  # released before it came here
        enter(connection, accounts, purchase.at, nano_usd)
        return Reservation(entry_id, purchase, joined)

    @writing_together
    def release(self, connection: Connection, purchase: Purchase) -> None:
        # The line is there first, so that a reservation that arrives after this finds its place taken.
        line = {**_line(purchase), "state": "settled", "outcome": UNSENT, "nano_usd": 0}
        connection.execute(_entering(connection), {**line, "owner": None, "shared": False})
        taken = connection.execute(_RELEASE, {"bought": purchase.key}).first()
        if taken is not None:
            _correct(connection, purchase, 0, joined=not taken.shared, left=taken.owner is None)

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
        settled = {"entry": reservation.entry_id, "outcome": outcome, **paid}
        line = connection.execute(_SETTLE, settled).first()
        if line is None:
            return  # written before, and whoever wrote it did not hear of it
        payer = line.owner
        bought = reservation.purchase
        _correct(connection, bought, _nano(usage.usd), joined=reservation.joined, left=payer is None)
        if answer is not None and self._stays(connection, answer, bought, payer):
            row = {**_row(answer), "asked_by": None if answer.owner is not None else payer}
            add(connection, answers, [{**row, "at": self._clock.now_ms(), **paid}])

    def _is_here(self, connection: Connection, member_id: int) -> bool:
        return not self._members_only or _is_member(connection, member_id)

    def _stays(self, connection: Connection, answer: NewAnswer, bought: Purchase, payer: int | None) -> bool:
        """Whether what an answer hangs on is there. `payer`: who is named in its line of the ledger."""
        if not self._members_only:
            return True
        if answer.about is not None and _is_withheld(connection, answer.about):
            return False
        if answer.owner is not None:
            return payer == answer.owner
        if payer is not None or bought.payer.member_id is None or answer.about is None:
            return True
        return bool(connection.execute(_IS_STORED, {"hash": answer.about}).scalar_one())

    async def is_asked(self, question: str) -> bool:  # noqa: D102
        asking, missing = await self._asking(question)
        dead = self._holder.dead(missing)
        if dead:
            await self._close(dead)
        return bool(asking - dead)

    async def close_reservations(self) -> int:  # noqa: D102
        dead = self._holder.dead(await self._missing(), others_live=True)
        return await self._close(dead) if dead else 0

    @reading
    def _asking(self, connection: Connection, question: str) -> tuple[set[int | None], set[int | None]]:
        """Which other processes ask a question, and which of them do not show that they live."""
        given = {"question_": question, "mine": self._holder.id}
        asking: set[int | None] = set(connection.scalars(_ASKING, given))
        return asking, self._holder.missing(connection, asking)

    @reading
    def _missing(self, connection: Connection) -> set[int | None]:
        holders = set(connection.scalars(select(ledger.c.holder).where(_RESERVED).distinct()))
        return self._holder.missing(connection, holders)

    @writing
    def _close(self, connection: Connection, dead: set[int | None]) -> int:
        known = {one for one in dead if one is not None}
        theirs = or_(ledger.c.holder.in_(known), ledger.c.holder.is_(None) if None in dead else false())
        closing = update(ledger).where(_RESERVED, theirs).values({**_NOBODYS, "outcome": "lost"})
        return connection.execute(closing).rowcount

    def _is_elsewhere(self, connection: Connection, question: str) -> bool:
        """Whether another process asks the same, or has been answered since somebody looked; a file has one."""
        if not question or connection.dialect.name == "sqlite":
            return False
        return bool(connection.scalar(_ELSEWHERE, {"question_": question, "mine": self._holder.id}))

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
        sent = ledger.c.outcome != UNSENT
        query = select(ledger.c.purpose, CALLS).where(_since(since, owner), sent).group_by(ledger.c.purpose)
        return {purpose: int(count) for purpose, count in connection.execute(query)}


def _line(purchase: Purchase) -> dict[str, object]:
    bought = {name: getattr(purchase, name) for name in ("at", "purpose", "model", "key")}
    return {**bought, "prompt_tokens": 0, "completion_tokens": 0}


def _entering(connection: Connection) -> Any:
    """Enters a line once; gives None where it is there."""
    return _entering_in(connection.dialect.name)


@cache
def _entering_in(dialect: str) -> Any:
    return inserting(dialect, ledger).on_conflict_do_nothing(index_elements=["key"]).returning(ledger.c.entry_id)


def _correct(connection: Connection, bought: Purchase, nano_usd: int, *, joined: bool, left: bool) -> None:
    """Put what a call cost in place of its room, on every account but that of a member who left: it went along."""
    accounts = accounts_of(bought.payer.member_id, bought.payer.server_id, Caps(), joined=joined)
    there = [account for account in accounts if not (left and account.kind is Kind.MEMBER)]
    correct(connection, there, bought.at, nano_usd - _nano(bought.usd))


def _is_withheld(connection: Connection, image_hash: str) -> bool:
    """Whether somebody does not want an image used, and nobody else shows it: then no answer about it is kept."""
    said = {"hash": image_hash}
    return bool(connection.scalar(_IS_EXCLUDED, said)) and not connection.scalar(_IS_STORED, said)


def _is_member(connection: Connection, member_id: int) -> bool:
    return bool(connection.execute(_IS_MEMBER, {"id": member_id}).scalar_one())


def _nano(usd: float) -> int:
    """Nano-dollars, rounded up: what is kept is never below what was paid."""
    return math.ceil(round(usd * NANO, 3))


def _row(answer: NewAnswer) -> dict[str, object]:
    return {"key": answer.key, "owner": answer.owner, "about": answer.about, "text": storable(answer.text)}


def _since(since: int, owner: int | None) -> ColumnElement[bool]:
    recent = ledger.c.at >= since
    return recent if owner is None else recent & (ledger.c.owner == owner)
