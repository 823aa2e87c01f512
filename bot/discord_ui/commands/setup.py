"""`/setup` for people who may manage the server: channels, emotions, thresholds, the invitation.

Discord's own permission for the command can be overridden by server settings, so every press is checked
here again. All that an admin is told of members is how many labels, of all of them, a change would hide.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands

from bot.app import App
from bot.discord_ui.commands.joining import JoinPanel
from bot.discord_ui.commands.setup_forms import BudgetForm, EmotionsForm, ThresholdsForm
from bot.discord_ui.commands.setup_panels import GamePanel, RolesPanel, WarningsPanel
from bot.discord_ui.doors import asks
from bot.discord_ui.replies import acknowledge, replace_message, say, show_form
from bot.discord_ui.tree import FeelprintTree
from bot.discord_ui.views import OwnLayout, Press, button
from bot.intake.shown_pictures import is_age_restricted
from bot.outgoing import game_posts
from bot.words import buttons, commands, game, language, setup_buttons, texts
from bot.words.overview import (
    PERMISSIONS,
    SAID,
    Overview,
    invite_elsewhere,
    missing_permissions,
    overview,
    too_many_channels,
    would_hide,
)
from core.collecting.doors import Needs, Who
from core.collecting.policy import Picture, Spot, Use, may_use
from core.vocabulary.server_settings import ServerSettings

KINDS = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.forum,
    discord.ChannelType.media,
    discord.ChannelType.voice,
    discord.ChannelType.stage_voice,
    discord.ChannelType.public_thread,
]
"""Wherever pictures can stand; the threads and posts of a channel count with it."""

CHOOSABLE = [*KINDS, discord.ChannelType.category]
_MOST_CHANNELS = 25
_TO_TELL = ("view_channel", "send_messages")


def missing_in(guild: discord.Guild, place: ServerSettings) -> list[str]:
    """A sentence for each chosen channel in which the bot lacks a permission."""
    sentences = []
    needed = {channel_id: set(PERMISSIONS) for channel_id in sorted(place.channels)}
    if place.notices_channel is not None:
        needed.setdefault(place.notices_channel, set()).update(_TO_TELL)
    if place.game_channel is not None:
        needed.setdefault(place.game_channel, set()).update(game_posts.PERMISSIONS)
    for channel_id, names in needed.items():
        channel = guild.get_channel_or_thread(channel_id)
        if channel is None:
            continue
        has = channel.permissions_for(guild.me)
        lacks = [name for name in SAID if name in names and not getattr(has, name)]
        if lacks:
            sentences.append(missing_permissions(channel.mention, lacks))
    return sentences


def counts_in(app: App, place: ServerSettings, channel: Any) -> bool:
    """Whether reactions to an ordinary picture count in a channel, thread or post of the server."""
    known = (channel, app.client.get_channel(channel.id))  # Discord need not say all with the first
    spot = Spot(
        place.server_id,
        channel.id,
        nsfw=any(map(is_age_restricted, known)),
        parent_id=getattr(channel, "parent_id", None),
    )
    return may_use(Picture(""), spot, place, Use.REACTION, app.roster.exclusions) is None


def shown(app: App, guild: discord.Guild, place: ServerSettings) -> Overview:
    """The settings in words."""
    caps = app.settings.caps.in_server(place.usd_per_day, place.member_usd_per_day)
    allowed = app.client.intents.message_content
    return overview(place, missing_in(guild, place), message_content=allowed, caps=caps)


class SetupView(OwnLayout, needs=Needs(Who.MANAGER)):
    """The settings of one server, each beside what changes it and written at once. `note`: what was just done."""

    def __init__(self, app: App, owner: int, guild: discord.Guild, place: ServerSettings, note: str = "") -> None:
        super().__init__(owner)
        self._app, self._guild = app, guild
        said, kind = shown(app, guild, place), discord.SelectDefaultValueType.channel
        self.channels = discord.ui.ChannelSelect[Any](
            channel_types=CHOOSABLE,
            placeholder=setup_buttons.channels(),
            min_values=0,
            max_values=_MOST_CHANNELS,
            default_values=[
                discord.SelectDefaultValue(id=channel_id, type=kind)
                for channel_id in sorted(place.channels)[:_MOST_CHANNELS]
            ],
        )
        self.channels.callback = self._chosen  # type: ignore[method-assign]
        post = button(setup_buttons.post_invitation(), self._post, discord.ButtonStyle.primary)
        self.add_item(
            discord.ui.Container(
                discord.ui.TextDisplay(said.channels),
                discord.ui.ActionRow(self.channels),
                *self._sections(said),
                discord.ui.ActionRow(post),
                discord.ui.TextDisplay(f"{said.rest}\n**{note}**" if note else said.rest),
                accent_colour=discord.Colour.teal(),
            )
        )

    def _sections(self, said: Overview) -> Iterator[discord.ui.Section[Any]]:
        for text, label, press in (
            (said.emotions, setup_buttons.emotions(), self._emotions),
            (said.thresholds, setup_buttons.thresholds(), self._thresholds),
            (said.seeds, setup_buttons.seeds(), self._switch("seed_reactions")),
            (said.spoilers, setup_buttons.spoilers(), self._switch("allow_spoilers")),
            (said.restricted, setup_buttons.age_restricted(), self._switch("allow_nsfw")),
            (said.roles, setup_buttons.roles(), self._roles),
            (said.budget, setup_buttons.budget(), self._budget),
            (said.warnings, setup_buttons.warnings(), self._warnings),
            (said.game, setup_buttons.game(), self._game),
        ):
            yield discord.ui.Section(text, accessory=button(label, press))

    @property
    def place(self) -> ServerSettings:
        """The settings as they are now."""
        return self._app.roster.place(self._guild.id) or ServerSettings(self._guild.id)

    async def change(self, interaction: discord.Interaction[Any], /, **chosen: Any) -> None:
        """Store what was chosen, whatever else has changed since this was shown, and show all of it.

        What would hide labels is asked about first.
        """
        await acknowledge(interaction)
        place = replace(self.place, **chosen)
        hidden = await self._app.storage.labels.hidden_by(place)
        if hidden:
            other = place.label_set.id != self.place.label_set.id
            sure = Sure(interaction.user.id, would_hide(hidden, emotions=other), self, chosen)
            await replace_message(interaction, view=sure)
        else:
            await self.store(interaction, chosen)

    async def store(self, interaction: discord.Interaction[Any], chosen: Mapping[str, Any]) -> None:
        """Store what was chosen, if anything, and show all of it."""
        if chosen:
            await self._app.roster.save(replace(self.place, **chosen))
        await self._again(interaction)

    async def _again(self, interaction: discord.Interaction[Any], note: str = "") -> None:
        fresh = SetupView(self._app, interaction.user.id, self._guild, self.place, note)
        await replace_message(interaction, view=fresh)

    async def _chosen(self, interaction: discord.Interaction[Any]) -> None:
        """Choose channels, or all that are in a category now."""
        chosen = frozenset(found for one in self.channels.values for found in self._channels_of(one.id))
        if len(chosen) <= _MOST_CHANNELS:
            await self.change(interaction, channels=chosen)
            return
        await acknowledge(interaction)
        await self._again(interaction, too_many_channels(len(chosen), _MOST_CHANNELS))

    def _channels_of(self, chosen_id: int) -> list[int]:
        category = self._guild.get_channel(chosen_id)
        if not isinstance(category, discord.CategoryChannel):
            return [chosen_id]
        return [channel.id for channel in category.channels if channel.type in KINDS]

    def _switch(self, name: str) -> Press:
        async def press(interaction: discord.Interaction[Any]) -> None:
            await self.change(interaction, **{name: not getattr(self.place, name)})

        return press

    async def _emotions(self, interaction: discord.Interaction[Any]) -> None:
        custom = {emoji.name: str(emoji) for emoji in self._guild.emojis}
        await show_form(interaction, EmotionsForm(self.place, self.change, custom))

    async def _thresholds(self, interaction: discord.Interaction[Any]) -> None:
        await show_form(interaction, ThresholdsForm(self.place, self.change))

    async def _budget(self, interaction: discord.Interaction[Any]) -> None:
        await show_form(interaction, BudgetForm(self.place, self.change, self._app.settings.caps))

    async def _post(self, interaction: discord.Interaction[Any]) -> None:
        """Post the panel with the Join button, in the server's language, where pictures count."""
        await acknowledge(interaction)
        channel, place = interaction.channel, self.place
        if not isinstance(channel, discord.abc.Messageable):
            raise app_commands.NoPrivateMessage
        if counts_in(self._app, place, channel):
            with language.speaking(str(self._guild.preferred_locale), self._app.voices.mentions):
                panel = JoinPanel(self._app)
            await channel.send(view=panel)
            said = texts.panel_posted(f"<#{interaction.channel_id}>")
        else:
            there = [self._guild.get_channel_or_thread(one) for one in sorted(place.channels)]
            said = invite_elsewhere([one.mention for one in there if one and counts_in(self._app, place, one)])
        await self._again(interaction, said)

    async def _roles(self, interaction: discord.Interaction[Any]) -> None:
        await acknowledge(interaction)
        await replace_message(interaction, view=RolesPanel(interaction.user.id, self.place, self.change))

    async def _warnings(self, interaction: discord.Interaction[Any]) -> None:
        await acknowledge(interaction)
        await replace_message(interaction, view=WarningsPanel(interaction.user.id, self.place, self.change))

    async def _game(self, interaction: discord.Interaction[Any]) -> None:
        await acknowledge(interaction)
        place = self.place
        told = game.panel(place.game_channel, await self._app.storage.yeses.players(place.server_id))
        await replace_message(interaction, view=GamePanel(interaction.user.id, place, self.change, told))


