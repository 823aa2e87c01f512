"""What a member has: `/feelprint` (the prompt and its honest record) and `/progress` (labels and tuning)."""

from typing import Any

import discord

from bot import cards, texts
from bot.app import App
from bot.commands.feel import Card
from bot.commands.joining import JoinFirst
from bot.commands.rating import label_set_at
from bot.replies import defer, say
from bot.tree import FeelprintTree
from core.emotions import LabelSet
from core.readiness import standing
from core.tuning.shown import rules_shown, since_version


class FeelprintCard(Card):
    """A feelprint, and the button that tells how it came about."""

    def __init__(self, app: App, owner: int, label_set: LabelSet, blocks: list[str]) -> None:
        super().__init__(owner, blocks)
        self._app, self._label_set = app, label_set
        button: discord.ui.Button[Any] = discord.ui.Button(label="How was this found?")
        button.callback = self._why  # type: ignore[method-assign]
        self.frame.add_item(discord.ui.ActionRow(button))

    async def _why(self, interaction: discord.Interaction[Any]) -> None:
        await defer(interaction)
        tuning, who = self._app.storage.tuning, (self._owner, self._label_set.id)
        report, records = await tuning.last_run(*who), await tuning.rules(*who)
        await say(interaction, view=Card(self._owner, [cards.why(report, records)]))


async def show_feelprint(interaction: discord.Interaction[Any], app: App) -> None:
    """Show the deployed version, or how far it is until there is one."""
    member_id, label_set = interaction.user.id, label_set_at(app, interaction.guild_id)
    tuning, who = app.storage.tuning, (member_id, label_set.id)
    active = await tuning.active(*who)
    if active is None:
        blocks = [
            "### No feelprint yet",
            *(await progress_blocks(app, member_id, label_set, interaction.guild_id))[1:],
        ]
        await say(interaction, view=Card(member_id, blocks))
        return
    versions, records, shadows = await tuning.versions(*who), await tuning.rules(*who), await tuning.shadows(*who)
    rules = rules_shown(active, versions, records, shadows)
    blocks = cards.feelprint(active, rules, since_version(active, shadows), offline=app.settings.offline)
    await say(interaction, view=FeelprintCard(app, member_id, label_set, blocks))


async def progress_blocks(app: App, member_id: int, label_set: LabelSet, server_id: int | None) -> list[str]:
    """The blocks of /progress."""
    labels, tuning, who = app.storage.labels, app.storage.tuning, (member_id, label_set.id)
    profile, active, last = await labels.profile(*who), await tuning.active(*who), await tuning.last_run(*who)
    running = app.worker.progress_of(*who)
    place = app.roster.place(server_id)
    needed = (place.min_labels, place.min_emotions) if place else (12, 3)
    stand = standing(
        profile, active, last, app.clock.now_ms(), app.policy, min_labels=needed[0], min_emotions=needed[1]
    )
    return cards.progress(profile, label_set, stand, running, last)


def add(tree: FeelprintTree, app: App) -> None:
    """Put the commands on the tree."""

    async def member(interaction: discord.Interaction[Any]) -> bool:
        await defer(interaction)
        if await app.roster.membership(interaction.user.id) is not None:
            return True
        await say(interaction, texts.JOIN_FIRST, view=JoinFirst(app))
        return False

    @tree.command(name="feelprint", description="Read what I have learned about you, and how well it does")
    async def feelprint(interaction: discord.Interaction[Any]) -> None:
        if await member(interaction):
            await show_feelprint(interaction, app)

    @tree.command(name="progress", description="Your labels, what is still needed, and what I am doing")
    async def progress(interaction: discord.Interaction[Any]) -> None:
        if await member(interaction):
            label_set = label_set_at(app, interaction.guild_id)
            blocks = await progress_blocks(app, interaction.user.id, label_set, interaction.guild_id)
            await say(interaction, view=Card(interaction.user.id, blocks))
