"""`/server` for people who manage the server: numbers over all of it, and whether all is well.

What it costs them to look is nothing: no model is asked, and the mood of a week is looked at once.
"""

from typing import Any

import discord
from discord import app_commands

from bot.app import App
from bot.discord_ui.commands.setup import missing_in
from bot.discord_ui.doors import asks
from bot.discord_ui.replies import defer, say
from bot.discord_ui.tree import FeelprintTree
from bot.words import commands
from bot.words import managing as words
from core.collecting.doors import Who
from core.vocabulary.mood import last_week
from core.vocabulary.server_settings import ServerSettings


async def overview_of(app: App, guild: discord.Guild) -> str:
    """All that is told of a server. Raises StorageError."""
    place, week = app.roster.place(guild.id) or ServerSettings(guild.id), last_week(app.clock.now_ms())
    stored = app.storage.overviews
    found, mood = await stored.of(guild.id), await stored.mood(guild.id, week)
    return words.told(
        [
            words.counted(found),
            words.spent(
                await stored.spent(guild.id), app.settings.caps.in_server(place.usd_per_day).server_usd_day
            ),
            words.model(answers=app.gateway.line.away is None),
            words.compared(found),
            *missing_in(guild, place),
            words.mood(mood, place.label_set, week),
        ]
    )


def add(tree: FeelprintTree, app: App) -> None:
    """Put the command on the tree."""

    @tree.command(name="server", description=commands.SERVER)
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.default_permissions(manage_guild=True)
    @asks(Who.MANAGER)
    async def server(interaction: discord.Interaction[Any]) -> None:
        guild = interaction.guild
        if guild is None:
            raise app_commands.NoPrivateMessage
        await defer(interaction)
        await say(interaction, await overview_of(app, guild))
