"""Who pays, what their cap allows, and what an answer hangs on: looked at in the transaction that writes."""

from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, text

from core.ports import Caps, NewAnswer, Purchase, Reservation
from core.vocabulary.calls import NOBODY, Payer, Usage
from core.vocabulary.server_settings import ServerSettings
from storage import Storage
from storage.schema.tables import ledger, spending
from storage.stores.spending import Account, Kind, spent_by
from tests.storage.lives import answer, live
from tests.storage.made import T0, hash_of

ANN, BEN, STRANGER = 11, 12, 99
SERVER = 5
HOUR = 3_600_000


async def bought(
    storage: Storage, usd: float, payer: Payer, *, at: int = T0, owner: int | None = None, **caps: float
) -> Reservation | None:
    return await storage.answers.reserve(Purchase(at, "generic", owner, "m", usd, payer), Caps(**caps))


@pytest.mark.parametrize("payer", [Payer(ANN), Payer(STRANGER)])
async def test_whoever_asks_pays_for_what_is_about_nobody_and_a_cap_of_nothing_refuses(
    storage: Storage, payer: Payer
) -> None:
    await storage.members.join(ANN, 1, T0)
    assert await bought(storage, 0.01, payer, member_usd_day=0.0) is None
    assert await bought(storage, 0.01, payer, member_usd_day=0.015)
    assert await bought(storage, 0.01, payer, member_usd_day=0.015) is None


async def test_one_members_account_is_not_anothers_and_all_strangers_share_one(storage: Storage) -> None:
    for member in (ANN, BEN):
        await storage.members.join(member, 1, T0)
        assert await bought(storage, 0.01, Payer(member), member_usd_day=0.01)
    assert await bought(storage, 0.01, Payer(STRANGER), member_usd_day=0.01)
    assert await bought(storage, 0.01, Payer(STRANGER + 1), member_usd_day=0.01) is None


async def test_a_servers_cap_holds_for_all_who_ask_there_and_nowhere_else(storage: Storage) -> None:
    await storage.members.join(ANN, 1, T0)
    assert await bought(storage, 0.01, Payer(ANN, SERVER), server_usd_day=0.01)
    assert await bought(storage, 0.01, Payer(STRANGER, SERVER), server_usd_day=0.01) is None
    assert await bought(storage, 0.01, Payer(ANN, SERVER + 1), server_usd_day=0.01)
    assert await bought(storage, 0.01, Payer(ANN), server_usd_day=0.01)


async def test_what_a_server_chose_holds_from_the_next_call_on_and_until_it_is_taken_back(
    storage: Storage,
) -> None:
    payer = Payer(STRANGER, SERVER)
    assert await bought(storage, 0.05, payer)
    await storage.servers.save(ServerSettings(SERVER, usd_per_day=0.05))
    assert await bought(storage, 0.01, payer) is None
    await storage.servers.save(ServerSettings(SERVER))
    assert await bought(storage, 0.01, payer)


async def test_what_a_server_chose_for_one_member_holds_for_each_who_asks_there_wherever_they_spent_it(
    storage: Storage,
) -> None:
    await storage.members.join(ANN, 1, T0)
    await storage.servers.save(ServerSettings(SERVER, member_usd_per_day=0.02))
    assert await bought(storage, 0.01, Payer(ANN), member_usd_day=1.0)
    assert await bought(storage, 0.01, Payer(ANN, SERVER), member_usd_day=1.0)
    assert await bought(storage, 0.01, Payer(ANN, SERVER), member_usd_day=1.0) is None
    assert await bought(storage, 0.01, Payer(STRANGER, SERVER), member_usd_day=1.0)
    assert await bought(storage, 0.02, Payer(STRANGER, SERVER), member_usd_day=1.0) is None
    assert await bought(storage, 0.5, Payer(ANN, SERVER + 1), member_usd_day=1.0)
    await storage.servers.save(ServerSettings(SERVER, member_usd_per_day=2.0))
    assert await bought(storage, 0.6, Payer(ANN, SERVER), member_usd_day=1.0) is None, "the lower one holds"


