"""`/match`: how alike two people feel, where each has said yes to the other; and a member's own yeses.

Whether somebody has joined, or said no, is not told: both sound like "not yet". Storage asks for both yeses in the
transaction that reads what was felt. To be asked about (`bot.discord_ui.asked_about`) is a yes of its own.
"""

from collections.abc import Iterable
from typing import Any

import discord
from discord import app_commands

from bot.app import App
from bot.discord_ui.asked_about import NAME
from bot.discord_ui.commands.feel import Card
from bot.discord_ui.doors import asks
from bot.discord_ui.replies import acknowledge, defer, replace_message, say
from bot.discord_ui.tree import FeelprintTree
from bot.discord_ui.views import OwnView
from bot.words import alike as words
from bot.words import buttons, commands
from bot.words.cards import safe
from bot.words.several_moods import first_mood_alone
from core.collecting.doors import Needs, Who
from core.predicting.alike import alike
from core.vocabulary.consent import ANYWHERE, EVERYBODY, Yes, YesTo
from core.vocabulary.own_moods import FIRST


class Between(OwnView, needs=Needs(Who.JOINED)):
    """The buttons with which somebody says yes to be compared with one person, and lets them ask or not."""

    def __init__(self, app: App, owner: int, other: discord.Member, said: Iterable[Yes]) -> None:
        super().__init__(owner)
        self._app, self._other = app, other
        self._ask = Yes(owner, ANYWHERE, other.id, YesTo.ASK)
        self._may = self._ask in said
        self.yes.label = buttons.yes_compare()
        self.ask.label = buttons.let_ask_no_more() if self._may else buttons.let_ask()
        if Yes(owner, ANYWHERE, other.id) in said:
            self.remove_item(self.yes)

    @discord.ui.button(style=discord.ButtonStyle.primary)
    async def yes(self, interaction: discord.Interaction[Any], _: discord.ui.Button["Between"]) -> None:
        """Keep it, and compare if the other has said yes, too."""
        await acknowledge(interaction)
        said = Yes(interaction.user.id, ANYWHERE, self._other.id)
        await self._app.storage.yeses.say(said, self._app.clock.now_ms())
        await self._again(interaction, await compared(interaction, self._app, self._other))

    @discord.ui.button(style=discord.ButtonStyle.secondary)
    async def ask(self, interaction: discord.Interaction[Any], _: discord.ui.Button["Between"]) -> None:
        """Let them ask, or take it back."""
        await acknowledge(interaction)
        yeses = self._app.storage.yeses
        if self._may:
            await yeses.unsay(self._ask)
        else:
            await yeses.say(self._ask, self._app.clock.now_ms())
        await self._again(interaction, words.may_ask_now(safe(self._other.display_name, NAME), may=not self._may))

    async def _again(self, interaction: discord.Interaction[Any], told: str) -> None:
        self.stop()
        said = await self._app.storage.yeses.said(interaction.user.id)
        view = Between(self._app, interaction.user.id, self._other, said)
        await replace_message(interaction, told, view=view)


