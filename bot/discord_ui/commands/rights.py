"""A member's rights over what is kept: `/privacy`, `/export`, `/forget`."""

from contextlib import aclosing
from typing import Any

import discord

from bot.app import App
from bot.discord_ui.donating import PrivacyCard
from bot.discord_ui.doors import asks
from bot.discord_ui.exporting import exported, turns
from bot.discord_ui.forgetting import ForgetSure, by_month
from bot.discord_ui.replies import defer, say, say_also
from bot.discord_ui.tree import FeelprintTree
from bot.words import commands, texts
from core.collecting.doors import Who


def add(tree: FeelprintTree, app: App) -> None:
    """Put the commands on the tree."""
    exports = turns()

    @tree.command(name="privacy", description=commands.PRIVACY)
    @asks(Who.ANYBODY)
    async def privacy(interaction: discord.Interaction[Any]) -> None:
        settings, model = app.settings, app.model
        asking = app.gateway.line.asks_not_to_store
        text = texts.privacy(model.model, settings.contact, offline=settings.offline, asks_not_to_store=asking)
        await say(interaction, view=PrivacyCard(app, interaction.user.id, text))

    @tree.command(name="export", description=commands.EXPORT)
    @asks(Who.ANYBODY)
    async def export(interaction: discord.Interaction[Any]) -> None:
        await defer(interaction)
        stored, number = app.storage, 0
        whose, limit = interaction.user.id, interaction.filesize_limit
        async with aclosing(exported(exports, stored.members, stored.labels, whose, limit)) as files:
            async for file in files:
                number += 1
                if number == 1:
                    await say(interaction, texts.export_ready(), files=[file])
                else:
                    await say_also(interaction, texts.export_part(number), [file])
        if not number:
            await say(interaction, texts.not_joined())

    @tree.command(name="forget", description=commands.FORGET)
    @asks(Who.ANYBODY)
    async def forget(interaction: discord.Interaction[Any]) -> None:
        await defer(interaction)
        months = await by_month(app, interaction.user.id)
        sure = ForgetSure(app, interaction.user.id, months)
        await say(interaction, texts.forget_sure(months=bool(months)), view=sure)
