"""Calibration: how sure a prediction may sound, learned from how often earlier ones were right.

One temperature for everybody with a label set, because it never changes which emotion comes first and needs
few records (Guo et al. 2017, "On Calibration of Modern Neural Networks"). It is fitted on the newest shadow
records of all members together, without ids; with too few, predictions stay as the model gave them.
"""

import asyncio
import math
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.ports import Scored, ShadowStore
from core.vocabulary.clock import Clock
from core.vocabulary.emotions import Distribution

MIN_RECORDS = 40
NEWEST = 2000
MEMBERS = 3
"""A pool of fewer people would tell on somebody (docs/method.md#calibrate)."""
FRESH_MS = 10 * 60 * 1000
"""How long a temperature is used before it is fitted anew: labels come far slower than questions."""

_GRID = tuple(math.exp2(step / 8.0) for step in range(-8, 25))
_TINY = 1e-6


class Calibration:
    """The temperature of each label set; fitted in a thread, kept for ten minutes or until `forget`."""

    def __init__(self, shadows: ShadowStore, clock: Clock) -> None:
        self._shadows = shadows
        self._clock = clock
        self._known: dict[str, tuple[float, int]] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._forgotten = 0

    async def temperature(self, label_set_id: str) -> float:
        """The temperature for predictions with a label set; 1.0 while there is too little to learn it from."""
        async with self._locks[label_set_id]:
            known, now = self._known.get(label_set_id), self._clock.now_ms()
            if known is not None and now - known[1] < FRESH_MS:
                return known[0]
            forgotten = self._forgotten
            records = await self._shadows.pooled(label_set_id, limit=NEWEST, members=MEMBERS)
            temperature = await asyncio.to_thread(fitted, records)
            if forgotten == self._forgotten:
                self._known[label_set_id] = (temperature, now)
            return temperature

    def forget(self) -> None:
        """Keep nothing that was learned from somebody who has just left: fit anew at the next question."""
        self._forgotten += 1
        self._known.clear()


def tempered(distribution: Distribution, temperature: float) -> Distribution:
    """The distribution p^(1/T), normalised: T > 1 is less sure, T < 1 surer; the order stays."""
    if temperature == 1.0:
        return distribution
    powers = [max(p, _TINY) ** (1.0 / temperature) for p in distribution]
    total = math.fsum(powers)
    return tuple(p / total for p in powers)


def fitted(records: Sequence[Scored]) -> float:
    """The temperature in [1/2, 8] that makes the first emotion's probability say best how often it is right.

    Least log loss of (probability of the first emotion, hit); 1.0 below 40 records.
    """
    if len(records) < MIN_RECORDS:
        return 1.0
    logs = np.log(np.maximum([record.distribution for record in records], _TINY))
    hits = np.array([record.hit for record in records])
    _, _, best = min((_loss(logs, hits, t), abs(math.log(t)), t) for t in _GRID)
    return best


def _loss(logs: NDArray[np.float64], hits: NDArray[np.float64], temperature: float) -> float:
    powers = np.exp(logs / temperature)
    sure = np.clip(powers.max(axis=1) / powers.sum(axis=1), _TINY, 1.0 - _TINY)
    return -math.fsum(hits * np.log(sure) + (1.0 - hits) * np.log(1.0 - sure))
