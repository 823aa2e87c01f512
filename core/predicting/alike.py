"""How alike two people feel, on pictures that both have labelled, with how sure that is. Pure.

Agreement on one picture is what their feelings share of it (1 for the same emotion). Beside it stands what two
people would agree on who feel as often what these two do, but each about any picture: the idea of Cohen's kappa
(1960, Educational and Psychological Measurement 20).
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.ports.yeses import Pair
from core.vocabulary.label import Label

FEWEST = 8
"""Pictures below which nothing is said: it would tell of single feelings rather than of two people."""

_STEP = 0.05
_Z = 1.96


class Verdict(StrEnum):
    """What can be said of two people beside what chance would do."""

    MORE = "more"
    """They feel more alike than chance would have it."""
    LESS = "less"
    """Less alike than chance would have it."""
    OPEN = "open"
    """That cannot be told from so few."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Shares in [0, 1], rounded to twentieths, so that one picture more or less tells of no single feeling:
    agreement, its 95 % interval (Wilson 1927), and what chance would do.
    """

    pictures: int
    share: float
    low: float
    high: float
    chance: float
    verdict: Verdict


def alike(pairs: Sequence[Pair]) -> Alike | None:
    """How alike two people feel; None where they have labelled fewer than `FEWEST` of the same pictures."""
    if len(pairs) < FEWEST:
        return None
    n = len(pairs)
    share = math.fsum(_common(one, other) for one, other in pairs) / n
    chance = _by_chance(pairs)
    centre, spread = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n), _Z / (1 + _Z**2 / n)
    half = spread * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    verdict = Verdict.MORE if low > chance else Verdict.LESS if high < chance else Verdict.OPEN
    return Alike(n, _round(share), _round(low), _round(high), _round(chance), verdict)


def _common(one: Label, other: Label) -> float:
    return math.fsum(min(share, other.felt.get(name, 0.0)) for name, share in sorted(one.felt.items()))


def _by_chance(pairs: Sequence[Pair]) -> float:
    often: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for pair in pairs:
        for total, label in zip(often, pair, strict=True):
            total.update(label.felt)
    return math.fsum(often[0][name] * often[1][name] for name in sorted(often[0])) / len(pairs) ** 2


def _round(share: float) -> float:
    return round(round(share / _STEP) * _STEP, 2)
