"""Who is due, for a tuning run or for shadow work: what a background worker asks before it sleeps."""

import math
from dataclasses import dataclass
from typing import Protocol

from core.vocabulary.profile import ProfileKey


@dataclass(frozen=True, slots=True)
class TuningPolicy:
    """When a profile is due again: with max(renew_min, renew_share x `lasting`) new labels, once none has come for
    `quiet_ms`; whoever never pauses is not waited for longer than `longest_ms` from when there were enough.
    No run is put off for longer than `put_off_ms`: a time further ahead was written by a clock that was wrong.
    """

    quiet_ms: int = 60_000
    longest_ms: int = 30 * 60_000
    put_off_ms: int = 6 * 3_600_000
    renew_min: int = 4
    renew_share: float = 0.2

    def waits(self, retry_at: int, now: int) -> bool:
        """Whether a run is put off at `now` until `retry_at`."""
        return now < retry_at <= now + self.put_off_ms

    def new_labels(self, lasting: int) -> int:
        """How many labels more than at the last run call for another, if so many of those then still count."""
        return max(self.renew_min, math.ceil(self.renew_share * lasting - 1e-9))


class DueStore(Protocol):
    """Who is due: never a job, always a query over what is stored. Only members who are joined and not paused."""

    async def for_run(
        self, now: int, policy: TuningPolicy, *, limit: int, member_id: int | None = None
    ) -> tuple[ProfileKey, ...]:
        """Profiles due for a run, longest waiting first; with `member_id` those of one member.

        No new label for `quiet_ms`, or enough of them for `longest_ms`; past `retry_at`; never run: at least
        `min_labels` labels over `min_emotions` emotions; else at least max(renew_min, renew_share x lasting)
        more labels than at the last run. Times that a clock wrote while it was ahead keep nobody waiting: a
        `retry_at` further off than `put_off_ms`, a label later than `quiet_ms` from now.
        """
        ...

    async def next_run_at(self, now: int, policy: TuningPolicy) -> int | None:
        """When the next profile that is not due yet becomes due by waiting alone, or None: how long a worker
        may sleep. Always later than `now`. Whoever does not pause is looked at again `quiet_ms` after their last.
        """
        ...

    async def for_shadows(self, *, limit: int, member_id: int | None = None) -> tuple[ProfileKey, ...]:
        """Profiles with at least one unshadowed label, longest waiting first; with `member_id` those of one
        member.
        """
        ...
