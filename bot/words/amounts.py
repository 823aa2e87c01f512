"""Dates, numbers and lists as the language that is spoken writes them (Unicode's CLDR, through Babel)."""

from collections.abc import Sequence
from datetime import UTC, datetime

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent

from bot.words.language import ENGLISH, current, ngettext, on_discord
from bot.words.language import gettext as _

_DATES = {ENGLISH: "en_GB"}
"""Our English says 5 June 2025, and $2."""


def date(at_ms: int) -> str:
    """The day of a moment in milliseconds: on Discord each reader's own, elsewhere that of UTC."""
    if on_discord():
        return f"<t:{at_ms // 1000}:D>"
    day = datetime.fromtimestamp(at_ms / 1000, UTC).date()
    return format_date(day, "long", Locale.parse(_DATES.get(current(), current())))


def month(at_ms: int) -> str:
    """The month of a moment in milliseconds, in UTC."""
    day = datetime.fromtimestamp(at_ms / 1000, UTC).date()
    return format_date(day, "LLLL y", Locale.parse(_DATES.get(current(), current())))


def listed(items: Sequence[str]) -> str:
    """Several things in a sentence: a, b and c."""
    return format_list(items, locale=Locale.parse(_DATES.get(current(), current())))


def either(items: Sequence[str]) -> str:
    """One of several things: a, b or c."""
    return format_list(items, style="or", locale=Locale.parse(_DATES.get(current(), current())))


def number(value: float) -> str:
    """A number with at most one digit after the point."""
    return format_decimal(value, "#,##0.#", locale=current())


def exactly(value: float, digits: int, *, signed: bool = False) -> str:
    """A number with so many digits after the point, and its sign where it is a difference."""
    places = "0" + ("." + "0" * digits if digits else "")
    return format_decimal(value, f"+#,##{places};-#,##{places}" if signed else f"#,##{places}", locale=current())


def percent(share: float) -> str:
    """A share in [0, 1] in whole percent."""
    return format_percent(share, locale=current())


def money(usd: float) -> str:
    """US dollars and cents."""
    return format_currency(usd, "USD", locale=current())


def times(count: float) -> str:
    """How often, in words; weighted counts may be fractions."""
    if count == 1:
        return _("once")
    if count == 2:
        return _("twice")
    return ngettext("{number} time", "{number} times", count).format(number=number(count))