async def test_settling_gives_back_what_was_reserved_too_much_on_every_account(storage: Storage) -> None:
    await storage.members.join(ANN, 1, T0)
    payer = Payer(ANN, SERVER)
    for _ in range(5):
        reservation = await bought(storage, 0.9, payer, usd_day=1.0, member_usd_day=1.0, server_usd_day=1.0)
        assert reservation is not None
        await storage.answers.settle(reservation, outcome="ok", usage=Usage(1, 1, 0.01))
    accounts = (Account(Kind.BOT, 0, None), Account(Kind.MEMBER, ANN, None), Account(Kind.SERVER, SERVER, None))
    for account in accounts:
        assert await storage._database.read(spent_by, account, T0) == 50_000_000


async def test_nothing_is_written_under_the_id_of_somebody_who_has_not_joined(storage: Storage) -> None:
    reservation = await bought(storage, 0.01, Payer(STRANGER, SERVER))
    assert reservation is not None
    kept = NewAnswer("k", "a caption", about=hash_of(3))
    await storage.answers.settle(reservation, outcome="ok", usage=Usage(1, 1, 0.01), answer=kept)
    assert await storage.answers.get("k") is None
    assert not any((await storage.members.export(STRANGER)).values())
    assert (await storage.answers.spent(0))["generic"].usd == 0.01


async def test_nothing_is_asked_on_behalf_of_somebody_who_has_not_joined(storage: Storage) -> None:
    assert await bought(storage, 0.01, Payer(STRANGER), owner=STRANGER) is None
    assert await storage.answers.calls() == {}


async def test_a_strangers_question_about_a_picture_that_is_kept_is_kept_with_it(storage: Storage) -> None:
    await live(storage, ANN, range(3))
    await answer(storage, "k", "a caption", owner=None, about=hash_of(1), by=STRANGER)
    assert await storage.answers.get("k") is not None


@pytest.mark.parametrize("again", [False, True])
async def test_an_answer_in_flight_is_not_kept_even_if_its_member_joins_again(
    storage: Storage, again: bool
) -> None:
    await storage.members.join(ANN, 1, T0)
    own = await bought(storage, 0.02, Payer(ANN), owner=ANN)
    shared = await bought(storage, 0.02, Payer(ANN))
    assert own
    assert shared
    await storage.members.forget(ANN)
    if again:
        await storage.members.join(ANN, 1, T0)
    for key, reservation, new in (
        ("own", own, NewAnswer("own", "x", owner=ANN)),
        ("shared", shared, NewAnswer("shared", "x", about=hash_of(3))),
    ):
        await storage.answers.settle(reservation, outcome="ok", usage=Usage(1, 1, 0.01), answer=new)
        assert await storage.answers.get(key) is None
    assert await storage._database.read(spent_by, Account(Kind.MEMBER, ANN, None), T0) == 0
    assert await storage._database.read(spent_by, Account(Kind.BOT, 0, None), T0) == 20_000_000


@pytest.mark.parametrize("payer", [Payer(ANN, SERVER), Payer(STRANGER, SERVER), NOBODY])
async def test_released_room_is_free_on_the_accounts_that_it_was_taken_on(storage: Storage, payer: Payer) -> None:
    await storage.members.join(ANN, 1, T0)
    caps = Caps(1.0, 1.0, 1.0)
    others = [Purchase(T0, "generic", None, "m", 0.2, Payer(one, SERVER)) for one in (ANN, STRANGER)]
    for other in others:
        assert await storage.answers.reserve(other, caps)
    purchase = Purchase(T0, "generic", None, "m", 0.5, payer)
    assert await storage.answers.reserve(purchase, caps)
    await storage.answers.release(purchase)
    accounts = (Account(Kind.BOT, 0, None), Account(Kind.SERVER, SERVER, None))
    accounts += (Account(Kind.MEMBER, ANN, None), Account(Kind.STRANGERS, 0, None))
    spent = [await storage._database.read(spent_by, account, T0) for account in accounts]
    assert spent == [400_000_000, 400_000_000, 200_000_000, 200_000_000]


@pytest.mark.parametrize("again", [False, True])
async def test_released_room_of_somebody_who_left_is_given_to_nobody_else(storage: Storage, again: bool) -> None:
    await storage.members.join(ANN, 1, T0)
    purchase = Purchase(T0, "generic", None, "m", 0.5, Payer(ANN))
    assert await storage.answers.reserve(purchase, Caps())
    assert await bought(storage, 0.7, Payer(STRANGER))
    await storage.members.forget(ANN)
    if again:
        await storage.members.join(ANN, 1, T0)
        assert await bought(storage, 0.7, Payer(ANN))
    await storage.answers.release(purchase)
    assert await bought(storage, 0.4, Payer(ANN if again else STRANGER), member_usd_day=1.0) is None
    assert await bought(storage, 0.3, Payer(ANN if again else STRANGER), member_usd_day=1.0)


