"""`/match`: how alike two people feel, where each has said yes to the other; and a member's own yeses.

Whether somebody has joined, or said no, is not told: both sound like "not yet". Storage asks for both yeses in the
transaction that reads what was felt.
"""

from typing import Any

import discord
from discord import app_commands

from bot.app import App
from bot.discord_ui.commands.feel import Card
from bot.discord_ui.doors import asks
from bot.discord_ui.replies import acknowledge, defer, replace_message, say
from bot.discord_ui.tree import FeelprintTree
from bot.discord_ui.views import OwnView
from bot.words import alike as words
from bot.words import buttons, commands
from bot.words.cards import safe
from core.collecting.doors import Needs, Who
from core.predicting.alike import alike
from core.vocabulary.consent import ANYWHERE, EVERYBODY, Yes

_NAME = 60


class SayYes(OwnView, needs=Needs(Who.JOINED)):
    """The button with which somebody says yes to be compared with one person."""

    def __init__(self, app: App, owner: int, other: discord.Member) -> None:
        super().__init__(owner)
        self._app, self._other = app, other
        self.yes.label = buttons.yes_compare()

    @discord.ui.button(style=discord.ButtonStyle.primary)
    async def yes(self, interaction: discord.Interaction[Any], _: discord.ui.Button["SayYes"]) -> None:
        """Keep it, and compare if the other has said yes, too."""
        await acknowledge(interaction)
        self.stop()
        said = Yes(interaction.user.id, ANYWHERE, self._other.id)
        await self._app.storage.yeses.say(said, self._app.clock.now_ms())
        await replace_message(interaction, await compared(interaction, self._app, self._other), view=None)


class WhoMay(Card, needs=Needs(Who.MEMBER)):
    """A member's yeses here, and a menu to change them."""

    def __init__(self, app: App, owner: int, server_id: int, said: tuple[Yes, ...]) -> None:
        here = Yes(owner, server_id, EVERYBODY) in said
        friends = sum(yes.server_id == ANYWHERE for yes in said)
        super().__init__(owner, [words.who_may(here=here, friends=friends)])
        self._app, self._server_id = app, server_id
        choices = (
            ("nobody", buttons.nobody_may(), not said),
            ("friends", buttons.friends_may(), bool(friends) and not here),
            ("server", buttons.server_may(), here),
        )
        self.menu: discord.ui.Select[Any] = discord.ui.Select(
            placeholder=buttons.who_may_menu(),
            options=[discord.SelectOption(value=key, label=text, default=now) for key, text, now in choices],
        )
        self.menu.callback = self._picked  # type: ignore[method-assign]
        self.frame.add_item(discord.ui.ActionRow(self.menu))

    async def _picked(self, interaction: discord.Interaction[Any]) -> None:
        await acknowledge(interaction)
        yeses, owner = self._app.storage.yeses, interaction.user.id
        match self.menu.values[0]:
            case "nobody":
                await yeses.take_back(owner)
            case "friends":
                await yeses.take_back(owner, self._server_id)
            case _:
                await yeses.say(Yes(owner, self._server_id, EVERYBODY), self._app.clock.now_ms())
        fresh = WhoMay(self._app, owner, self._server_id, await yeses.said(owner))
        await replace_message(interaction, view=fresh)


async def compared(interaction: discord.Interaction[Any], app: App, other: discord.Member) -> str:
    """How alike the asker and another feel, or what is missing to say it. Raises StorageError."""
    label_set = app.roster.label_set(interaction.guild_id)
    pairs = await app.storage.yeses.shared(
        interaction.user.id, other.id, interaction.guild_id or ANYWHERE, label_set.id
    )
    name = safe(other.display_name, _NAME)
    if pairs is None:
        return words.other_must_agree(name)
    found = alike(pairs)
    return words.too_few(name, len(pairs)) if found is None else words.how_alike(name, found)


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
        if {Yes(asker, ANYWHERE, member.id), Yes(asker, server_id, EVERYBODY)}.isdisjoint(said):
            text = words.must_agree(safe(member.display_name, _NAME))
            await say(interaction, text, view=SayYes(app, asker, member))
            return
        await say(interaction, await compared(interaction, app, member))
