"""What was spent in the last 24 hours, by hour and account, so that a call costs no sum over a day's ledger.

An hour counts until all of it is over, so a cap holds over any 24 hours, not only from one hour to the next.
Whoever has not joined has no account of their own: strangers share one, or something would be kept about them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, bindparam, delete, func, select, update

from core.ports import Caps
from storage.schema.queries import insert
from storage.schema.tables import servers, spending

HOUR_MS = 60 * 60 * 1000
DAY_HOURS = 24

_SPENT = select(func.coalesce(func.sum(spending.c.nano_usd), 0)).where(
    spending.c.kind == bindparam("kind_"),
    spending.c.account == bindparam("account_"),
    spending.c.hour >= bindparam("since"),
)
_CHOSEN = select(servers.c.usd_per_day, servers.c.member_usd_per_day).where(servers.c.server_id == bindparam("id"))
_CORRECT = (
    update(spending)
    .where(
        spending.c.kind == bindparam("kind_"),
        spending.c.account == bindparam("account_"),
        spending.c.hour == bindparam("hour_"),
    )
    .values(nano_usd=spending.c.nano_usd + bindparam("more"))
)


class Kind(StrEnum):
    """Whose account it is. Every call is on that of the bot besides."""

    BOT = "bot"
    SERVER = "server"
    MEMBER = "member"
    STRANGERS = "strangers"


@dataclass(frozen=True, slots=True)
class Account:
    """One of the accounts that a call is on, with its cap in dollars for 24 hours (None: no cap)."""

    kind: Kind
    id: int
    cap_usd: float | None


def accounts_of(member_id: int | None, server_id: int | None, caps: Caps, *, joined: bool) -> Iterator[Account]:
    """The accounts that bear a call that somebody caused somewhere."""
    yield Account(Kind.BOT, 0, caps.usd_day)
    if server_id is not None:
        yield Account(Kind.SERVER, server_id, caps.server_usd_day)
    if member_id is not None:
        yield Account(Kind.MEMBER if joined else Kind.STRANGERS, member_id if joined else 0, caps.member_usd_day)


def caps_in(connection: Connection, server_id: int | None, caps: Caps) -> Caps:
    """The caps that hold in a server, which may have chosen lower ones of its own."""
    chosen = None if server_id is None else connection.execute(_CHOSEN, {"id": server_id}).first()
    return caps if chosen is None else caps.in_server(*chosen)


def spent_by(connection: Connection, account: Account, at: int) -> int:
    """Nano-dollars spent and reserved in the 24 hours before."""
    since = at // HOUR_MS - DAY_HOURS
    given = {"kind_": account.kind, "account_": account.id, "since": since}
    return int(connection.execute(_SPENT, given).scalar_one())


def enter(connection: Connection, accounts: Sequence[Account], at: int, nano_usd: int) -> None:
    """Add to this hour of each account."""
    rows = [
        {
            "kind": account.kind,
            "account": account.id,
            "hour": at // HOUR_MS,
            "member_id": account.id if account.kind is Kind.MEMBER else None,
            "nano_usd": nano_usd,
        }
        for account in accounts
    ]
    _add(connection, rows)


def _add(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    statement = insert(connection, spending)
    more = {"nano_usd": spending.c.nano_usd + statement.excluded.nano_usd}
    connection.execute(
        statement.on_conflict_do_update(index_elements=["kind", "account", "hour"], set_=more), rows
    )


def correct(connection: Connection, accounts: Sequence[Account], at: int, more: int) -> None:
    """Add the difference to what was entered at a time; to no account that is gone."""
    hour = at // HOUR_MS
    given = [{"kind_": a.kind, "account_": a.id, "hour_": hour, "more": more} for a in accounts]
    connection.execute(_CORRECT, given)


def set_right(connection: Connection, at: int) -> None:
    """When another hour has begun: what is of a later one was spent by a clock that was ahead, and counts as spent
    now; and hours that count no more are dropped. As many as a day has are kept, however far the clock may have
    jumped: it may jump back.
    """
    now = at // HOUR_MS
    early = connection.execute(select(spending).where(spending.c.hour > now)).all()
    if early:
        connection.execute(delete(spending).where(spending.c.hour > now))
        _add(connection, [{**row._mapping, "hour": now} for row in early])
    hours = select(spending.c.hour).distinct().where(spending.c.hour < now)
    oldest = connection.scalar(hours.order_by(spending.c.hour.desc()).offset(DAY_HOURS - 1).limit(1))
    if oldest is not None:
        connection.execute(delete(spending).where(spending.c.hour < min(oldest, now - DAY_HOURS)))
