"""`results.png`: accuracy against calls, a mark for each method with its interval."""

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.words import evaluation as words
from core.evaluate.summary import Row

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLOURS = ("#7a7a85", "#c98a2b", "#3b7dd8", "#b5524d", "#2f8f6b", "#8a63b8", "#4c6a92", "#a0703c")

LETTERS = 52
"""So many letters of the title fit above one panel."""


def draw(rows: Sequence[Row], path: Path, *, model: str) -> None:
    """Save the chart as a picture. Blocking: call it off the event loop."""
    chart(rows, model=model).savefig(path)


def chart(rows: Sequence[Row], *, model: str) -> "Figure":
    """One panel for each training size."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - a third of a second, seldom needed
    from matplotlib.figure import Figure  # noqa: PLC0415

    sizes = sorted({row.n_train for row in rows})
    figure = Figure(figsize=(4.6 * len(sizes) + 0.6, 4.4), dpi=140, layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, len(sizes), sharey=True, squeeze=False)[0]
    methods = list(dict.fromkeys(row.method for row in rows))
    for panel, n in zip(panels, sizes, strict=True):
        for row in (r for r in rows if r.n_train == n):
            if row.accuracy is None or row.accuracy_low is None or row.accuracy_high is None:
                continue
            calls = row.image_calls + row.text_calls + row.writer_calls
            low, high = (100 * abs(row.accuracy - edge) for edge in (row.accuracy_low, row.accuracy_high))
            colour = _COLOURS[methods.index(row.method) % len(_COLOURS)]
            panel.errorbar(
                calls,
                100 * row.accuracy,
                yerr=[[low], [high]],
                fmt="o",
                ms=7,
                capsize=3,
                color=colour,
                label=row.method,
            )
            panel.annotate(
                row.method,
                (calls, 100 * row.accuracy),
                xytext=(7, 5),
                textcoords="offset points",
                color=colour,
                size=9,
            )
        panel.set_title(words.panel_title(n), size=11)
        panel.set_xlabel(words.calls_axis())
        panel.grid(alpha=0.25)
        panel.margins(x=0.25)
        for side in ("top", "right"):
            panel.spines[side].set_visible(False)
    panels[0].set_ylabel(words.right_axis())
    figure.suptitle(textwrap.fill(words.chart_title(model), LETTERS * len(sizes)), size=11)
    return figure
