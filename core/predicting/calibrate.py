"""Calibration: how sure an answer may sound, learned from how often earlier ones were right.

One temperature for everybody with a label set, because it never changes which emotion comes first and needs
few records (Guo et al. 2017, "On Calibration of Modern Neural Networks"). It is fitted on the newest shadow
records of all members together, without ids; with too few, answers stay as the model gave them. General answers
are put on the same scale: the same model gives both, and what corrects the one corrects the other
(docs/measured.md#certainty).
"""

import asyncio
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.ports import Scored, ShadowStore
from core.vocabulary.clock import Clock
from core.vocabulary.emotions import Distribution

MIN_RECORDS = 40
"""From fewer nothing is learned: no temperature, nor how often answers as sure as another were right."""
NEWEST = 2000
MEMBERS = 3
"""A pool of fewer people would tell on somebody (docs/method.md#calibrate)."""
FRESH_MS = 10 * 60 * 1000
"""How long a temperature is used before it is fitted anew: labels come far slower than questions."""

AS_SURE = 0.1
"""Answers are as sure as another whose first emotion has a probability within this of its own: half of it errs
more, twice as much no less (docs/measured.md#certainty).
"""

_GRID = tuple(math.exp2(step / 8.0) for step in range(-8, 25))
_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Scale:
    """A temperature, and of each answer that it was learned from: how sure, its hit, whose; least sure first."""

    temperature: float = 1.0
    past: tuple[tuple[float, float, int], ...] = ()

    def tempered(self, distribution: Distribution) -> Distribution:
        """The distribution p^(1/T), normalised: T > 1 is less sure, T < 1 surer; the order stays."""
        return tempered(distribution, self.temperature)

    def right(self, certainty: float) -> float | None:
        """How often, in [0, 1], answers as sure as that were right; None of too few, or of too few people."""
        near = [(hit, whose) for sure, hit, whose in self.past if abs(sure - certainty) <= AS_SURE]
        if len(near) < MIN_RECORDS or len({whose for _, whose in near}) < MEMBERS:
            return None
        return math.fsum(hit for hit, _ in near) / len(near)


class Calibration:
    """The scale of each label set; fitted in a thread, kept for ten minutes or until `forget`."""

    def __init__(self, shadows: ShadowStore, clock: Clock) -> None:
        self._shadows = shadows
        self._clock = clock
        self._known: dict[str, tuple[Scale, int]] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._forgotten = 0

    async def scale(self, label_set_id: str) -> Scale:
        """The scale for answers with a label set; that of the model while there is too little to learn it from."""
        async with self._locks[label_set_id]:
            known, now = self._known.get(label_set_id), self._clock.now_ms()
            if known is not None and now - known[1] < FRESH_MS:
                return known[0]
            forgotten = self._forgotten
            records = await self._shadows.pooled(label_set_id, limit=NEWEST, members=MEMBERS)
            scale = await asyncio.to_thread(scale_of, records)
            if forgotten == self._forgotten:
                self._known[label_set_id] = (scale, now)
            return scale

    def forget(self) -> None:
        """Keep nothing that was learned from somebody who has just left: fit anew at the next question."""
        self._forgotten += 1
        self._known.clear()


def scale_of(records: Sequence[Scored]) -> Scale:
    """The scale that records of the past ask for."""
    temperature = fitted(records)
    sure = ((max(tempered(one.distribution, temperature)), one.hit, one.whose) for one in records)
    return Scale(temperature, tuple(sorted(sure)))


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
