"""How long transactions took, waiting for their turn included: counted in buckets, as Prometheus has them."""

import time
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager

BOUNDS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0)
"""Seconds, the upper end of each bucket but the last, which has none."""


class Times:
    """Durations of one kind: how many in each bucket, and their sum in seconds."""

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Count how long this takes, however it ends."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.count(time.perf_counter() - began)

    def count(self, took: float) -> None:
        """Count something that took so many seconds."""
        self.counts[bisect_left(BOUNDS, took)] += 1
        self.seconds += took