async def test_what_somebody_asked_about_a_picture_that_is_not_kept_goes_with_them_alone(storage: Storage) -> None:
    for member in (ANN, BEN):
        await storage.members.join(member, 1, T0)
        await answer(storage, f"of {member}", "a caption", owner=None, about=hash_of(member), by=member)
    await storage.members.forget(ANN)
    assert await storage.answers.get(f"of {ANN}") is None
    assert await storage.answers.get(f"of {BEN}") is not None


async def test_an_answer_about_a_picture_that_another_keeps_outlives_whoever_asked_and_forgets_them(
    storage: Storage,
) -> None:
    await live(storage, BEN, range(3))
    await storage.members.join(ANN, 1, T0)
    await answer(storage, "k", "a caption", owner=None, about=hash_of(1), by=ANN)
    await storage.members.forget(ANN)
    assert await storage.answers.get("k") is not None
    assert not any((await storage.members.export(ANN)).values())


async def test_the_sums_are_the_ledgers_after_any_calls(storage: Storage) -> None:
    await storage.members.join(ANN, 1, T0)
    for n, payer in enumerate([Payer(ANN, SERVER), Payer(STRANGER), NOBODY, Payer(ANN)] * 5):
        reservation = await bought(storage, 0.02 + n / 1000, payer, at=T0 + n * HOUR // 3)
        if reservation is not None and n % 3:
            await storage.answers.settle(reservation, outcome="ok", usage=Usage(1, 1, n / 900))
    at = T0 + 7 * HOUR
    assert await storage._database.read(spent_by, Account(Kind.BOT, 0, None), at) == await storage._database.read(
        lambda c: sum(c.scalars(select(ledger.c.nano_usd)))
    )


async def test_hours_that_count_no_more_are_dropped(storage: Storage) -> None:
    for n in range(31):
        assert await bought(storage, 0.01, NOBODY, at=T0 + n * HOUR)

    def hours(connection: Connection) -> list[Any]:
        return list(connection.scalars(select(spending.c.hour).order_by(spending.c.hour)))

    assert await storage._database.read(hours) == [(T0 + n * HOUR) // HOUR for n in range(6, 31)]


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_clock_that_jumps_ahead_and_back_neither_closes_a_cap_nor_opens_it(
    storage: Storage, restarted: bool
) -> None:
    await storage.members.join(ANN, 1, T0)
    caps = {"usd_day": 1.0, "member_usd_day": 1.0}
    assert await bought(storage, 0.4, Payer(ANN), **caps)
    for hours in (87_600, 87_601, 87_603):
        assert await bought(storage, 0.1, Payer(ANN), at=T0 + hours * HOUR, **caps)
    if restarted:
        storage.answers._hour = 0
    assert await bought(storage, 0.4, Payer(ANN), at=T0 + HOUR, **caps) is None
    assert await bought(storage, 0.3, Payer(ANN), at=T0 + HOUR, **caps)
    assert await bought(storage, 0.9, Payer(ANN), at=T0 + 27 * HOUR, **caps)


async def test_before_a_call_no_line_of_the_ledger_is_read(storage: Storage) -> None:
    """Only the sums of an account's last hours, found by their key, on a filled database."""

    def fill(connection: Connection) -> None:
        rows = [
            {"kind": "member", "account": n % 50 + 100, "hour": T0 // HOUR - n // 50, "nano_usd": 1}
            for n in range(5000)
        ]
        connection.execute(insert(spending), rows)

    def plan(connection: Connection) -> str:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ANALYZE spending")
        sqlite = connection.dialect.name == "sqlite"
        query = "SELECT sum(nano_usd) FROM spending WHERE kind = 'member' AND account = 120 AND hour >= :since"
        explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
        rows = connection.execute(text(explain + query), {"since": T0 // HOUR - 24})
        return " ".join(str(row) for row in rows)

    await storage._database.write(fill)
    found = await storage._database.write(plan)
    assert "pk_spending" in found or "sqlite_autoindex_spending_1" in found
    assert "SCAN" not in found
    assert "Seq Scan" not in found
