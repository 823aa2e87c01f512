import asyncio

import pytest

from core.ports import Caps, Kept, NewAnswer, Purchase, Reservation
from core.vocabulary.calls import Payer, Usage
from core.vocabulary.server_settings import ServerSettings
from storage import Storage
from storage.database import holder
from tests.ledger import live_on
from tests.storage.made import T0

HOUR = 3_600_000


async def reserve(
    storage: Storage,
    usd: float,
    *,
    at: int = T0,
    purpose: str = "predict",
    owner: int | None = None,
    cap: float | None = None,
    owner_cap: float | None = None,
) -> Reservation | None:
    """A purchase for an owner, who is made a member and pays, or for everybody."""
    if owner is not None and await storage.members.membership(owner) is None:
        await storage.members.join(owner, 1, T0)
    purchase = Purchase(at, purpose, owner, "m", usd, Payer(owner))
    return await storage.answers.reserve(purchase, Caps(cap, owner_cap))


async def taken(storage: Storage, usd: float, **more: int | float | str) -> Reservation:
    reservation = await reserve(storage, usd, **more)
    assert reservation is not None
    return reservation


class TestAnswerStore:
    """What `core.ports.AnswerStore` promises."""

    async def test_an_answer_is_kept_with_what_it_cost(self, storage: Storage) -> None:
        """The answer kept under a call's key."""
        reservation = await taken(storage, 0.02)
        assert await storage.answers.spent(T0) == {"predict": Usage(0, 0, 0.02)}
        usage = Usage(120, 30, 0.000_045)
        await storage.answers.settle(reservation, outcome="ok", usage=usage, answer=NewAnswer("k", '{"a": 1}'))
        assert await storage.answers.get("k") == Kept('{"a": 1}', usage)
        assert await storage.answers.get("other") is None
        assert await storage.answers.spent(T0) == {"predict": usage}
        assert await storage.answers.calls() == {"predict": 1}
        assert await storage.answers.spent(T0 + 1) == {}

    async def test_a_failed_call_is_paid_and_not_kept(self, storage: Storage) -> None:
        reservation = await taken(storage, 0.02, owner=4)
        await storage.answers.settle(reservation, outcome="invalid", usage=Usage(1, 2, 0.01))
        assert await storage.answers.get("k") is None
        assert await storage.answers.spent(T0, 4) == {"predict": Usage(1, 2, 0.01)}
        assert await storage.answers.calls(owner=5) == {}

    async def test_caps_hold_for_all_and_for_one_over_a_day(self, storage: Storage) -> None:
        """
        Write a reservation of the purchase's `usd` if spent + reserved of the last 24 hours stays within the cap
        of each account that bears it; None if it would not, or where the purchase is for an owner who is not a
        member (any more).

        An hour counts until all of it is over, so money comes free up to an hour late and never early.
        """
        assert await reserve(storage, 0.6, owner=1, cap=1.0, owner_cap=0.7)
        assert await reserve(storage, 0.2, owner=1, cap=1.0, owner_cap=0.7) is None
        assert await reserve(storage, 0.4, owner=2, cap=1.0, owner_cap=0.7)
        assert await reserve(storage, 0.000_001, owner=3, cap=1.0) is None
        assert await reserve(storage, 0.6, at=T0 + 25 * HOUR, owner=1, cap=1.0, owner_cap=0.7)

    async def test_what_was_refused_is_not_reserved_and_what_was_not_spent_is_free_again(
        self, storage: Storage
    ) -> None:
        reservation = await taken(storage, 0.8, cap=1.0)
        assert await reserve(storage, 0.3, cap=1.0) is None
        assert await storage.answers.spent(T0) == {"predict": Usage(0, 0, 0.8)}
        assert await storage.answers.calls() == {"predict": 1}
        await storage.answers.settle(reservation, outcome="ok", usage=Usage(1, 1, 0.1))
        assert await reserve(storage, 0.9, cap=1.0)

    async def test_without_a_cap_nothing_is_too_dear(self, storage: Storage) -> None:
        """None: no cap."""
        assert await reserve(storage, 1e6)
        assert await reserve(storage, 1e6, owner=1, cap=None, owner_cap=1e6)

    @pytest.mark.parametrize(
        ("chosen", "given", "holds"),
        [(0.02, 1.0, 2), (1.0, 0.03, 3), (0.0, 1.0, 0), (0.01, None, 1), (None, 0.01, 1)],
    )
    async def test_a_server_spends_no_more_than_it_chose_and_is_allowed_and_others_are_left_alone(
        self, storage: Storage, chosen: float | None, given: float | None, holds: int
    ) -> None:
        """
        A server's cap is the lower one of the given and what it chose, and so is
        that of whoever asks there, on the account that they have in all places.
        """
        await storage.servers.save(ServerSettings(5, usd_per_day=chosen))
        await storage.servers.save(ServerSettings(7, member_usd_per_day=0.02))

        async def had(server: int | None, times: int) -> list[bool]:
            buying = [Purchase(T0, "predict", None, "m", 0.01, Payer(n % 2, server)) for n in range(times)]
            caps = Caps(server_usd_day=given)
            return [await storage.answers.reserve(one, caps) is not None for one in buying]

        assert await had(5, 5) == [n < holds for n in range(5)]
        assert await had(6, 1) == await had(None, 1) == [True]
        assert await had(7, 1) == [False], "all who have not joined are one, and have spent it elsewhere"

    async def test_hundreds_of_reservations_at_once_never_pass_the_cap(self, storage: Storage) -> None:
        """Checked and written in one transaction, which costs the same however many calls there were."""
        asked = await asyncio.gather(*(reserve(storage, 0.01, owner=n % 7, cap=1.0) for n in range(300)))
        assert sum(found is not None for found in asked) == 100
        assert (await storage.answers.spent(T0))["predict"].usd <= 1.0

    async def test_what_was_settled_is_not_settled_again(self, storage: Storage) -> None:
        """Done a second time, it changes nothing."""
        reservation = await taken(storage, 0.8, cap=1.0)
        for _ in range(2):
            await storage.answers.settle(reservation, outcome="ok", usage=Usage(1, 1, 0.5))
        assert await reserve(storage, 0.6, cap=1.0) is None
        assert await reserve(storage, 0.5, cap=1.0)

    async def test_room_of_what_was_not_sent_is_free_again_and_is_not_taken_later(self, storage: Storage) -> None:
        """
        Give back the room of a purchase that was not sent, where nobody heard whether it was taken; it is not
        taken later either. Released a second time, it changes nothing.
        """
        heard, late = (Purchase(T0, "predict", None, "m", 0.8) for _ in range(2))
        assert await storage.answers.reserve(heard, Caps(1.0))
        for _ in range(2):
            await storage.answers.release(heard)
        assert await storage.answers.calls() == {}
        await storage.answers.release(late)
        assert await storage.answers.reserve(late, Caps(1.0)) is None
        assert await reserve(storage, 0.9, cap=1.0)
        assert await reserve(storage, 0.2, cap=1.0) is None
        assert (await storage.answers.spent(T0))["predict"].usd == 0.9

    async def test_what_was_settled_is_not_released(self, storage: Storage) -> None:
        reservation = await taken(storage, 0.8, cap=1.0)
        await storage.answers.settle(reservation, outcome="ok", usage=Usage(1, 1, 0.5))
        await storage.answers.release(reservation.purchase)
        assert await reserve(storage, 0.6, cap=1.0) is None

    async def test_reservations_left_open_by_a_crash_count_as_spent(
        self, storage: Storage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        Count the reservations that processes left open which have died as spent; how many there were.
        One that lives is left alone.
        """
        await reserve(storage, 0.5)
        assert await storage.answers.close_reservations() == 0
        monkeypatch.setattr(holder, "GRACE_S", 0.0)
        await live_on(storage)
        assert await storage.answers.close_reservations() == 1
        assert await storage.answers.close_reservations() == 0
        assert (await storage.answers.spent(T0))["predict"].usd == 0.5

    async def test_spending_is_told_by_purpose_by_time_and_by_owner(self, storage: Storage) -> None:
        """
        Settled and reserved cost by purpose since a time (of what one member caused, if given).
        How many calls were sent, by purpose (answers from the cache are none).
        """
        for at, purpose, owner, usd in ((0, "match", None, 1.0), (1, "predict", 4, 2.0), (2, "predict", 5, 4.0)):
            reservation = await taken(storage, 9.0, at=T0 + at, purpose=purpose, owner=owner)
            answer = NewAnswer(f"k{at}", "text")
            await storage.answers.settle(reservation, outcome="ok", usage=Usage(10, 1, usd), answer=answer)
        await reserve(storage, 8.0, at=T0 + 3, owner=4)
        assert await storage.answers.get("k1") is not None
        assert await storage.answers.spent(T0) == {"match": Usage(10, 1, 1.0), "predict": Usage(20, 2, 14.0)}
        assert await storage.answers.spent(T0 + 2) == {"predict": Usage(10, 1, 12.0)}
        assert await storage.answers.spent(T0, 4) == {"predict": Usage(10, 1, 10.0)}
        assert await storage.answers.calls() == {"match": 1, "predict": 3}
        assert await storage.answers.calls(T0 + 3) == {"predict": 1}
        assert await storage.answers.calls(owner=4) == {"predict": 2}
        assert await storage.answers.spent(T0 + 2, 4) == {"predict": Usage(0, 0, 8.0)}

    async def test_an_answer_in_flight_for_somebody_who_left_is_not_kept(self, storage: Storage) -> None:
        """
        Replace the reservation by what the call really cost, and keep its answer if there is one and what it hangs
        on is still there: looked at in the same transaction, and whoever was forgotten meanwhile is not there even
        if they have joined again. An answer that was in flight is not kept when it arrives.
        """
        await storage.members.join(4, 1, T0)
        reservation = await taken(storage, 0.02, owner=4)
        await storage.members.forget(4)
        answer = NewAnswer("k", "x", owner=4)
        await storage.answers.settle(reservation, outcome="ok", usage=Usage(1, 1, 0.01), answer=answer)
        assert await storage.answers.get("k") is None
        assert (await storage.answers.spent(T0))["predict"].usd == 0.01
        assert await storage.answers.spent(T0, 4) == {}

    async def test_a_shared_answer_may_be_paid_on_a_members_account(self, storage: Storage) -> None:
        reservation = await taken(storage, 0.02, owner=4)
        answer = NewAnswer("k", "x", owner=None)
        await storage.answers.settle(reservation, outcome="ok", usage=Usage(), answer=answer)
        assert await storage.answers.get("k") is not None

    async def test_text_that_no_database_takes_is_kept_without_its_odd_characters(self, storage: Storage) -> None:
        reservation, answer = await taken(storage, 0.0), NewAnswer("k", "a\0b\ud83d😀")
        await storage.answers.settle(reservation, outcome="ok", usage=Usage(), answer=answer)
        kept = await storage.answers.get("k")
        assert kept is not None
        assert kept.text == "ab?😀"

    async def test_the_first_answer_under_a_key_stays(self, storage: Storage) -> None:
        for text in ("first", "second"):
            reservation = await taken(storage, 0.0)
            await storage.answers.settle(reservation, outcome="ok", usage=Usage(), answer=NewAnswer("k", text))
        kept = await storage.answers.get("k")
        assert kept is not None
        assert kept.text == "first"
