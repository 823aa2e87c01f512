"""What was driven in a test: every command that ran, every set of buttons and form that was pressed, and which of
the words on buttons stood on what was pressed; and all that was read meanwhile.
"""

import functools
import inspect
import json
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import discord
import pytest
from discord.ui.view import BaseView
from simcord.actors import MemberActor
from simcord.components import walk_components
from simcord.results import InteractionResult

from bot.discord_ui.tree import FeelprintTree
from bot.discord_ui.views import Guarded, Lasting
from bot.words import buttons
from bot.words.language import _catalogue
from tests.journeys.conftest import text_of

WORDS: dict[str, Any] = {
    name: word
    for name, word in inspect.getmembers(buttons, inspect.isfunction)
    if word.__module__ == buttons.__name__
}
"""Every function that says what stands on a button, a menu or a form."""

_MENTION = re.compile(r"<[^>\s]*\d+[^>\s]*>|\]\(https://[^)\s]+\)")
"""What Discord shows as a name, or behind words."""

_RAW_ID = re.compile(r"\b\d{17,20}\b")


class Driven:
    """Filled while something is pressed; `words` are names of functions of `bot.words.buttons`."""

    def __init__(self) -> None:
        self.commands: set[str] = set()
        self.pressed: set[type] = set()
        self.shown: dict[type, bool] = {}
        self.words: set[str] = set()
        self.read: list[str] = []
        self.said: dict[str, set[str]] = defaultdict(set)

    def ran(self, command: Any) -> None:
        """A command was used."""
        self.commands.add(command.qualified_name)

    def touched(self, one: Any, interaction: discord.Interaction[Any]) -> None:
        """Something was pressed, chosen in or submitted."""
        self.pressed.update(kind for kind in type(one).__mro__ if issubclass(kind, Guarded))
        for text in _words_of(one, interaction):
            self.words |= self.said.get(text, set())

    def sent(self, view: BaseView) -> None:
        """A set of buttons was shown: whether it has any of its own, which do not outlive it."""
        own = [i for i in view.walk_children() if i.is_dispatchable() and not isinstance(i, Lasting)]
        self.shown[type(view)] = self.shown.get(type(view), False) or bool(own)

    def undriven(self, kinds: list[type]) -> list[str]:
        """Those of these buttons and forms that nobody pressed, though there is something to press."""
        return [
            kind.__qualname__ for kind in kinds if kind not in self.pressed and self.shown.get(kind) is not False
        ]


def raw_in(read: Iterable[str]) -> list[str]:
    """What was read that no person should: ids, names of Python, fields that were not filled."""
    bare = [_MENTION.sub("", text) for text in read]
    return [text for text in bare if _RAW_ID.search(text) or re.search(r"\{\w+\}|\bNone\b|\bnan\b", text)]


def english_in(read: Iterable[str], language: str) -> list[tuple[str, str]]:
    """Sentences of ours that were said in English to somebody who reads another language."""
    every = [said for said in _catalogue(language)._catalog if isinstance(said, str)]
    telling = [said for said in every if len(said.split()) > 3 and "{" not in said]
    return [(said, text) for text in read for said in telling if said in text]


def _words_of(one: Any, interaction: discord.Interaction[Any]) -> list[str]:
    """All that stands on what was pressed: a label, a menu's title and its options, a form's every word."""
    if isinstance(one, discord.ui.Modal):
        parts = [{"label": one.title}, *_parts(one.to_components())]
    else:
        pressed = (interaction.data or {}).get("custom_id")
        message = interaction.message.components if interaction.message else []
        every = _parts([component.to_dict() for component in message])
        parts = [part for part in every if part.get("custom_id") == pressed]
        parts += [option for part in parts for option in part.get("options", ())]
    keys = ("label", "placeholder", "description")
    return [part[key] for part in parts for key in keys if isinstance(part.get(key), str)]


def _parts(components: Any) -> list[dict[str, Any]]:
    return list(walk_components(json.loads(json.dumps(components, default=str))))


@pytest.fixture
def driven(monkeypatch: pytest.MonkeyPatch) -> Driven:
    """Listens until the end of the test."""
    noted = Driven()

    def around(owner: Any, name: str, before: Any) -> None:
        real = getattr(owner, name)

        @functools.wraps(real)
        async def wrapped(self: Any, *given: Any, **more: Any) -> Any:
            before(self, *given)
            return await real(self, *given, **more)

        monkeypatch.setattr(owner, name, wrapped)

    around(FeelprintTree, "interaction_check", lambda _, interaction: noted.ran(interaction.command))
    around(Guarded, "interaction_check", noted.touched)
    _read(noted, monkeypatch)
    for kind in (discord.ui.View, discord.ui.LayoutView):
        shown = kind.to_components
        monkeypatch.setattr(kind, "to_components", lambda self, shown=shown: noted.sent(self) or shown(self))
    for name, word in WORDS.items():

        def said(*given: Any, name: str = name, word: Any = word, **more: Any) -> str:
            text: str = word(*given, **more)
            noted.said[text].add(name)
            return text

        monkeypatch.setattr(buttons, name, said)
    return noted


def _read(noted: Driven, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("slash", "click", "select", "context_menu", "submit_modal"):
        real = getattr(MemberActor, name)

        @functools.wraps(real)
        async def wrapped(*given: Any, real: Any = real, **more: Any) -> InteractionResult:
            result: InteractionResult = await real(*given, **more)
            noted.read += [text_of(result), *(text_of(also) for also in result.followups)]
            return result

        monkeypatch.setattr(MemberActor, name, wrapped)
