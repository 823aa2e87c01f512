"""When a run that stopped is tried again: soon at first, then later and later."""

from core.ports import RunReport, TuningPolicy
from core.vocabulary.calls import Failure
from core.vocabulary.explanation import Explanation

FIRST_MS = {
    Failure.UNAVAILABLE: 60_000,
    Failure.RATE_LIMITED: 60_000,
    Failure.QUOTA: 900_000,
    Failure.AUTH: 900_000,
    Failure.BUDGET: 900_000,
}
PASSING = frozenset({Failure.UNAVAILABLE, Failure.RATE_LIMITED})
LONGEST_MS = TuningPolicy().put_off_ms


def next_try(last: RunReport | None, failure: Failure | None, now: int) -> tuple[int, int]:
    """How many tries in a row have stopped with this one, and when to try again (doubling, at most six hours).

    Against a server that is away or too slow for us, a try that was answered anything new got further: those
    before it count for nothing. `failure` None is a fault of our own.
    """
    explained = last.explanation if last is not None else Explanation()
    further = failure in PASSING and explained.cost is not None and any(explained.cost.sent.values())
    tries = 1 if further or explained.stop is None else explained.stop.tries + 1
    first = FIRST_MS.get(failure, 300_000) if failure is not None else 300_000
    return tries, now + min(LONGEST_MS, first * 2 ** min(tries - 1, 16))
