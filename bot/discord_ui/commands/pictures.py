"""Whose picture it is: its author says "not mine to use", whoever manages the server says "not here".

Neither needs to have joined. Both are kept as noes with their moment and go the same road (`App.withhold`).
An author's own menu acts at once, as it is their right; taking it back is one more press.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeAlias

import discord
from discord import app_commands

from bot.app import App
from bot.discord_ui.doors import asks
from bot.discord_ui.replies import acknowledge, defer, replace_message, say
from bot.discord_ui.tree import FeelprintTree
from bot.discord_ui.views import OwnView
from bot.intake.shown_pictures import pictures_of
from bot.words import buttons, commands
from bot.words import pictures as words
from bot.words.refused import sentence
from core.collecting.doors import Needs, Pace, Who
from core.collecting.policy import Spot
from core.collecting.refusals import Refusal
from core.vocabulary.errors import ImageError
from core.vocabulary.exclusions import EVERYWHERE, By, Exclusion, What

_ANYBODYS = 0
_Choice: TypeAlias = tuple[What, tuple[str, ...], int]
"""What may be excluded: its kind, which ones, and whose they are."""


_LABELS: Mapping[What, tuple[Callable[[], str], Callable[[], str]]] = {
    What.MESSAGE: (buttons.exclude_message, buttons.allow_message),
    What.PICTURE: (buttons.exclude_picture, buttons.allow_picture),
    What.AUTHOR: (buttons.exclude_author, buttons.allow_author),
}


def label_of(what: What, *, out: bool) -> str:
    """What stands on the button for one thing that may be excluded; `out`: it is excluded now."""
    return _LABELS[what][out]()


async def images_in(app: App, message: discord.Message, person: int) -> list[str]:
    """The hashes of a message's pictures, as far as they can be had: only those are kept of them."""
    found = []
    for picture in pictures_of(message):
        with suppress(ImageError, discord.HTTPException, OSError):
            found.append((await app.source.image(picture, person)).hash)
    return found


class UseAgain(OwnView, needs=Needs(Who.ANYBODY)):
    """The button with which an author takes their no to one message back."""

    def __init__(self, app: App, owner: int, said: Sequence[Exclusion]) -> None:
        super().__init__(owner)
        self._app, self._said = app, said
        self.again.label = buttons.use_again()

    @discord.ui.button(style=discord.ButtonStyle.secondary)
    async def again(self, interaction: discord.Interaction[Any], _: discord.ui.Button["UseAgain"]) -> None:
        """Take it back."""
        await acknowledge(interaction)
        self.stop()
        await self._app.withhold([replace(one, excluded=False, moment=interaction.id) for one in self._said])
        of_it = self._said[0]
        spot = Spot(of_it.server_id or None, 0, message_id=int(of_it.subject), author_id=of_it.author_id)
        still = self._app.roster.exclusions.refusal(spot)
        await replace_message(interaction, words.another_no() if still else words.picture_allowed(), view=None)


async def withhold(interaction: discord.Interaction[Any], app: App, message: discord.Message) -> None:
    """An author's no to the pictures of one message, and to their other copies of them."""
    who, moment = interaction.user.id, interaction.id
    if message.author.id != who:
        await say(interaction, sentence(Refusal.NOT_THEIRS))
        return
    if next(pictures_of(message), None) is None:
        await say(interaction, sentence(Refusal.NO_PICTURE))
        return
    of_it = Exclusion(
        interaction.guild_id or EVERYWHERE, By.AUTHOR, What.MESSAGE, str(message.id), who, True, moment
    )
    known = await app.withholding.covered(of_it)
    await app.withhold([of_it, *_copies(known, who, moment)])
    more = set(await images_in(app, message, who)) - set(known)
    await app.withhold(_copies(sorted(more), who, moment))
    said = [of_it, *_copies([*known, *more], who, moment)]
    await say(interaction, words.picture_withheld(), view=UseAgain(app, who, said))


def _copies(images: Sequence[str], author: int, moment: int) -> list[Exclusion]:
    return [Exclusion(EVERYWHERE, By.AUTHOR, What.PICTURE, one, author, True, moment) for one in images]


