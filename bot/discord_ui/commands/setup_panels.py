"""What `/setup` has no room for in its first panel: each takes its place, and what is chosen leads back to it."""

from typing import Any

import discord

from bot.discord_ui.commands.setup_forms import Change
from bot.discord_ui.guessing import GameInvitation
from bot.discord_ui.replies import acknowledge, replace_message
from bot.discord_ui.views import OwnView
from bot.words import buttons, language
from bot.words import game as words
from core.collecting.doors import Needs, Who
from core.vocabulary.server_settings import ServerSettings

_MOST_ROLES = 25


class GamePanel(OwnView, needs=Needs(Who.MANAGER)):
    """Where the weekly game is played, and its invitation."""

    def __init__(self, owner: int, place: ServerSettings, change: Change) -> None:
        super().__init__(owner)
        self._change, self._place = change, place
        self.channel.placeholder, self.back.label = buttons.game_channel(), buttons.back()
        self.post.label = buttons.post_game_invitation()
        if place.game_channel is None:
            self.remove_item(self.post)
        else:
            kind = discord.SelectDefaultValueType.channel
            self.channel.default_values = [discord.SelectDefaultValue(id=place.game_channel, type=kind)]

    @discord.ui.select(
        cls=discord.ui.ChannelSelect,
        channel_types=[discord.ChannelType.text, discord.ChannelType.news],
        min_values=0,
        max_values=1,
    )
    async def channel(
        self, interaction: discord.Interaction[Any], select: discord.ui.ChannelSelect["GamePanel"]
    ) -> None:
        """Choose a channel, or none."""
        await self._change(interaction, game_channel=next((chosen.id for chosen in select.values), None))

    @discord.ui.button(style=discord.ButtonStyle.primary)
    async def post(self, interaction: discord.Interaction[Any], _: discord.ui.Button["GamePanel"]) -> None:
        """Post the invitation to it, in the language of the server."""
        await acknowledge(interaction)
        guild, channel_id = interaction.guild, self._place.game_channel or 0
        channel = guild.get_channel_or_thread(channel_id) if guild else None
        if guild is None or not isinstance(channel, discord.abc.Messageable):
            await replace_message(interaction, words.nowhere(), view=self)
            return
        with language.speaking(str(guild.preferred_locale), interaction.client.app.voices.mentions):
            card = GameInvitation()
        try:
            await channel.send(view=card)
        except discord.Forbidden:
            await replace_message(interaction, words.nowhere(), view=self)
            return
        await replace_message(interaction, words.invited(f"<#{channel_id}>"), view=self)

    @discord.ui.button(style=discord.ButtonStyle.secondary)
    async def back(self, interaction: discord.Interaction[Any], _: discord.ui.Button["GamePanel"]) -> None:
        """Choose nothing."""
        await self._change(interaction)


class WarningsPanel(OwnView, needs=Needs(Who.MANAGER)):
    """Where people who manage the server are told what they must know."""

    def __init__(self, owner: int, place: ServerSettings, change: Change) -> None:
        super().__init__(owner)
        self._change = change
        self.channel.placeholder, self.back.label = buttons.warnings_channel(), buttons.back()
        if place.notices_channel is not None:
            kind = discord.SelectDefaultValueType.channel
            self.channel.default_values = [discord.SelectDefaultValue(id=place.notices_channel, type=kind)]

    @discord.ui.select(
        cls=discord.ui.ChannelSelect,
        channel_types=[discord.ChannelType.text, discord.ChannelType.news],
        min_values=0,
        max_values=1,
    )
    async def channel(
        self, interaction: discord.Interaction[Any], select: discord.ui.ChannelSelect["WarningsPanel"]
    ) -> None:
        """Choose a channel, or none."""
        await self._change(interaction, notices_channel=next((chosen.id for chosen in select.values), None))

    @discord.ui.button(style=discord.ButtonStyle.secondary)
    async def back(self, interaction: discord.Interaction[Any], _: discord.ui.Button["WarningsPanel"]) -> None:
        """Choose nothing."""
        await self._change(interaction)


class RolesPanel(OwnView, needs=Needs(Who.MANAGER)):
    """Which roles may label, and which may ask; none chosen: everybody."""

    def __init__(self, owner: int, place: ServerSettings, change: Change) -> None:
        super().__init__(owner)
        self._change = change
        self.back.label = buttons.back()
        for select, said, chosen in (
            (self.labelling, buttons.who_may_label(), place.label_roles),
            (self.asking, buttons.who_may_ask(), place.ask_roles),
        ):
            kind = discord.SelectDefaultValueType.role
            select.placeholder = said
            select.default_values = [
                discord.SelectDefaultValue(id=role_id, type=kind) for role_id in sorted(chosen)[:_MOST_ROLES]
            ]

    @discord.ui.select(cls=discord.ui.RoleSelect, min_values=0, max_values=_MOST_ROLES)
    async def labelling(
        self, interaction: discord.Interaction[Any], select: discord.ui.RoleSelect["RolesPanel"]
    ) -> None:
        """Choose who may label."""
        await self._change(interaction, label_roles=frozenset(role.id for role in select.values))

    @discord.ui.select(cls=discord.ui.RoleSelect, min_values=0, max_values=_MOST_ROLES)
    async def asking(
        self, interaction: discord.Interaction[Any], select: discord.ui.RoleSelect["RolesPanel"]
    ) -> None:
        """Choose who may ask."""
        await self._change(interaction, ask_roles=frozenset(role.id for role in select.values))

    @discord.ui.button(style=discord.ButtonStyle.secondary)
    async def back(self, interaction: discord.Interaction[Any], _: discord.ui.Button["RolesPanel"]) -> None:
        """Choose nothing."""
        await self._change(interaction)
