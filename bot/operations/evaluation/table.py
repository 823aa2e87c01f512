"""The tables for people that `feelprint evaluate` and `feelprint rates` end with."""

from collections.abc import Sequence

from rich.box import SIMPLE
from rich.table import Table

from bot.words import evaluation as words
from core.evaluate.rates import Rates
from core.evaluate.summary import Row


def table(rows: Sequence[Row], *, replay: bool = False) -> Table:
    """A line for each method and training size, in the order in which they were asked for; fits 80 columns."""
    drawn = Table(
        title=words.table_title(),
        title_justify="left",
        caption_justify="left",
        box=SIMPLE,
        padding=0,
        pad_edge=False,
        show_edge=False,
    )
    for place, name in enumerate(words.table_columns(replay=replay)):
        drawn.add_column(name, justify="left" if place == 1 else "right", no_wrap=True)
    last = None
    for row in rows:
        if last is not None and row.n_train != last:
            drawn.add_section()
        last = row.n_train
        drawn.add_row(
            str(row.n_train),
            row.method,
            words.right(row.accuracy),
            words.interval(row.gain, row.gain_low, row.gain_high),
            words.share(row.worse),
            words.share(row.worse_by_a_point),
            words.share(row.worse_by_chance),
            *((_came(row), _versions(row)) if replay else ()),
            f"{row.image_calls + row.text_calls:.0f}+{row.writer_calls:.0f}",
        )
    drawn.caption = words.table_caption(replay=replay)
    return drawn


def rates_table(used: Rates, never: Rates) -> Table:
    """A line for the rules that were used, and one for those that never were."""
    drawn = Table(title=words.rates_title(), title_justify="left", box=SIMPLE, pad_edge=False, show_edge=False)
    for place, name in enumerate(words.rates_columns()):
        drawn.add_column(name, justify="right" if place else "left")
    for name, rates in zip(words.rates_rows(), (used, never), strict=True):
        shares = (rates.right, rates.generic, rates.neither)
        said = [words.share(share if rates.places else None) for share in shares]
        drawn.add_row(name, str(rates.rules), str(rates.places), *said)
    return drawn


def _came(row: Row) -> str:
    return words.gain_of_labels(row.gain_as_they_came)


def _versions(row: Row) -> str:
    return words.versions(row.versions, row.withdrawals)
