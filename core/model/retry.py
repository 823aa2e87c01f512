"""When to try again, and when to stop asking: one back-off, one circuit breaker.

Both are plain arithmetic over injected time and randomness; the gateway does the waiting.
"""

from dataclasses import dataclass, field
from random import Random

from core.model.replies import Fault
from core.vocabulary.calls import Failure


@dataclass(frozen=True, slots=True)
class Backoff:
    """Full jitter: uniform in [0, min(cap, base x 2^n)] seconds before try n + 1 (AWS Architecture Blog,
    "Exponential Backoff And Jitter", 2015). A server's Retry-After is the least wait; one that is longer
    than `patience_s` ends the tries, because coming back earlier would be rude and waiting would be idle.
    """

    retries: int = 2
    base_s: float = 0.5
    cap_s: float = 8.0
    patience_s: float = 20.0
    random: Random = field(default_factory=lambda: Random(0))  # noqa: S311 - jitter, not secrecy

    def delay(self, tried: int, fault: Fault) -> float | None:
        """Seconds to wait after `tried` requests ended in `fault`, or None to give up."""
        least = fault.retry_after or 0.0
        if not fault.again or tried > self.retries or least > self.patience_s:
            return None
        return least + self.random.uniform(0.0, min(self.cap_s, self.base_s * 2.0 ** (tried - 1)))


class Breaker:
    """Answers at once for a server that is down, instead of letting everybody wait for it.

    Opens after `threshold` consecutive unavailable outcomes for `pause_ms`, and at once, for
    `long_pause_ms`, on an empty account or a wrong key. When the pause is over one call goes through as
    a trial; while it is under way (at most `pause_ms`) the others are still refused.
    """

    def __init__(self, threshold: int = 5, pause_ms: int = 30_000, long_pause_ms: int = 600_000) -> None:
        self.threshold = threshold
        self.pause_ms = pause_ms
        self.long_pause_ms = long_pause_ms
        self._failures = 0
        self._open: Failure | None = None
        self._until = 0

    def refusal(self, now: int) -> Failure | None:
        """Why a call must not be sent now, or None if it may."""
        if self._open is None:
            return None
        if now < self._until:
            return self._open
        self._until = now + self.pause_ms
        return None

    def record(self, failure: Failure | None, now: int) -> None:
        """Learn from a call that was sent; None is an answer, and so is any failure of one picture alone."""
        if failure in (Failure.QUOTA, Failure.AUTH):
            self._open, self._until = failure, now + self.long_pause_ms
        elif failure is Failure.UNAVAILABLE:
            self._failures += 1
            if self._open is not None or self._failures >= self.threshold:
                self._open, self._until = failure, now + self.pause_ms
        else:
            self._failures, self._open = 0, None
