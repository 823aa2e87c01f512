"""The table for people that `feelprint evaluate` ends with."""

from collections.abc import Sequence

from rich.box import SIMPLE
from rich.table import Table

from core.evaluate.summary import Row


def table(rows: Sequence[Row]) -> Table:
    """A line for each method and training size, in the order in which they were asked for; fits 80 columns."""
    drawn = Table(
        title="On pictures that nobody's tuning saw",
        title_justify="left",
        caption_justify="left",
        box=SIMPLE,
        padding=0,
        pad_edge=False,
        show_edge=False,
    )
    drawn.add_column("n", justify="right", no_wrap=True)
    drawn.add_column("method", no_wrap=True)
    for name in ("right %", "gain (95 %)", "worse", ">1 pt", "chance", "calls"):
        drawn.add_column(name, justify="right", no_wrap=True)
    last = None
    for row in rows:
        if last is not None and row.n_train != last:
            drawn.add_section()
        last = row.n_train
        drawn.add_row(
            str(row.n_train),
            row.method,
            f"{100 * row.accuracy:.1f}",
            f"{row.gain:+.1f} ({row.gain_low:+.1f}, {row.gain_high:+.1f})",
            _percent(row.worse),
            _percent(row.worse_by_a_point),
            _percent(row.worse_by_chance),
            f"{row.image_calls + row.text_calls:.0f}+{row.writer_calls:.0f}",
        )
    drawn.caption = (
        "n: labels to learn from. gain: points over the generic prompt on the same pictures. worse: share of "
        "people below it, and by more than a point; chance: the same for the generic prompt in other words. "
        "calls: on pictures and descriptions + to the writer, per person, while learning; the cap is the same "
        "for all methods."
    )
    return drawn


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"