class Excluding(OwnView, needs=Needs(Who.MANAGER)):
    """What an admin may exclude about one message, a button each: pressed again it is taken back."""

    def __init__(self, app: App, owner: int, choices: Sequence[_Choice], server: int) -> None:
        super().__init__(owner)
        self._app, self._choices, self._server = app, choices, server
        for n, (what, subjects, author) in enumerate(choices):
            out = self._holds(what, subjects, author)
            style = discord.ButtonStyle.danger if out else discord.ButtonStyle.secondary
            button: discord.ui.Button[Any] = discord.ui.Button(label=label_of(what, out=out), style=style)
            button.callback = self._pressing(n, excluded=not out)  # type: ignore[method-assign]
            self.add_item(button)

    def _holds(self, what: What, subjects: Sequence[str], author: int) -> bool:
        holds = self._app.roster.exclusions.holds
        return any(holds(By.ADMIN, what, subject, author, self._server) for subject in subjects)

    def _pressing(self, n: int, *, excluded: bool) -> Any:
        async def press(interaction: discord.Interaction[Any]) -> None:
            await acknowledge(interaction)
            self.stop()
            what, subjects, author = self._choices[n]
            said = [
                Exclusion(self._server, By.ADMIN, what, subject, author, excluded, interaction.id)
                for subject in subjects
            ]
            await self._app.withhold(said)
            done = words.excluded if excluded else words.no_longer_excluded
            others = [choice for place, choice in enumerate(self._choices) if place != n]
            of_all = what is What.AUTHOR
            still = not excluded and not of_all and any(self._holds(*choice) for choice in others)
            text = words.another_no() if still else done(author=of_all)
            fresh = Excluding(self._app, interaction.user.id, self._choices, self._server)
            await replace_message(interaction, f"{words.what_to_exclude()}\n{text}", view=fresh)

        return press


async def offer_exclusion(interaction: discord.Interaction[Any], app: App, message: discord.Message) -> None:
    """Show an admin what may be excluded about a message, and what is."""
    server, author = interaction.guild_id or EVERYWHERE, message.author.id
    choices: list[_Choice] = [(What.MESSAGE, (str(message.id),), _ANYBODYS)]
    if images := await images_in(app, message, interaction.user.id):
        choices.append((What.PICTURE, tuple(dict.fromkeys(images)), _ANYBODYS))
    choices.append((What.AUTHOR, (str(author),), author))
    view = Excluding(app, interaction.user.id, choices, server)
    await say(interaction, words.what_to_exclude(), view=view)


async def all_pictures(interaction: discord.Interaction[Any], app: App, *, off: bool) -> None:
    """An author's no to all that they post in a server, or its end."""
    await defer(interaction)
    server, who, moment = interaction.guild_id, interaction.user.id, interaction.id
    if server is None:
        await say(interaction, sentence(Refusal.NOT_IN_A_SERVER))
        return
    every = Exclusion(server, By.AUTHOR, What.AUTHOR, str(who), who, off, moment)
    await app.withhold([every])
    await say(interaction, words.pictures_off() if off else words.pictures_on())


def add(tree: FeelprintTree, app: App) -> None:
    """Put the commands on the tree."""

    @tree.context_menu(name=commands.WITHHOLD_MENU)
    @asks(Who.ANYBODY, Pace.COSTS)
    async def withhold_menu(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        await defer(interaction)
        await withhold(interaction, app, message)

    @tree.context_menu(name=commands.EXCLUDE_MENU)
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.default_permissions(manage_guild=True)
    @asks(Who.MANAGER, Pace.COSTS)
    async def exclude_menu(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        await defer(interaction)
        await offer_exclusion(interaction, app, message)

    pictures = app_commands.Group(name="pictures", description=commands.PICTURES)
    tree.add_command(pictures)

    @pictures.command(name="off", description=commands.PICTURES_OFF)
    @asks(Who.ANYBODY)
    async def pictures_off(interaction: discord.Interaction[Any]) -> None:
        await all_pictures(interaction, app, off=True)

    @pictures.command(name="on", description=commands.PICTURES_ON)
    @asks(Who.ANYBODY)
    async def pictures_on(interaction: discord.Interaction[Any]) -> None:
        await all_pictures(interaction, app, off=False)
