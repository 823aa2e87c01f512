"""The time of the demo: the machine's, but for what a slow machine would change in the story."""

from collections.abc import Iterator
from contextlib import contextmanager

from core.vocabulary.clock import SystemClock


class StoryClock:
    """The machine's time, which stands still while people react.

    The bot tunes for who pauses. A busy machine pauses, too, and would have it tune in the middle of a wave:
    another story, and one that waits at its end for labels that do not come.
    """

    def __init__(self) -> None:
        self._machine = SystemClock()
        self._stands_at: int | None = None

    def now_ms(self) -> int:
        """Milliseconds since the epoch, UTC."""
        return self._machine.now_ms() if self._stands_at is None else self._stands_at

    @contextmanager
    def standing(self) -> Iterator[None]:
        """Let it stand within the block; after it, it is again what the machine says."""
        self._stands_at = self._machine.now_ms()
        try:
            yield
        finally:
            self._stands_at = None

    def go_on(self) -> None:
        """Let it stand no more: what was put off is waited for."""
        self._stands_at = None

    def tick(self) -> None:
        """Let a millisecond pass where it stands, so that what comes next is later."""
        if self._stands_at is not None:
            self._stands_at += 1
