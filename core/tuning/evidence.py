"""What two answers about the same pictures say of which one is right more often (docs/method.md#evidence).

Ties say nothing about that and drop out (the sign test's idea). Pure arithmetic, exact where it can be.
"""

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache

from core.vocabulary.feelprint import Evidence


def paired(differences: Iterable[float]) -> Evidence:
    """Evidence from differences d_i = hit_new - hit_reference on the same images.

    W is the sum of the positive ones, L of the negative ones (docs/method.md#evidence).
    """
    values = list(differences)
    right = math.fsum(d for d in values if d > 0)
    wrong = math.fsum(-d for d in values if d < 0)
    return Evidence(len(values), round(right, 9), round(wrong, 9))


def net(evidence: Evidence) -> float:
    """W - L."""
    return evidence.right - evidence.wrong


def better(right: float, wrong: float, expected: float = 0.5) -> float:
    """Probability that the new prompt is right more often than the reference where they differ.

    1 - BetaCDF(1/2; W + 2e, L + 2(1 - e)): the posterior of the win rate under a prior that is worth two
    pictures and expects a win rate of e = `expected`, 0 < e < 1; at 1/2 it is uniform. For integers this is a
    binomial tail, P(Bin(W+L+1, 1/2) <= W), summed exactly (Abramowitz & Stegun 26.5.24); fractions go through
    the incomplete beta function. Raises ValueError for negative evidence.
    """
    if right < 0 or wrong < 0:
        raise ValueError("negative evidence")
    if expected == 0.5 and float(right).is_integer() and float(wrong).is_integer():
        w, n = int(right), int(right) + int(wrong) + 1
        return sum(math.comb(n, k) for k in range(w + 1)) / (1 << n)
    return 1.0 - beta_cdf(0.5, right + 2.0 * expected, wrong + 2.0 * (1.0 - expected))


def beta_cdf(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), a, b > 0.

    Continued fraction by Lentz's method (Press et al., Numerical Recipes, 6.4), on the side where it
    converges quickly.
    """
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - beta_cdf(1.0 - x, b, a)
    log_front = (
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x) - math.log(a)
    )
    return math.exp(log_front) * _continued_fraction(x, a, b)


def _continued_fraction(x: float, a: float, b: float) -> float:
    tiny = 1e-300
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / (d if abs(d) > tiny else tiny)
    value = d
    for m in range(1, 500):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        step = 1.0
        for term in (even, odd):
            d = 1.0 + term * d
            d = 1.0 / (d if abs(d) > tiny else tiny)
            c = 1.0 + term / c
            c = c if abs(c) > tiny else tiny
            step = d * c
            value *= step
        if abs(step - 1.0) < 1e-14:
            break
    return value


def fall(hits: Sequence[float]) -> tuple[float, int]:
    """How much likelier hits in [0, 1] are with two rates, the later one lower, than with one, and after how many
    of them the rates part best; (0, 0) where nothing fell.

    The first is the log of the largest likelihood ratio over all places (a generalized likelihood ratio: Lorden
    1971, Annals of Mathematical Statistics 42).
    """
    whole, many = math.fsum(hits), len(hits)
    one = _x_log_x(whole) + _x_log_x(many - whole) - _x_log_x(many)
    best, before = (0.0, 0), 0.0
    for place in range(1, many):
        before += hits[place - 1]
        after, left = whole - before, many - place
        if before * left > after * place:
            first = _x_log_x(before) + _x_log_x(place - before) - _x_log_x(place)
            second = _x_log_x(after) + _x_log_x(left - after) - _x_log_x(left)
            best = max(best, (first + second - one, place))
    return best


@lru_cache(maxsize=4096)  # hits are wholes and halves, so it is asked for the same few again and again
def _x_log_x(x: float) -> float:
    return x * math.log(x) if x > 0.0 else 0.0
