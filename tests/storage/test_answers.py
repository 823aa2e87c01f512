import asyncio

from core.ports import Caps, Kept, NewAnswer, Purchase, Reservation
from core.vocabulary.calls import Usage
from storage import Storage
from tests.storage.made import T0

HOUR = 3_600_000


async def reserve(
    storage: Storage,
    usd: float,
    *,
    at: int = T0,
    owner: int | None = None,
    cap: float | None = None,
    owner_cap: float | None = None,
) -> Reservation | None:
    return await storage.answers.reserve(Purchase(at, "predict", owner, "m", usd), Caps(cap, owner_cap))


async def test_an_answer_is_kept_with_what_it_cost(storage: Storage) -> None:
    reservation = await reserve(storage, 0.02)
    assert reservation is not None
    assert await storage.answers.spent(T0) == {"predict": Usage(0, 0, 0.02)}
    usage = Usage(120, 30, 0.000_045)
    await storage.answers.settle(reservation, outcome="answer", usage=usage, answer=NewAnswer("k", '{"a": 1}'))
    assert await storage.answers.get("k") == Kept('{"a": 1}', usage)
    assert await storage.answers.get("other") is None
    assert await storage.answers.spent(T0) == {"predict": usage}
    assert await storage.answers.calls() == {"predict": 1}
    assert await storage.answers.spent(T0 + 1) == {}


async def test_a_failed_call_is_paid_and_not_kept(storage: Storage) -> None:
    reservation = await reserve(storage, 0.02, owner=4)
    assert reservation is not None
    await storage.answers.settle(reservation, outcome="invalid", usage=Usage(1, 2, 0.01))
    assert await storage.answers.get("k") is None
    assert await storage.answers.spent(T0, 4) == {"predict": Usage(1, 2, 0.01)}
    assert await storage.answers.calls(owner=5) == {}


async def test_caps_hold_for_all_and_for_one_over_a_day(storage: Storage) -> None:
    assert await reserve(storage, 0.6, owner=1, cap=1.0, owner_cap=0.7)
    assert await reserve(storage, 0.2, owner=1, cap=1.0, owner_cap=0.7) is None
    assert await reserve(storage, 0.4, owner=2, cap=1.0, owner_cap=0.7)
    assert await reserve(storage, 0.000_001, owner=3, cap=1.0) is None
    assert await reserve(storage, 0.6, at=T0 + 24 * HOUR, owner=1, cap=1.0, owner_cap=0.7)


async def test_a_thousand_reservations_at_once_never_pass_the_cap(storage: Storage) -> None:
    taken = await asyncio.gather(*(reserve(storage, 0.003, owner=n % 7, cap=1.0) for n in range(1000)))
    assert sum(t is not None for t in taken) == 333
    assert (await storage.answers.spent(T0))["predict"].usd <= 1.0


async def test_reservations_left_open_by_a_crash_count_as_spent(storage: Storage) -> None:
    await reserve(storage, 0.5)
    assert await storage.answers.close_reservations() == 1
    assert await storage.answers.close_reservations() == 0
    assert (await storage.answers.spent(T0))["predict"].usd == 0.5


async def test_an_answer_in_flight_for_somebody_who_left_is_not_kept(storage: Storage) -> None:
    await storage.members.join(4, 1, T0)
    reservation = await reserve(storage, 0.02, owner=4)
    assert reservation is not None
    await storage.members.forget(4)
    answer = NewAnswer("k", "x", owner=4)
    await storage.answers.settle(reservation, outcome="answer", usage=Usage(1, 1, 0.01), answer=answer)
    assert await storage.answers.get("k") is None
    assert (await storage.answers.spent(T0))["predict"].usd == 0.01
    assert await storage.answers.spent(T0, 4) == {}


async def test_a_shared_answer_may_be_paid_on_a_members_account(storage: Storage) -> None:
    reservation = await reserve(storage, 0.02, owner=4)
    assert reservation is not None
    await storage.answers.settle(
        reservation, outcome="answer", usage=Usage(), answer=NewAnswer("k", "x", owner=None)
    )
    assert await storage.answers.get("k") is not None


async def test_text_that_no_database_takes_is_kept_without_its_odd_characters(storage: Storage) -> None:
    reservation = await reserve(storage, 0.0)
    assert reservation is not None
    await storage.answers.settle(
        reservation, outcome="answer", usage=Usage(), answer=NewAnswer("k", "a\0b\ud83d😀")
    )
    kept = await storage.answers.get("k")
    assert kept is not None
    assert kept.text == "ab?😀"


async def test_the_first_answer_under_a_key_stays(storage: Storage) -> None:
    for text in ("first", "second"):
        reservation = await reserve(storage, 0.0)
        assert reservation is not None
        await storage.answers.settle(reservation, outcome="answer", usage=Usage(), answer=NewAnswer("k", text))
    kept = await storage.answers.get("k")
    assert kept is not None
    assert kept.text == "first"
