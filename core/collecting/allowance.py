"""How often one person may ask for what costs something: a download, a decoding, a question to the model.

The generic cell rate algorithm (ITU-T I.371, 1993) in its burst form: one time a person says how far they have
used their allowance up. It is a person's, not a command's, so menus, commands and buttons share it.
"""

from core.vocabulary.clock import Clock

WINDOW_MS = 60_000
_MANY = 1000


class Allowance:
    """So many at once, and so many a minute on average, for each person."""

    def __init__(self, per_minute: int, clock: Clock) -> None:
        self._each_ms, self._clock = WINDOW_MS / per_minute, clock
        self._used_until: dict[int, float] = {}

    def take(self, person: int) -> float:
        """Take one if it is there (0.0), else how many seconds until it is; those cost nothing."""
        now = float(self._clock.now_ms())
        used = min(max(self._used_until.get(person, now), now), now + WINDOW_MS)  # the clock may be set back
        wait_ms = used + self._each_ms - WINDOW_MS - now
        if wait_ms > 0.5:
            return wait_ms / 1000
        self._used_until[person] = used + self._each_ms
        if len(self._used_until) > _MANY:
            self._used_until = {who: until for who, until in self._used_until.items() if until > now}
        return 0.0
