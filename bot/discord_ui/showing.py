"""Showing a feelprint to everybody: by its owner alone, who is asked first, as rules speak of a person.

What all see are the rules in use and a name: no picture, no record, not in which mood. It stands until its owner
takes it back.
"""

from collections.abc import Sequence
from typing import Any

import discord

from bot.app import App
from bot.discord_ui.answer import TakeBack
from bot.discord_ui.replies import say, say_aloud_too
from bot.discord_ui.views import Choice, OwnLayout
from bot.words import buttons
from bot.words import shown_answers as words
from bot.words.cards import safe
from core.collecting.doors import Needs, Who
from core.vocabulary.emotions import LabelSet
from core.vocabulary.feelprint import Rule
from core.vocabulary.profile import ProfileKey

_NAME = 60


class PublicFeelprint(OwnLayout, needs=Needs(Who.ANYBODY)):
    """What everybody sees of it."""

    def __init__(self, owner: int, name: str, rules: Sequence[Rule], label_set: LabelSet) -> None:
        super().__init__(owner, timeout=None)
        said = words.feelprint_of(safe(name, _NAME), rules, label_set)
        row: discord.ui.ActionRow[Any] = discord.ui.ActionRow(TakeBack.of(owner))
        self.add_item(discord.ui.Container(discord.ui.TextDisplay(said), row, accent_colour=discord.Colour.teal()))


class ShowSure(Choice, needs=Needs(Who.MEMBER)):
    """Asks before it is shown; what is shown is what is in use then."""

    def __init__(self, app: App, owner: int, label_set: LabelSet) -> None:
        super().__init__(owner, buttons.show_everyone(), buttons.keep_to_me())
        self._app, self._label_set = app, label_set

    async def answer(self, interaction: discord.Interaction[Any], agreed: bool) -> str:
        """Show it, or don't."""
        if not agreed:
            return words.stays_yours()
        active = await self._app.storage.versions.active(ProfileKey(interaction.user.id, self._label_set.id))
        if active is None or not active.rules:
            return words.nothing_to_show()
        name = interaction.user.display_name
        await say_aloud_too(interaction, PublicFeelprint(interaction.user.id, name, active.rules, self._label_set))
        return words.shown_now()


async def show_everyone(interaction: discord.Interaction[Any], app: App, label_set: LabelSet) -> None:
    """Ask a deferred owner whether everybody may read it here."""
    if interaction.guild_id is not None and not interaction.permissions.send_messages:
        await say(interaction, words.may_not_write())
        return
    await say(interaction, words.show_sure(), view=ShowSure(app, interaction.user.id, label_set))
