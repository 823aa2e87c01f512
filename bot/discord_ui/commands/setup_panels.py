"""What `/setup` has no room for in its first panel: each takes its place, and what is chosen leads back to it."""

from typing import Any

import discord

from bot.discord_ui.commands.setup_forms import Change
from bot.discord_ui.views import OwnView
from bot.words import buttons
from core.collecting.doors import Needs, Who
from core.vocabulary.server_settings import ServerSettings


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