class Sure(OwnLayout, needs=Needs(Who.MANAGER)):
    """Whether a change is made all the same."""

    def __init__(self, owner: int, text: str, panel: SetupView, chosen: Mapping[str, Any]) -> None:
        super().__init__(owner)
        self._panel, self._chosen = panel, chosen
        yes = button(setup_buttons.change_it(), self._yes, discord.ButtonStyle.danger)
        row: discord.ui.ActionRow[Any] = discord.ui.ActionRow(yes, button(buttons.leave_it(), self._no))
        self.add_item(discord.ui.Container(discord.ui.TextDisplay(text), row, accent_colour=discord.Colour.teal()))

    async def _yes(self, interaction: discord.Interaction[Any]) -> None:
        await acknowledge(interaction)
        await self._panel.store(interaction, self._chosen)

    async def _no(self, interaction: discord.Interaction[Any]) -> None:
        await acknowledge(interaction)
        await self._panel.store(interaction, {})


def add(tree: FeelprintTree, app: App) -> None:
    """Put the command on the tree."""

    @tree.command(name="setup", description=commands.SETUP)
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.default_permissions(manage_guild=True)
    @asks(Who.MANAGER)
    async def setup(interaction: discord.Interaction[Any]) -> None:
        guild = interaction.guild
        if guild is None:
            raise app_commands.NoPrivateMessage
        place = app.roster.place(guild.id) or ServerSettings(guild.id)
        await say(interaction, view=SetupView(app, interaction.user.id, guild, place))
