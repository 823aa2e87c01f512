"""In which language a sentence is said: gettext catalogues, chosen by the interaction that is answered.

English stands in the code; every other language is a file `locale/<language>.po`, read when it is first
needed, so there is nothing to compile. The language of an answer travels in a context variable, which
each interaction sets in its own task; nothing else has to be told whom it speaks to. What nobody on Discord
reads (the command line, a file) is plain: a command is a word there, and on Discord a mention that can be pressed.
It shows the command's one name, as Discord translates no mention; so slash commands have no other names.

`make words` brings every catalogue up to date with the sentences in the code. To add a language, make an
empty file `locale/<language>.po` and run it.
"""

import gettext as catalogues
import io
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ENGLISH = "en"
FOLDER = Path(__file__).parent / "locale"

_language: ContextVar[str] = ContextVar("language", default=ENGLISH)
_mentions: ContextVar[Mapping[str, str] | None] = ContextVar("mentions", default=None)
_COMMAND = re.compile(r"`/([^`]+)`")


def gettext(sentence: str) -> str:
    """The sentence in the language of whoever is spoken to."""
    return _mentioning(_catalogue(_language.get()).gettext(sentence))


def ngettext(one: str, many: str, number: float) -> str:
    """The sentence for a number of things; languages have more than two forms, so nobody picks one by hand.

    Fractions (weighted counts) take the form of the next whole number above.
    """
    return _mentioning(_catalogue(_language.get()).ngettext(one, many, -int(-number // 1)))


def mark(sentence: str) -> str:
    """Mark a sentence for the catalogues where it stands; whoever says it later calls `gettext`."""
    return sentence


def current() -> str:
    """The language that is spoken now."""
    return _language.get()


def on_discord() -> bool:
    """Whether it is read on Discord, which shows times and commands as each reader has them."""
    return _mentions.get() is not None


def speak(locale: str, mentions: Mapping[str, str]) -> None:
    """Speak this language until the task ends: Discord's locale, or the nearest that there is.

    `mentions`: what Discord shows as a command, by the command's name.
    """
    _language.set(nearest(locale))
    _mentions.set(mentions)


@contextmanager
def speaking(locale: str, mentions: Mapping[str, str] | None = None) -> Iterator[None]:
    """Speak a language inside the block; without `mentions` it is not read on Discord."""
    tokens = _language.set(nearest(locale)), _mentions.set(mentions)
    try:
        yield
    finally:
        _language.reset(tokens[0])
        _mentions.reset(tokens[1])


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


def plainly() -> AbstractContextManager[None]:
    """The same language inside the block, and not read on Discord: for files."""
    return speaking(current())


def _mentioning(sentence: str) -> str:
    """The sentence with its commands as Discord has them; one that Discord has not announced stays a word."""
    known = _mentions.get()
    return _COMMAND.sub(lambda found: known.get(found[1], found[0]), sentence) if known else sentence


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
