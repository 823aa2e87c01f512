"""The table for people that `feelprint evaluate` ends with."""

from collections.abc import Sequence

from rich.table import Table

from core.evaluate.summary import Row


def table(rows: Sequence[Row]) -> Table:
    """A line for each method and training size, in the order in which they were asked for."""
    drawn = Table(title="On pictures that nobody's tuning saw", title_justify="left", caption_justify="left")
    drawn.add_column("labels", justify="right")
    drawn.add_column("method")
    for name in ("right", "gain, points", "95 % interval", "worse", "by > 1 pt", "by chance", "calls", "writer"):
        drawn.add_column(name, justify="right")
    last = None
    for row in rows:
        if last is not None and row.n_train != last:
            drawn.add_section()
        last = row.n_train
        drawn.add_row(
            str(row.n_train),
            row.method,
            f"{100 * row.accuracy:.1f} %",
            f"{row.gain:+.1f}",
            f"{row.gain_low:+.1f} … {row.gain_high:+.1f}",
            f"{100 * row.worse:.0f} %",
            f"{100 * row.worse_by_a_point:.0f} %",
            "–" if row.worse_by_chance is None else f"{100 * row.worse_by_chance:.0f} %",
            f"{row.image_calls + row.text_calls:.0f}",
            f"{row.writer_calls:.0f}",
        )
    drawn.caption = (
        "gain: over the generic prompt, on the same pictures. worse: share of people below it. by chance: "
        "the same for the generic prompt in other words. All learn within the same cap of calls."
    )
    return drawn
