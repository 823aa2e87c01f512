"""Walks over everything that people can do, and everything that is heard: each says what it asks, and refuses."""

import importlib
import pkgutil
import re
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from discord import app_commands

import bot
from bot.discord_ui.client import FeelprintClient
from bot.discord_ui.commands.all import add_commands
from bot.discord_ui.doors import Judge, handlers_of, heard, needs_of, refusal_of, undeclared_commands
from bot.discord_ui.tree import FeelprintTree
from bot.discord_ui.views import Guarded, OwnView
from bot.outgoing.unanswered import Unanswered
from bot.outgoing.voices import Voices
from bot.words import texts
from bot.words.refused import sentence
from core.collecting.allowance import Allowance
from core.collecting.doors import Act, Needs, Pace, Who
from core.collecting.refusals import Refusal
from core.vocabulary.consent import Standing
from core.vocabulary.server_settings import ServerSettings
from tests.fakes import ManualClock

COMPONENTS = (discord.ui.View, discord.ui.LayoutView, discord.ui.Modal, discord.ui.DynamicItem)

for _module in pkgutil.walk_packages(bot.__path__, "bot."):
    if not _module.name.endswith("__main__"):
        importlib.import_module(_module.name)


def _below(kind: type) -> list[type]:
    return [kind, *(found for below in kind.__subclasses__() for found in _below(below))]


def components(room: str = "bot.") -> list[type]:
    """Every set of buttons, card and form that exists in a room."""
    found = {kind for base in COMPONENTS for kind in _below(base) if kind.__module__.startswith(room)}
    return sorted(found, key=lambda kind: kind.__qualname__)


def unguarded(room: str = "bot.") -> list[str]:
    """Components that do not ask at the door: not of our classes, undeclared, or with a check of their own."""
    return [
        kind.__qualname__
        for kind in components(room)
        if not issubclass(kind, Guarded)
        or not isinstance(vars(kind).get("needs"), Needs)
        or kind.interaction_check is not Guarded.interaction_check
        or kind.on_error is not Guarded.on_error
    ]


class _Response:
    def __init__(self):
        self.sent: list[str] = []
        self.deferred = False

    def is_done(self):
        return self.deferred or bool(self.sent)

    async def defer(self, **_):
        self.deferred = True

    async def send_message(self, content="", **_):
        self.sent.append(content)

    async def edit_message(self, content="", **_):
        self.sent.append(content)


ROLE, OTHER_ROLE = 70, 71


def _app(standing: Standing, place: ServerSettings | None = None) -> Any:
    async def stored(_):
        return standing

    roster = SimpleNamespace(standing=lambda _: standing, standing_stored=stored, place=lambda _: place)
    allowance, nothing = Allowance(1, ManualClock()), SimpleNamespace()
    return SimpleNamespace(
        roster=roster, allowance=allowance, settings=nothing, unanswered=Unanswered(), voices=Voices()
    )


def _interaction(
    app: Any, *, user: int = 1, manages: bool = False, command: Any = None, roles: tuple[int, ...] = ()
) -> Any:
    kind = discord.InteractionType.component if command is None else discord.InteractionType.application_command
    made = SimpleNamespace(
        user=_Member(user, roles),
        client=SimpleNamespace(app=app),
        command=command,
        type=kind,
        guild_id=5,
        permissions=discord.Permissions(manage_guild=manages),
        locale="en-US",
        response=_Response(),
        extras={},
        said=[],
    )

    async def edit(content="", **_):
        made.said.append(content)

    made.edit_original_response = edit
    return made


class _Member(discord.Member):
    """Somebody in a server, with some roles."""

    def __init__(self, user: int, roles: tuple[int, ...]) -> None:
        self._user, self._held = SimpleNamespace(id=user), roles

    @property
    def roles(self) -> list[Any]:
        return [SimpleNamespace(id=role) for role in self._held]


def _said(interaction: Any) -> list[str]:
    return interaction.response.sent + interaction.said


@pytest.fixture(scope="module")
def tree() -> FeelprintTree:
    """The bot's own tree, with every command on it."""
    made = FeelprintTree(discord.Client(intents=discord.Intents.none()))
    add_commands(made, SimpleNamespace(settings=SimpleNamespace(feel_per_minute=6)))
    return made


