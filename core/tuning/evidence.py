"""What two answers about the same pictures say of which one is right more often (docs/method.md#evidence).

Ties say nothing about that and drop out (the sign test's idea). Pure arithmetic, exact where it can be.
"""

import math
from collections.abc import Iterable

from core.vocabulary.feelprint import Evidence

_NODES = 400


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


def fell(earlier_hits: float, earlier: float, later_hits: float, later: float) -> float:
    """Probability that the rate of hits fell from the earlier labels to the later ones.

    P(p_later < p_earlier) for independent Beta(hits+1, misses+1) posteriors, by the midpoint rule over
    the density of p_earlier.
    """
    a, b = earlier_hits + 1.0, earlier - earlier_hits + 1.0
    c, d = later_hits + 1.0, later - later_hits + 1.0
    log_norm = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    total = 0.0
    for i in range(_NODES):
        x = (i + 0.5) / _NODES
        density = math.exp(log_norm + (a - 1.0) * math.log(x) + (b - 1.0) * math.log1p(-x))
        total += density * beta_cdf(x, c, d)
    return min(1.0, total / _NODES)
