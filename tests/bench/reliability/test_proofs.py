"""Every figure goes red when its defence is switched off: a trial that cannot fail says nothing."""

import pytest

from tests.bench.reliability.__main__ import proved
from tests.bench.reliability.figure import Figure, figures, upper


@pytest.mark.bench
@pytest.mark.parametrize("figure", figures(), ids=lambda figure: str(figure.number))
def test_without_its_defence_the_figure_goes_red(figure: Figure) -> None:
    assert proved(figure, seed=1).trials.failures


def test_no_failure_bounds_the_rate_at_three_in_n() -> None:
    assert upper(0, 200) == pytest.approx(0.015)
    assert upper(0, 0) == upper(3, 3) == 1.0
    assert upper(1, 100) == pytest.approx(0.0466, abs=1e-3)
