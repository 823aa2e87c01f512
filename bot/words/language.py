"""In which language a sentence is said: gettext catalogues, chosen by the interaction that is answered.

English stands in the code; every other language is a file `locale/<language>.po`, read when it is first
needed, so there is nothing to compile. The language of an answer travels in a context variable, which
each interaction sets in its own task; nothing else has to be told whom it speaks to. What no interaction
asked for (a notice by direct message, the command line) is said in English.

`make words` brings every catalogue up to date with the sentences in the code. To add a language, make an
empty file `locale/<language>.po` and run it.
"""

import gettext as catalogues
import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ENGLISH = "en"
FOLDER = Path(__file__).parent / "locale"

_language: ContextVar[str] = ContextVar("language", default=ENGLISH)


def gettext(sentence: str) -> str:
    """The sentence in the language of whoever is spoken to."""
    return _catalogue(_language.get()).gettext(sentence)


def ngettext(one: str, many: str, number: float) -> str:
    """The sentence for a number of things; languages have more than two forms, so nobody picks one by hand.

    Fractions (weighted counts) take the form of the next whole number above.
    """
    return _catalogue(_language.get()).ngettext(one, many, -int(-number // 1))


def mark(sentence: str) -> str:
    """Mark a sentence for the catalogues where it stands; whoever says it later calls `gettext`."""
    return sentence


def current() -> str:
    """The language that is spoken now."""
    return _language.get()


def speak(locale: str) -> None:
    """Speak this language until the task ends: Discord's locale, or the nearest that there is."""
    _language.set(nearest(locale))


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Speak a language inside the block."""
    token = _language.set(nearest(locale))
    try:
        yield
    finally:
        _language.reset(token)


@lru_cache(maxsize=64)
def nearest(locale: str) -> str:
    """The language for a locale such as `de` or `pt-BR`: itself, its main language, or English."""
    name = locale.replace("-", "_")
    return next((known for known in (name, name.partition("_")[0]) if known in languages()), ENGLISH)


@cache
def languages() -> frozenset[str]:
    """Every language that there is a catalogue for, and English."""
    return frozenset({ENGLISH, *(file.stem for file in FOLDER.glob("*.po"))})


def load() -> None:
    """Read every catalogue; whoever speaks first need not wait for the disk then."""
    for language in languages():
        _catalogue(language)


@cache
def _catalogue(language: str) -> catalogues.NullTranslations:
    if language == ENGLISH:
        return catalogues.NullTranslations()
    with (FOLDER / f"{language}.po").open("rb") as file:
        read = read_po(file, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, read)
    compiled.seek(0)
    return catalogues.GNUTranslations(compiled)
