"""Catalogues: every sentence of the code in every language, with its placeholders and its plural forms."""

import ast
import re
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from bot.words import language

WORDS = Path(language.__file__).parent
KEYWORDS = {**DEFAULT_KEYWORDS, "mark": None, "locale_str": None}
OTHERS = sorted(language.languages() - {language.ENGLISH})


def in_the_code() -> set[str | tuple[str, ...]]:
    return {found[2] for found in extract_from_dir(WORDS, keywords=KEYWORDS)}


def catalogue(name: str) -> Catalog:
    with (language.FOLDER / f"{name}.po").open("rb") as file:
        return read_po(file, locale=name, abort_invalid=True)


def entries(name: str) -> dict[str | tuple[str, ...], tuple[str, ...]]:
    """What is said for each sentence, all plural forms of it."""
    messages = [message for message in catalogue(name) if message.id]
    return {
        message.id if isinstance(message.id, str) else tuple(message.id): (
            (message.string,) if isinstance(message.string, str) else tuple(message.string)
        )
        for message in messages
    }


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_german_japanese_and_simplified_chinese_are_there():
    assert {"de", "ja", "zh_CN"} <= set(OTHERS)


@pytest.mark.parametrize("name", OTHERS)
def test_every_sentence_of_the_code_is_in_the_catalogue_and_no_other(name):
    assert set(entries(name)) == in_the_code()


@pytest.mark.parametrize("name", OTHERS)
def test_every_form_of_every_sentence_is_said(name):
    forms = catalogue(name).num_plurals
    for sentence, said in entries(name).items():
        assert len(said) == (1 if isinstance(sentence, str) else forms), sentence
        assert all(said), sentence
    assert not any(message.fuzzy for message in catalogue(name) if message.id)


@pytest.mark.parametrize("name", OTHERS)
def test_placeholders_are_those_of_the_english_sentence(name):
    for sentence, said in entries(name).items():
        *one, many = [sentence] if isinstance(sentence, str) else sentence
        assert placeholders(said[-1]) == placeholders(many), sentence
        allowed = [placeholders(form) for form in (*one, many)]
        assert all(placeholders(form) in allowed for form in said), sentence


@pytest.mark.parametrize("name", OTHERS)
def test_commands_are_named_as_in_the_english_sentence(name):
    for sentence, said in entries(name).items():
        wanted = re.findall(r"`[^`]+`", sentence if isinstance(sentence, str) else sentence[-1])
        assert all(sorted(re.findall(r"`[^`]+`", form)) == sorted(wanted) for form in said), sentence


def test_nothing_is_marked_where_the_extractor_does_not_see_it():
    """Babel does not look into f-strings on every Python that we run on."""
    seen = in_the_code()
    for file in WORDS.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"_", *KEYWORDS}:
                texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                assert not texts or (texts[0] if len(texts) == 1 else tuple(texts)) in seen, (file.name, texts)


def test_plurals_follow_the_language():
    with language.speaking("de"):
        said = [language.ngettext("{number} more label", "{number} more labels", n) for n in (0, 1, 1.5, 2)]
    assert said == ["noch {number} Bewertungen", "noch {number} Bewertung", *["noch {number} Bewertungen"] * 2]


def test_a_language_that_nobody_has_written_is_english():
    assert [language.nearest(locale) for locale in ("de", "de-AT", "pt-BR", "en-GB")] == ["de", "de", "en", "en"]


def test_simplified_chinese_is_not_said_to_those_who_read_traditional():
    assert [language.nearest(locale) for locale in ("ja", "zh-CN", "zh-TW")] == ["ja", "zh_CN", "en"]
