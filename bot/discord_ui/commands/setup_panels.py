"""What `/setup` has no room for in its first panel: each takes its place, and what is chosen leads back to it."""

from collections.abc import Collection
from typing import Any

import discord

from bot.discord_ui.commands.setup_forms import Change
from bot.discord_ui.guessing import GameInvitation
from bot.discord_ui.replies import acknowledge, replace_message
from bot.discord_ui.views import OwnLayout, button
from bot.words import game as words
from bot.words import language, setup_buttons
from bot.words.overview import roles_who, warnings_where
from core.collecting.doors import Needs, Who
from core.vocabulary.server_settings import ServerSettings

_MOST_ROLES = 25


class Panel(OwnLayout, needs=Needs(Who.MANAGER)):
    """Something to choose, and the way back, which chooses nothing."""

    def __init__(self, owner: int, text: str, change: Change, *items: discord.ui.Item[Any]) -> None:
        super().__init__(owner)
        self._change = change
        rows = [discord.ui.ActionRow[Any](item) for item in (*items, button(setup_buttons.back(), change))]
        self.add_item(
            discord.ui.Container(discord.ui.TextDisplay(text), *rows, accent_colour=discord.Colour.teal())
        )


class GamePanel(Panel, needs=Needs(Who.MANAGER)):
    """Where the weekly game is played, and its invitation. `note`: what came of posting it."""

    def __init__(self, owner: int, place: ServerSettings, change: Change, text: str, note: str = "") -> None:
        self._place, self._text = place, text
        self.channel = _channel_menu(place.game_channel, placeholder=setup_buttons.game_channel())
        self.channel.callback = self._chosen  # type: ignore[method-assign]
        post = button(setup_buttons.post_game_invitation(), self._post, discord.ButtonStyle.primary)
        items = (self.channel,) if place.game_channel is None else (self.channel, post)
        super().__init__(owner, f"{text}\n**{note}**" if note else text, change, *items)

    async def _chosen(self, interaction: discord.Interaction[Any]) -> None:
        await self._change(interaction, game_channel=next((chosen.id for chosen in self.channel.values), None))

    async def _post(self, interaction: discord.Interaction[Any]) -> None:
        """Post the invitation to it, in the language of the server."""
        await acknowledge(interaction)
        note = await self._posted(interaction)
        fresh = GamePanel(interaction.user.id, self._place, self._change, self._text, note)
        await replace_message(interaction, view=fresh)

    async def _posted(self, interaction: discord.Interaction[Any]) -> str:
        guild, channel_id = interaction.guild, self._place.game_channel or 0
        channel = guild.get_channel_or_thread(channel_id) if guild else None
        if guild is None or not isinstance(channel, discord.abc.Messageable):
            return words.nowhere()
        with language.speaking(str(guild.preferred_locale), interaction.client.app.voices.mentions):
            card = GameInvitation()
        try:
            await channel.send(view=card)
        except discord.Forbidden:
            return words.nowhere()
        return words.invited(f"<#{channel_id}>")


class WarningsPanel(Panel, needs=Needs(Who.MANAGER)):
    """Where people who manage the server are told what they must know."""

    def __init__(self, owner: int, place: ServerSettings, change: Change) -> None:
        self.channel = _channel_menu(place.notices_channel, placeholder=setup_buttons.warnings_channel())
        self.channel.callback = self._chosen  # type: ignore[method-assign]
        super().__init__(owner, warnings_where(), change, self.channel)

    async def _chosen(self, interaction: discord.Interaction[Any]) -> None:
        await self._change(interaction, notices_channel=next((chosen.id for chosen in self.channel.values), None))


class RolesPanel(Panel, needs=Needs(Who.MANAGER)):
    """Which roles may label, and which may ask; none chosen: everybody."""

    def __init__(self, owner: int, place: ServerSettings, change: Change) -> None:
        self.labelling = _role_menu(place.label_roles, placeholder=setup_buttons.who_may_label())
        self.asking = _role_menu(place.ask_roles, placeholder=setup_buttons.who_may_ask())
        self.labelling.callback = self._may_label  # type: ignore[method-assign]
        self.asking.callback = self._may_ask  # type: ignore[method-assign]
        super().__init__(owner, roles_who(), change, self.labelling, self.asking)

    async def _may_label(self, interaction: discord.Interaction[Any]) -> None:
        await self._change(interaction, label_roles=frozenset(role.id for role in self.labelling.values))

    async def _may_ask(self, interaction: discord.Interaction[Any]) -> None:
        await self._change(interaction, ask_roles=frozenset(role.id for role in self.asking.values))


def _channel_menu(chosen: int | None, *, placeholder: str) -> discord.ui.ChannelSelect[Any]:
    kind = discord.SelectDefaultValueType.channel
    return discord.ui.ChannelSelect(
        channel_types=[discord.ChannelType.text, discord.ChannelType.news],
        placeholder=placeholder,
        min_values=0,
        max_values=1,
        default_values=[] if chosen is None else [discord.SelectDefaultValue(id=chosen, type=kind)],
    )


def _role_menu(chosen: Collection[int], *, placeholder: str) -> discord.ui.RoleSelect[Any]:
    kind = discord.SelectDefaultValueType.role
    return discord.ui.RoleSelect(
        placeholder=placeholder,
        min_values=0,
        max_values=_MOST_ROLES,
        default_values=[
            discord.SelectDefaultValue(id=role_id, type=kind) for role_id in sorted(chosen)[:_MOST_ROLES]
        ],
    )
