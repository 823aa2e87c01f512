import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tuning.evidence import beta_cdf, better, fall, paired


@pytest.mark.parametrize(
    ("right", "wrong", "expected"), [(0, 0, 0.5), (3, 0, 15 / 16), (2, 0, 7 / 8), (5, 1, 120 / 128)]
)
def test_better_is_the_binomial_tail_for_whole_numbers(right: int, wrong: int, expected: float) -> None:
    assert better(right, wrong) == expected


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_incomplete_beta_agrees_with_the_exact_tail(right: int, wrong: int) -> None:
    assert 1.0 - beta_cdf(0.5, right + 1.0, wrong + 1.0) == pytest.approx(better(right, wrong), abs=1e-12)


@given(st.floats(0.0, 40.0), st.floats(0.0, 40.0))
def test_better_is_fair_between_both_and_rises_with_wins(right: float, wrong: float) -> None:
    assert better(right, wrong) + better(wrong, right) == pytest.approx(1.0, abs=1e-9)
    assert better(right + 1.0, wrong) >= better(right, wrong) - 1e-12


@pytest.mark.parametrize(("a", "b", "x"), [(1.7, 2.3, 0.2), (12.5, 3.1, 0.8), (1.0, 1.0, 0.37), (30.2, 28.9, 0.5)])
def test_the_incomplete_beta_is_the_area_under_its_density(a: float, b: float, x: float) -> None:
    steps = 20_000
    norm = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b))
    points = [(i + 0.5) / steps * x for i in range(steps)]
    area = sum(t ** (a - 1.0) * (1.0 - t) ** (b - 1.0) for t in points) * x / steps
    assert beta_cdf(x, a, b) == pytest.approx(norm * area, rel=1e-4)


def test_negative_evidence_is_refused() -> None:
    with pytest.raises(ValueError, match="negative evidence"):
        better(-1, 2)


def test_pairing_drops_ties_and_keeps_weights() -> None:
    found = paired([1.0, 0.0, -0.5, 0.25])
    assert (found.held, found.right, found.wrong) == (4, 1.25, 0.5)


def test_a_fall_is_as_likely_as_the_best_two_rates_make_it() -> None:
    """Against every place, by the product of what each hit and miss is worth at its rate."""

    def likelihood(hits: list[float]) -> float:
        rate = sum(hits) / len(hits)
        return math.prod(rate if hit else 1.0 - rate for hit in hits)

    hits = [1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]
    ratios = {k: likelihood(hits[:k]) * likelihood(hits[k:]) / likelihood(hits) for k in range(1, len(hits))}
    best = max(ratios, key=ratios.__getitem__)
    likelier, place = fall(hits)
    assert (math.exp(likelier), place) == (pytest.approx(ratios[best]), best)
    assert best == 6


@given(st.lists(st.sampled_from([0.0, 1.0 / 3.0, 0.5, 1.0]), max_size=40))
def test_another_hit_makes_no_fall_likelier(hits: list[float]) -> None:
    assert fall([*hits, 1.0])[0] <= fall(hits)[0] + 1e-9


def test_what_rises_or_stays_has_not_fallen() -> None:
    assert fall([0.0, 0.0, 1.0, 1.0]) == (0.0, 0)
    assert fall([0.5] * 9) == fall([1.0] * 9) == fall([]) == (0.0, 0)
