"""What Discord has room for: every name, label, hint and title, in every language, wherever the code puts it.

Which sentence stands where is read from the code of `bot.discord_ui`, and what is announced is taken from the tree
itself; so whatever is added is measured too. A sentence whose place cannot be seen there is held to the tightest.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot import discord_ui
from bot.discord_ui.commands.all import add_commands
from bot.discord_ui.translator import CatalogueTranslator
from bot.discord_ui.tree import FeelprintTree
from bot.words import buttons, language, texts
from bot.words.emotions import STANDARD

CODE = Path(discord_ui.__file__).parent
TIGHTEST, BUTTON, OPTION, PLACEHOLDER, MESSAGE = 45, 80, 100, 150, 2000
ROOM = {
    ("Button", "label"): BUTTON,
    ("SelectOption", "label"): OPTION,
    ("SelectOption", "description"): OPTION,
    ("Label", "description"): OPTION,
}
SHOWN = ("label", "placeholder", "title", "text", "description")
LARGE = 9999
NAME, DESCRIPTION = re.compile(r"[-_'\w]{1,32}"), 100
EVERY = sorted(language.languages())


def calls(node: ast.AST) -> Iterator[tuple[ast.Call, ast.keyword, ast.expr]]:
    for call in (each for each in ast.walk(node) if isinstance(each, ast.Call)):
        for keyword in call.keywords:
            yield call, keyword, keyword.value


def code() -> list[ast.Module]:
    return [ast.parse(file.read_text()) for file in sorted(CODE.rglob("*.py"))]


def name_of(node: ast.expr) -> str:
    """The last part of `discord.ui.Button[Any]`."""
    node = node.value if isinstance(node, ast.Subscript) else node
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def sentence_of(node: ast.AST) -> str | None:
    """The name of a function of `buttons` that is called, or handed on."""
    function = node.func if isinstance(node, ast.Call) else node
    is_ours = isinstance(function, ast.Attribute) and getattr(function.value, "id", "") == "buttons"
    return function.attr if is_ours else None


def rooms() -> dict[str, int]:
    """For each sentence of `buttons` that is shown somewhere the least room that it has there."""
    found: dict[str, int] = {}

    def put(name: str, room: int) -> None:
        found[name] = min(room, found.get(name, room))

    for module in code():
        seen = set()
        for call, keyword, value in calls(module):
            if name := sentence_of(value):
                room = PLACEHOLDER if keyword.arg == "placeholder" else TIGHTEST
                put(name, ROOM.get((name_of(call.func), keyword.arg), room))
                seen |= {id(value), id(getattr(value, "func", value))}
        for node in (each for each in ast.walk(module) if isinstance(each, ast.Assign)):
            target = node.targets[0]
            if (
                isinstance(target, ast.Attribute)
                and target.attr == "placeholder"
                and (n := sentence_of(node.value))
            ):
                put(n, PLACEHOLDER)
                seen |= {id(node.value), id(getattr(node.value, "func", node.value))}
        for node in ast.walk(module):
            if id(node) not in seen and (name := sentence_of(node)):
                put(name, TIGHTEST)
    return found


def said(make: Any) -> str:
    return make(*(LARGE for _ in inspect.signature(make).parameters))


@pytest.mark.parametrize("spoken", EVERY)
def test_what_stands_on_buttons_menus_and_forms_fits_where_it_stands(spoken):
    shown = rooms()
    assert len(shown) > 50
    assert set(ROOM.values()) | {TIGHTEST, PLACEHOLDER} == set(shown.values()), "the places are told apart"
    with language.speaking(spoken, {}):
        for name, room in shown.items():
            text = said(getattr(buttons, name))
            assert 0 < len(text) <= room, (name, room, text)
            assert "`" not in text, "no mention works there"


def test_no_sentence_is_shown_that_is_in_no_catalogue():
    for module in code():
        for call, keyword, value in calls(module):
            literal = isinstance(value, ast.Constant) and isinstance(value.value, str)
            assert not (keyword.arg in SHOWN and literal), ast.unparse(call)


def test_every_sentence_for_buttons_is_used():
    made = {name for name, value in vars(buttons).items() if inspect.isfunction(value) and name != "_"}
    assert made - {"gettext"} == set(rooms())


@pytest.mark.parametrize("spoken", EVERY)
def test_emotions_are_short_enough_for_buttons_and_told_apart(spoken):
    with language.speaking(spoken):
        names = [language.gettext(name) for name in STANDARD.values()]
    assert len(set(names)) == len(names)
    assert all(0 < len(name) <= BUTTON for name in names)


@pytest.mark.parametrize("spoken", EVERY)
def test_what_is_said_without_a_card_fits_a_message_with_its_commands_as_mentions(spoken):
    """A card has twice the room."""
    whole = {name: make for name, make in vars(texts).items() if inspect.isfunction(make)}
    with language.speaking(spoken, _Mentions()):
        privacy = texts.privacy("m" * 60, "c" * 100, offline=False, asks_not_to_store=True)
        assert len(privacy) <= 2 * MESSAGE
        for name, make in whole.items():
            if make.__module__ == texts.__name__ and not inspect.signature(make).parameters:
                assert 0 < len(make()) <= MESSAGE, name


class _Mentions(dict[str, str]):
    """Every command is known, by an id of nineteen digits."""

    def __bool__(self) -> bool:
        return True

    def get(self, name: str, default: Any = None) -> Any:
        return f"</{name}:{'1' * 19}>"


async def announced() -> list[dict[str, Any]]:
    """All that Discord is told of the commands, and of what is in them."""
    tree = FeelprintTree(discord.Client(intents=discord.Intents.none()))
    add_commands(tree, SimpleNamespace(settings=SimpleNamespace(feel_per_minute=6)))
    todo = [await each.get_translated_payload(tree, CatalogueTranslator()) for each in tree._all()]
    parts = []
    while todo:
        part = todo.pop()
        parts.append(part)
        todo += [*part.get("options", ()), *part.get("choices", ())]
    return parts


async def test_commands_options_and_choices_fit_in_every_language():
    others = {str(locale) for locale in discord.Locale if language.nearest(str(locale)) != language.ENGLISH}
    for part in await announced():
        menu = part.get("type") in (2, 3) and "options" not in part and not part.get("description")
        names = {"": part["name"], **{k: v for k, v in (part.get("name_localizations") or {}).items() if v}}
        for name in names.values():
            assert 0 < len(name) <= 32, name
            assert menu or "value" in part or (NAME.fullmatch(name) and name == name.lower()), name
        if menu or "value" in part:
            assert others <= set(names), part["name"]
        if part.get("description"):
            described = {k: v for k, v in part["description_localizations"].items() if v}
            assert others == set(described), part["name"]
            assert all(0 < len(text) <= DESCRIPTION for text in (part["description"], *described.values())), part
