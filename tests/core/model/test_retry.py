from random import Random

import pytest

from core.model.replies import Fault
from core.model.retry import Backoff, Breaker, Pace
from core.vocabulary.calls import Failure

DOWN = Fault(Failure.UNAVAILABLE, again=True)


def test_the_wait_is_jittered_and_grows_to_a_cap() -> None:
    backoff = Backoff(retries=50, base_s=1.0, cap_s=8.0, random=Random(1))
    waits = [[backoff.delay(tried, DOWN) or 0.0 for _ in range(400)] for tried in (1, 2, 3, 4, 9)]
    for most, some in zip((1, 2, 4, 8, 8), waits, strict=True):
        assert max(some) <= most
        assert min(some) < 0.05 * most
        assert max(some) > 0.95 * most


def test_the_same_seed_waits_the_same() -> None:
    a, b = (Backoff(random=Random(7)) for _ in range(2))
    assert [a.delay(1, DOWN) for _ in range(5)] == [b.delay(1, DOWN) for _ in range(5)]


def test_the_server_is_never_asked_sooner_than_it_said() -> None:
    fault = Fault(Failure.UNAVAILABLE, again=True, retry_after=5.0)
    assert all((Backoff().delay(1, fault) or 0.0) >= 5.0 for _ in range(50))


@pytest.mark.parametrize(
    ("tried", "fault"),
    [
        (3, DOWN),
        (1, Fault(Failure.UNAVAILABLE)),
        (1, Fault(Failure.REFUSED)),
        (1, Fault(Failure.UNAVAILABLE, again=True, retry_after=3600.0)),
    ],
)
def test_there_is_an_end_to_trying(tried: int, fault: Fault) -> None:
    assert Backoff(retries=2).delay(tried, fault) is None


def test_a_breaker_opens_after_failures_in_a_row_and_answers_at_once() -> None:
    breaker = Breaker(threshold=3, pause_ms=1000)
    for at in (0, 1):
        breaker.record(Failure.UNAVAILABLE, at)
    breaker.record(Failure.REFUSED, 2)
    for at in (3, 4):
        breaker.record(Failure.UNAVAILABLE, at)
        assert breaker.refusal(at) is None
    breaker.record(Failure.UNAVAILABLE, 5)
    assert breaker.refusal(1004) is Failure.UNAVAILABLE


def test_after_the_pause_one_call_is_tried_and_decides() -> None:
    breaker = Breaker(threshold=1, pause_ms=1000)
    breaker.record(Failure.UNAVAILABLE, 0)
    assert breaker.refusal(1000) is None
    assert breaker.refusal(1001) is Failure.UNAVAILABLE
    breaker.record(Failure.UNAVAILABLE, 1002)
    assert breaker.refusal(2001) is Failure.UNAVAILABLE
    assert breaker.refusal(2002) is None
    breaker.record(None, 2003)
    assert breaker.refusal(2003) is None
    assert breaker.refusal(2004) is None


def test_a_trial_that_never_ends_does_not_close_the_road_for_ever() -> None:
    breaker = Breaker(threshold=1, pause_ms=1000)
    breaker.record(Failure.UNAVAILABLE, 0)
    assert breaker.refusal(1000) is None
    assert breaker.refusal(2000) is None


@pytest.mark.parametrize("failure", [Failure.QUOTA, Failure.AUTH])
def test_an_empty_account_or_a_wrong_key_opens_it_at_once_and_for_longer(failure: Failure) -> None:
    breaker = Breaker(pause_ms=1000, long_pause_ms=60_000)
    breaker.record(failure, 0)
    assert breaker.refusal(59_999) is failure
    assert breaker.refusal(60_000) is None


def test_an_account_that_was_empty_at_a_server_that_is_down_by_now_is_told_as_down() -> None:
    breaker = Breaker(threshold=5, pause_ms=1000, long_pause_ms=60_000)
    breaker.record(Failure.QUOTA, 0)
    assert breaker.refusal(60_000) is None
    breaker.record(Failure.UNAVAILABLE, 60_100)
    assert breaker.refusal(61_099) is Failure.UNAVAILABLE
    assert breaker.refusal(61_100) is None


def test_a_clock_set_back_ends_a_pause_instead_of_lengthening_it() -> None:
    breaker, pace, now = Breaker(threshold=1), Pace(), 10_000_000
    breaker.record(Failure.UNAVAILABLE, now)
    pace.limited(now, 30.0)
    assert breaker.refusal(now + 1) is Failure.UNAVAILABLE
    assert pace.wait(now + 1)
    assert breaker.refusal(now - 3_600_000 + 31_000) is None
    assert pace.wait(now - 3_600_000 + 31_000) == 0.0


def test_those_limited_together_are_one_round() -> None:
    pace = Pace(first_s=2.0)
    for _ in range(8):
        pace.limited(0, None)
    assert pace.wait(0) == 2.0
    pace.limited(2000, None)
    assert pace.wait(2000) == 4.0
    pace.answered()
    pace.limited(6000, None)
    assert pace.wait(6000) == 2.0


def test_a_pause_that_was_kept_to_and_did_not_help_is_made_longer() -> None:
    pace = Pace(first_s=2.0)
    for n in range(6):
        pace.limited(n * 100_000, 1.0)
    assert (pace.wait(500_000) or 0.0) > 30.0
