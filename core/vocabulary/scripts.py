r"""Words and emojis as people write them, in whatever script.

Python's \w knows no combining marks, without which there is no Hindi, Tamil or Thai; names that look alike
may be written with other characters and in other case; and what is no emoji cannot be reacted with. Each is
decided here by what Unicode says of a character, and nowhere else.
"""

import re
import unicodedata

JOINERS = frozenset("\u200c\u200d")
"""Between letters of Persian and Indic scripts they decide how these are shaped."""

_ZWJ, _KEYCAP, _EMOJI_STYLE, _TEXT_STYLE = "\u200d", "\u20e3", "\ufe0f", "\ufe0e"
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_TAGS = re.compile("[\U000e0020-\U000e007f]*")
_SKIN = re.compile("[\U0001f3fb-\U0001f3ff]")
_CUSTOM_EMOJI = re.compile(r"(?:<a?:\w{2,32}:\d{15,22}>|\w{2,32}:\d{15,22}|\d{15,22})")
_ODD_EMOJIS = frozenset("©®‼⁉™ℹ〰〽㊗㊙")
"""Emojis of other classes of characters than the rest."""


def composed(text: str) -> str:
    """Text with each letter and its marks as one character where there is one (NFC), without blanks around."""
    return unicodedata.normalize("NFC", text.strip())


def folded(text: str) -> str:
    """What is the same for words that a reader takes for the same: case and composition do not count."""
    return unicodedata.normalize("NFC", composed(text).casefold())


def is_letter(character: str) -> bool:
    """Whether it is a letter of some script, or a mark on one."""
    return unicodedata.category(character)[0] in "LM" or character in JOINERS


def is_emoji(text: str) -> bool:
    """Whether a text is one emoji: a custom one as Discord writes it, or one of Unicode's with its variations."""
    if _CUSTOM_EMOJI.fullmatch(text) or _FLAG.fullmatch(text):
        return True
    if text[:1] in "0123456789#*" and text[1:].replace(_EMOJI_STYLE, "") == _KEYCAP:
        return True
    return bool(text) and all(map(_is_simple_emoji, text.split(_ZWJ)))


def _is_simple_emoji(text: str) -> bool:
    """One picture with its style, skin tone and tags, as they stand between joiners."""
    if not text or not _is_picture(text[0]):
        return False
    rest = text[1:].removeprefix(_EMOJI_STYLE).removeprefix(_TEXT_STYLE)
    rest = _SKIN.sub("", rest, count=1)
    return bool(_TAGS.fullmatch(rest.removeprefix(_EMOJI_STYLE)))


def _is_picture(character: str) -> bool:
    among_symbols = "\u2190" <= character <= "\u2bff" or character >= "\U0001f000"
    if "\U0001f1e6" <= character <= "\U0001f1ff":
        return False  # half a flag
    return character in _ODD_EMOJIS or (among_symbols and unicodedata.category(character) in ("So", "Sm"))
