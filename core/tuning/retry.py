"""When a run that the model stopped is tried again: soon at first, then ever more patiently."""

from core.ports import RunReport
from core.vocabulary.calls import Failure

FIRST_MS = {Failure.UNAVAILABLE: 60_000, Failure.QUOTA: 900_000, Failure.AUTH: 900_000, Failure.BUDGET: 900_000}
LONGEST_MS = 6 * 3_600_000


def next_try(last: RunReport | None, failure: Failure | None, now: int) -> tuple[int, int]:
    """How many tries in a row have stopped with this one, and when to try again (doubling, at most six hours).

    `failure` None is a fault of our own.
    """
    before = last.explanation.stop.tries if last is not None and last.explanation.stop is not None else 0
    tries = before + 1
    first = FIRST_MS.get(failure, 300_000) if failure is not None else 300_000
    return tries, now + min(LONGEST_MS, first * 2 ** min(tries - 1, 16))