def commands(tree: app_commands.CommandTree[Any]) -> list[Any]:
    """Every command and menu that can be run."""
    kinds = (discord.AppCommandType.chat_input, discord.AppCommandType.message, discord.AppCommandType.user)
    every = [command for kind in kinds for command in tree.walk_commands(type=kind)]
    return [command for command in every if not isinstance(command, app_commands.Group)]


def cases(needs: Needs) -> list[tuple[Standing, bool, Refusal | None]]:
    """How people may stand, whether they manage the server, and what must come of it."""
    barred = {
        Who.ANYBODY: {},
        Who.MEMBER: {Standing.ABSENT: Refusal.NOT_JOINED},
        Who.JOINED: {
            Standing.ABSENT: Refusal.NOT_JOINED,
            Standing.PAUSED: Refusal.PAUSED,
            Standing.LAPSED: Refusal.LAPSED,
        },
        Who.MANAGER: dict.fromkeys(Standing, Refusal.NOT_A_MANAGER),
    }[needs.who]
    return [
        (standing, manages, None if needs.who is Who.MANAGER and manages else barred.get(standing))
        for standing, manages in product(Standing, (False, True))
    ]


def test_every_command_component_and_handler_says_what_it_asks(tree):
    assert len(commands(tree)) >= 12
    assert undeclared_commands(tree) == []
    assert len(components()) >= 10
    assert unguarded() == []
    assert len(handlers_of(FeelprintClient)) >= 11
    assert [name for name, judge in handlers_of(FeelprintClient).items() if judge is None] == []


def test_no_buttons_are_made_without_a_class():
    made = re.compile(r"discord\.ui\.(View|LayoutView|Modal)\(")
    sources = [path for path in Path(bot.__file__).parent.rglob("*.py") if made.search(path.read_text())]
    assert sources == []


async def test_every_command_refuses_whom_it_says_and_nobody_else(tree):
    tree.invitation = lambda: None
    for command in commands(tree):
        needs = needs_of(command)
        for standing, manages, why in cases(needs):
            app = _app(standing)
            interaction = _interaction(app, manages=manages, command=command)
            admitted = await tree.interaction_check(interaction)
            assert admitted == (why is None), (command.qualified_name, standing, manages)
            invited = needs.invites and why is Refusal.NOT_JOINED
            expected = [] if why is None else [texts.join_first() if invited else sentence(why)]
            assert _said(interaction) == expected, command.qualified_name
            again = _interaction(app, manages=manages, command=command)
            assert await tree.interaction_check(again) == (admitted and needs.pace is Pace.FREE)


async def test_every_component_refuses_whom_it_says_and_nobody_else():
    for kind in components():
        shown = object.__new__(kind)
        for standing, manages, why in cases(kind.needs):
            shown._owner, app = 1, _app(standing)
            interaction = _interaction(app, manages=manages)
            admitted = await kind.interaction_check(shown, interaction)
            assert admitted == (why is None), (kind.__qualname__, standing, manages)
            assert _said(interaction) == ([] if why is None else [sentence(why)]), kind.__qualname__
            again = _interaction(app, manages=manages)
            assert await kind.interaction_check(shown, again) == (admitted and kind.needs.pace is Pace.FREE)
            stranger = _interaction(_app(standing), manages=True, user=2)
            assert not await kind.interaction_check(shown, stranger)
            assert _said(stranger) == [texts.not_yours()]


LEFT_TO_ROLES = {
    Act.LABEL: {
        *("StartDeck", "Start", "Felt", "FeltMenu", "Skip", "_OnCard"),
        *("Mine", "OfferMine", "PicturesForm", "MineCard"),
    },
    Act.ASK: {"feel", "How would I feel?", "ShowMe", "WhichToFeel"},
}
COSTS_AND_LEFT_TO_NOBODY = {
    *(
        "rate",
        "Rate this image",
        "WhichToRate",
        "RatingView",
    ),  # also to take back; what is added is judged as labels
    *("Do not use my picture", "Exclude from Feelprint"),
    *("feelprint retune", "RuleForm"),
    "WhichPicture",
}
"""What is asked of the door by what costs something, so that nothing new forgets to say whether roles bar it."""


