"""What a member has: `/feelprint show` (the prompt and its honest record), `/feelprint why` (how it was found)
and `/progress` (labels and tuning).

Discord has no command that is also a group, so `/feelprint` itself is only the way to the two.
"""

from typing import Any

import discord
from discord import app_commands

from bot.app import App
from bot.discord_ui.commands.feel import Card
from bot.discord_ui.doors import asks
from bot.discord_ui.progress import progress_blocks
from bot.discord_ui.replies import defer, replace_message, say, tell_news
from bot.discord_ui.tree import FeelprintTree
from bot.words import buttons, cards, commands, found, texts
from core.collecting.doors import Needs, Who
from core.predicting.shown import rules_shown, since_version
from core.vocabulary.emotions import LabelSet
from core.vocabulary.profile import ProfileKey

_RUNS = 12
"""How far back the latest look is searched for; retirements and rollbacks since it count as runs, too."""


class FeelprintCard(Card, needs=Needs(Who.MEMBER)):
    """A feelprint, and the button that tells how it came about: the same as `/feelprint why`."""

    def __init__(self, app: App, owner: int, label_set: LabelSet, blocks: list[str]) -> None:
        super().__init__(owner, blocks)
        self._app, self._label_set = app, label_set
        button: discord.ui.Button[Any] = discord.ui.Button(label=buttons.how_found())
        button.callback = self._why  # type: ignore[method-assign]
        self.frame.add_item(discord.ui.ActionRow(button))

    async def _why(self, interaction: discord.Interaction[Any]) -> None:
        await defer(interaction)
        await show_why(interaction, self._app, self._label_set)


class Pages(Card, needs=Needs(Who.MEMBER)):
    """A long text in several pages, turned by two buttons."""

    def __init__(self, owner: int, pages: list[list[str]], at: int = 0) -> None:
        several = len(pages) > 1
        super().__init__(owner, [*pages[at], texts.page(at + 1, len(pages)) if several else ""])
        self._pages = pages
        if several:
            turns = (self._turn(buttons.back(), at - 1), self._turn(buttons.more(), at + 1))
            self.frame.add_item(discord.ui.ActionRow(*turns))

    def _turn(self, label: str, to: int) -> discord.ui.Button[Any]:
        button: discord.ui.Button[Any] = discord.ui.Button(label=label, disabled=not 0 <= to < len(self._pages))

        async def turn(interaction: discord.Interaction[Any]) -> None:
            await replace_message(interaction, view=Pages(interaction.user.id, self._pages, to))
            self.stop()

        button.callback = turn  # type: ignore[method-assign]
        return button


async def show_why(interaction: discord.Interaction[Any], app: App, label_set: LabelSet) -> None:
    """Tell a deferred asker how their feelprint was found, idea by idea."""
    stored, key = app.storage, ProfileKey(interaction.user.id, label_set.id)
    reports, records = await stored.runs.latest(key, limit=_RUNS), await stored.runs.rules(key)
    active, versions = await stored.versions.active(key), await stored.versions.all(key)
    shadows = await stored.shadows.all(key)
    shown = rules_shown(active, versions, records, shadows) if active else ()
    history = found.History(reports, records, shown, active)
    await say(interaction, view=Pages(interaction.user.id, found.pages(found.explained(history))))


async def show_feelprint(interaction: discord.Interaction[Any], app: App) -> None:
    """Show the deployed version, or how far it is until there is one."""
    member_id, label_set = interaction.user.id, app.roster.label_set(interaction.guild_id)
    stored, key = app.storage, ProfileKey(member_id, label_set.id)
    active = await stored.versions.active(key)
    if active is None:
        blocks = [
            texts.no_feelprint(),
            *(await progress_blocks(app, member_id, label_set, interaction.guild_id))[1:],
            texts.what_i_tried() if await stored.runs.last(key) else "",
        ]
        await say(interaction, view=Card(member_id, blocks))
        return
    versions, records = await stored.versions.all(key), await stored.runs.rules(key)
    shadows = await stored.shadows.all(key)
    rules = rules_shown(active, versions, records, shadows)
    blocks = cards.feelprint(active, rules, since_version(active, shadows), offline=app.settings.offline)
    await say(interaction, view=FeelprintCard(app, member_id, label_set, blocks))


def add(tree: FeelprintTree, app: App) -> None:
    """Put the commands on the tree."""
    feelprint = app_commands.Group(name="feelprint", description=commands.FEELPRINT)
    tree.add_command(feelprint)

    @feelprint.command(name="show", description=commands.SHOW)
    @asks(Who.MEMBER, invites=True)
    async def show(interaction: discord.Interaction[Any]) -> None:
        await defer(interaction)
        await show_feelprint(interaction, app)

    @feelprint.command(name="why", description=commands.WHY)
    @asks(Who.MEMBER, invites=True)
    async def why(interaction: discord.Interaction[Any]) -> None:
        await defer(interaction)
        await show_why(interaction, app, app.roster.label_set(interaction.guild_id))

    @tree.command(name="progress", description=commands.PROGRESS)
    @asks(Who.MEMBER, invites=True)
    async def progress(interaction: discord.Interaction[Any]) -> None:
        await defer(interaction)
        label_set = app.roster.label_set(interaction.guild_id)
        blocks = await progress_blocks(app, interaction.user.id, label_set, interaction.guild_id)
        await say(interaction, view=Card(interaction.user.id, blocks))
        await tell_news(interaction)
