"""Dates, numbers, lists and what follows one another as the language that is spoken writes them (Unicode's CLDR,
through Babel).
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from babel import Locale
from babel.dates import format_date, format_skeleton
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
    return format_date(day, "long", _locale())


def month(at_ms: int) -> str:
    """The month of a moment in milliseconds, in UTC."""
    day = datetime.fromtimestamp(at_ms / 1000, UTC).date()
    return format_skeleton("yMMMM", day, locale=_locale())


def listed(items: Sequence[str]) -> str:
    """Several things in a sentence: a, b and c."""
    return format_list(items, locale=_locale())


def either(items: Sequence[str]) -> str:
    """One of several things: a, b or c."""
    return format_list(items, style="or", locale=_locale())


def in_a_row(items: Iterable[str]) -> str:
    """Several things beside each other, with no word between them: a, b, c."""
    comma: str = _locale().list_patterns["standard"]["middle"].format("", "")
    return comma.join(items)


def sentences(*said: str) -> str:
    """One after another: with a space, which Chinese and Japanese do not write after a full stop of theirs."""
    text = ""
    for one in said:
        text += one if not text or text.endswith("。") else f" {one}"
    return text


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


def _locale() -> Locale:
    return Locale.parse(_DATES.get(current(), current()))
