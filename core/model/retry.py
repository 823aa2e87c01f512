"""When to try again, and when to stop asking: one back-off, one pace, one circuit breaker.

All are plain arithmetic over injected time and randomness; the caller does the waiting. A clock that is set
back ends a pause early and never makes it longer.
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


class Pace:
    """A model's rate limit, kept to by all who ask it: after a "too fast" nobody asks before the pause is over.

    A server that names no pause, or one too short, is given twice as long each time, from `first_s` to
    `longest_s`, until it answers again. Nobody waits longer than `patience_s`, nor through more than `rounds`
    pauses in a row without an answer to anybody: as long as some get through, the others' turn comes.
    """

    def __init__(
        self, first_s: float = 2.0, longest_s: float = 60.0, patience_s: float = 90.0, rounds: int = 6
    ) -> None:
        self.first_s = first_s
        self.longest_s = longest_s
        self.patience_s = patience_s
        self.rounds = rounds
        self._in_a_row = 0
        self._from = 0
        self._until = 0

    def wait(self, now: int, patience_s: float | None = None) -> float | None:
        """Seconds to wait before asking; None where that is longer than `patience_s` (else the pace's own)."""
        seconds = (self._until - now) / 1000 if self._from <= now < self._until else 0.0
        return seconds if seconds <= (self.patience_s if patience_s is None else patience_s) else None

    def limited(self, now: int, retry_after: float | None) -> bool:
        """Learn that a request came too fast; whether waiting still promises anything."""
        if not self._from <= now < self._until:  # those that were on their way together are one round
            self._in_a_row += 1
        ours = min(self.longest_s, self.first_s * 2.0 ** (self._in_a_row - 1))
        if retry_after is not None:  # one that was kept to and did not help was too short
            ours = max(retry_after, ours) if self._in_a_row > 1 else retry_after
        self._from, self._until = now, now + round(1000 * ours)
        return self._in_a_row <= self.rounds

    def answered(self) -> None:
        """Learn that a request was answered."""
        self._in_a_row = 0


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
        self._from = 0
        self._until = 0

    @property
    def why_open(self) -> Failure | None:
        """Why the last calls were refused or failed, until one is answered; None: calls go through."""
        return self._open

    def found(self, failure: Failure) -> None:
        """Learn that others found it so; the next call goes through as the trial."""
        self._open = failure

    def refusal(self, now: int) -> Failure | None:
        """Why a call must not be sent now, or None if it may."""
        if self._open is None:
            return None
        if self._from <= now < self._until:
            return self._open
        self._pause(now, self.pause_ms)
        return None

    def record(self, failure: Failure | None, now: int) -> None:
        """Learn from a call that was sent; None is an answer, and so is any failure of one picture alone."""
        if failure in (Failure.QUOTA, Failure.AUTH):
            self._open = failure
            self._pause(now, self.long_pause_ms)
        elif failure is Failure.UNAVAILABLE:
            self._failures += 1
            if self._open is not None or self._failures >= self.threshold:
                self._open = failure
                self._pause(now, self.pause_ms)
        else:
            self._failures, self._open = 0, None

    def _pause(self, now: int, pause_ms: int) -> None:
        self._from, self._until = now, now + pause_ms
