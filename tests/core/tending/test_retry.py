"""When a run that the model stopped is tried again."""

from core.ports import RunReport
from core.tending.retrying import next_try
from core.vocabulary.calls import Failure, Purpose
from core.vocabulary.explanation import Cost, Explanation, Stop
from core.vocabulary.reasons import Mode, RunResult


def stopped(tries: int, sent: int, at: int) -> RunReport:
    explanation = Explanation(cost=Cost(sent={Purpose.GENERIC: sent}), stop=Stop(None, tries, at))
    return RunReport("r", 1, "s", Mode.RULES, 0, 48, at, at, RunResult.STOPPED, explanation=explanation)


def waits(failure: Failure, sent: int, times: int = 6) -> list[int]:
    last, now, found = None, 0, []
    for _ in range(times):
        tries, at = next_try(last, failure, now)
        found.append((at - now) // 60_000)
        last, now = stopped(tries, sent, at), at
    return found


def test_the_wait_does_not_grow_while_each_try_gets_further() -> None:
    assert waits(Failure.RATE_LIMITED, sent=10) == [1] * 6
    assert waits(Failure.UNAVAILABLE, sent=10) == [1] * 6


def test_the_wait_grows_while_nothing_is_answered_and_where_a_person_must_help() -> None:
    assert waits(Failure.UNAVAILABLE, sent=0) == [1, 2, 4, 8, 16, 32]
    assert waits(Failure.QUOTA, sent=10) == [15, 30, 60, 120, 240, 360]
