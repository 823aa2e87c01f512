from random import Random

import pytest

from core.model.replies import Fault
from core.model.retry import Backoff, Breaker
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