class WhoMay(Card, needs=Needs(Who.MEMBER)):
    """A member's yeses here, each kind with a menu to change them."""

    def __init__(self, app: App, owner: int, server_id: int, said: tuple[Yes, ...]) -> None:
        super().__init__(owner, [])
        self._app, self._server_id = app, server_id
        kinds = (
            (YesTo.COMPARE, words.who_may, buttons.who_may_menu()),
            (YesTo.ASK, words.who_may_ask, buttons.who_may_ask_menu()),
            (YesTo.GAME, lambda *, here, friends: words.who_may_guess(here=here), buttons.who_may_guess_menu()),
        )
        for to, told, title in kinds:
            theirs = [yes for yes in said if yes.to is to]
            here = Yes(owner, server_id, EVERYBODY, to) in theirs
            friends = sum(yes.server_id == ANYWHERE for yes in theirs)
            self.frame.add_item(discord.ui.TextDisplay(told(here=here, friends=friends)))
            self.frame.add_item(discord.ui.ActionRow(Choice(self, to, title, here=here, friends=bool(friends))))

    async def change(self, interaction: discord.Interaction[Any], to: YesTo, chosen: str) -> None:
        """Do what was chosen, and show how it stands then."""
        await acknowledge(interaction)
        yeses, owner = self._app.storage.yeses, interaction.user.id
        match chosen:
            case "nobody":
                await yeses.take_back(owner, to=to)
            case "friends":
                await yeses.take_back(owner, self._server_id, to=to)
            case _:
                await yeses.say(Yes(owner, self._server_id, EVERYBODY, to), self._app.clock.now_ms())
        if to is YesTo.GAME:
            self._app.games.wake(self._server_id)
        fresh = WhoMay(self._app, owner, self._server_id, await yeses.said(owner))
        await replace_message(interaction, view=fresh)


class Choice(discord.ui.Select[Any]):
    """Who may, of one kind."""

    def __init__(self, card: WhoMay, to: YesTo, title: str, *, here: bool, friends: bool) -> None:
        nobody = buttons.nobody_guesses() if to is YesTo.GAME else buttons.nobody_may()
        choices = [("nobody", nobody, not here and not friends), ("server", buttons.server_may(), here)]
        if to is not YesTo.GAME:  # it has no friends: all who are there see it
            choices.insert(1, ("friends", buttons.friends_may(), friends and not here))
        options = [discord.SelectOption(value=key, label=text, default=now) for key, text, now in choices]
        super().__init__(placeholder=title, options=options)
        self._card, self._to = card, to

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Somebody has chosen."""
        await self._card.change(interaction, self._to, self.values[0])


async def compared(interaction: discord.Interaction[Any], app: App, other: discord.Member) -> str:
    """How alike the asker and another feel, or what is missing to say it. Raises StorageError."""
    label_set = app.roster.label_set(interaction.guild_id)
    pairs = await app.storage.yeses.shared(
        interaction.user.id, other.id, interaction.guild_id or ANYWHERE, label_set.id
    )
    name = safe(other.display_name, NAME)
    if pairs is None:
        return words.other_must_agree(name)
    found = alike(pairs)
    told = words.too_few(name, len(pairs)) if found is None else words.how_alike(name, found)
    return told if app.roster.moods.of(interaction.user.id) == FIRST else f"{told}\n{first_mood_alone()}"


def add(tree: FeelprintTree, app: App) -> None:
    """Put the command on the tree."""

    @tree.command(name="match", description=commands.MATCH)
    @app_commands.describe(member=commands.MATCH_MEMBER)
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @asks(Who.MEMBER, invites=True)
    async def match(interaction: discord.Interaction[Any], member: discord.Member | None = None) -> None:
        await defer(interaction)
        asker, server_id = interaction.user.id, interaction.guild_id or ANYWHERE
        said = await app.storage.yeses.said(asker)
        if member is None:
            await say(interaction, view=WhoMay(app, asker, server_id, said))
            return
        if member.bot or member.id == asker:
            await say(interaction, words.nobody_else())
            return
        name = safe(member.display_name, NAME)
        if {Yes(asker, ANYWHERE, member.id), Yes(asker, server_id, EVERYBODY)}.isdisjoint(said):
            told = words.must_agree(name)
        else:
            told = await compared(interaction, app, member)
        if Yes(asker, ANYWHERE, member.id, YesTo.ASK) in said:
            asking = words.may_ask_now(name, may=True)
        elif Yes(asker, server_id, EVERYBODY, YesTo.ASK) in said:
            asking = words.who_may_ask(here=True, friends=0)
        else:
            asking = words.letting_ask(name)
        await say(interaction, f"{told}\n\n{asking}", view=Between(app, asker, member, said))
