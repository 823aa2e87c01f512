"""The chart of an evaluation: everything on it can be read."""

import pytest

from bot.operations.evaluation.chart import chart
from core.evaluate.summary import Row


def row(method: str, n: int, calls: float) -> Row:
    accuracy = (0.4, 0.3, 0.5)
    return Row(method, n, 20, *accuracy, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, calls, 0.0, 0.0, 40.0, 0.0, 0.0, 0)


@pytest.mark.parametrize("sizes", [(32,), (16, 32)])
@pytest.mark.parametrize(
    "model", ["offline model", "a-vision-model-with-a-very-long-name:72b-instruct-q4_K_M-and-more"]
)
def test_nothing_that_is_written_is_cut_off(sizes: tuple[int, ...], model: str) -> None:
    figure = chart([row(m, n, c) for n in sizes for m, c in (("generic", 0.0), ("rules", 40.0))], model=model)
    figure.canvas.draw()
    title = figure.get_suptitle()
    assert model in title.replace("\n", "")
    box = next(text for text in figure.texts if text.get_text() == title).get_window_extent()
    assert box.x0 >= 0.0
    assert box.x1 <= figure.bbox.width