async def test_what_a_server_leaves_to_roles_is_refused_to_everybody_else_and_nothing_more(tree):
    tree.invitation = lambda: None
    places = {
        Act.LABEL: ServerSettings(5, label_roles=frozenset({ROLE})),
        Act.ASK: ServerSettings(5, ask_roles=frozenset({ROLE})),
    }
    every = {c.qualified_name: (needs_of(c), c) for c in commands(tree)}
    every |= {kind.__name__: (kind.needs, kind) for kind in components()}
    for act, names in LEFT_TO_ROLES.items():
        assert {name for name, (needs, _) in every.items() if needs.act is act} == names
    costly = {name for name, (needs, _) in every.items() if needs.pace is Pace.COSTS and needs.act is None}
    assert costly == COSTS_AND_LEFT_TO_NOBODY - {"RatingView"}
    for name, (needs, what) in every.items():
        for act, roles in product(Act, ((), (OTHER_ROLE,), (OTHER_ROLE, ROLE))):
            app = _app(Standing.JOINED, places[act])
            is_command = not isinstance(what, type)
            interaction = _interaction(app, manages=True, command=what if is_command else None, roles=roles)
            if is_command:
                admitted = await tree.interaction_check(interaction)
            else:
                shown = object.__new__(what)
                shown._owner = 1
                admitted = await what.interaction_check(shown, interaction)
            barred = needs.act is act and ROLE not in roles
            assert admitted == (not barred), (name, act, roles)
            assert _said(interaction) == ([texts.no_role()] if barred else []), name


async def test_the_database_is_asked_after_a_command_was_acknowledged_and_no_press_is_left_thinking(tree):
    app, deferred = _app(Standing.ABSENT), []

    async def stored(_):
        deferred.append(interaction.response.deferred)
        return Standing.JOINED

    app.roster.standing_stored = stored
    for command in (commands(tree)[0], None):
        interaction = _interaction(app, command=command)
        assert await refusal_of(interaction, Needs(Who.JOINED)) is None
    assert deferred == [True, False]


async def test_a_command_without_a_declaration_is_found_and_runs_for_nobody():
    tree = FeelprintTree(discord.Client(intents=discord.Intents.none()))
    ran = []

    @tree.command(name="new", description="A new one")
    async def new(interaction: discord.Interaction[Any]) -> None:
        ran.append(interaction)

    group = app_commands.Group(name="more", description="And in a group")
    tree.add_command(group)

    @group.command(name="newer", description="A newer one")
    async def newer(interaction: discord.Interaction[Any]) -> None:
        ran.append(interaction)

    @tree.context_menu(name="New")
    async def menu(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        ran.append(message)

    assert undeclared_commands(tree) == ["new", "more newer", "New"]
    for command in (new, newer, menu):
        interaction = _interaction(_app(Standing.JOINED), command=command)
        assert not await tree.interaction_check(interaction)
        assert "went wrong on my side" in "".join(_said(interaction))


@pytest.mark.parametrize("base", [OwnView, *(kind for kind in components() if issubclass(kind, Guarded))])
def test_a_component_of_ours_cannot_be_made_without_a_declaration(base):
    with pytest.raises(TypeError, match="needs"):
        type("New", (base,), {})


@pytest.mark.parametrize("base", COMPONENTS[:3])
def test_a_component_that_is_none_of_ours_is_found(base):
    kind = type("Stray", (base,), {"__module__": "stray.room"})
    assert unguarded("stray.") == ["Stray"]
    kind.__module__ = "gone"


def test_a_component_with_a_check_of_its_own_is_found():
    async def waves_through(*_):
        return True

    kind = type(
        "Lax", (OwnView,), {"__module__": "lax.room", "interaction_check": waves_through}, needs=Needs(Who.JOINED)
    )
    assert unguarded("lax.") == ["Lax"]
    kind.__module__ = "gone"


def test_a_handler_without_a_declaration_is_found_and_stops_the_client():
    class Curious(FeelprintClient):
        async def on_typing(self, *_: Any) -> None:
            """Hears who types."""

        @heard(Judge.NOBODY)
        async def on_resumed(self) -> None:
            """Hears nobody."""

    assert [name for name, judge in handlers_of(Curious).items() if judge is None] == ["on_typing"]
    with pytest.raises(TypeError, match="on_typing"):
        Curious(SimpleNamespace(settings=SimpleNamespace(shards=1), shards=None), message_content=False)


def test_every_refusal_has_a_sentence():
    assert all(sentence(why, 3.0).endswith((".", "s.")) for why in Refusal)
    assert "3 seconds" in sentence(Refusal.TOO_OFTEN, 3.0)
