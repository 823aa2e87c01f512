"""The button under news by which a member chooses where the next are told: by direct message, or beside the answer
to their next press. It outlives restarts, as news do.
"""

import re
from typing import Any, Self

import discord

from bot.app import App
from bot.discord_ui.replies import defer, say
from bot.discord_ui.views import Lasting, OwnView
from bot.words import buttons, news
from core.collecting.doors import Needs, Who


class TellMe(Lasting, needs=Needs(Who.MEMBER), template=re.compile("fp-tell:(?P<way>press|message)")):
    """Changes it, to what stands in its custom id."""

    def __init__(self, item: discord.ui.Item[Any], *, at_press: bool) -> None:
        super().__init__(item)
        self._at_press = at_press

    @classmethod
    def button(cls, *, at_press: bool) -> Self:
        """The button that chooses the one or the other."""
        label = buttons.tell_at_press() if at_press else buttons.tell_by_message()
        custom_id = f"fp-tell:{'press' if at_press else 'message'}"
        return cls(discord.ui.Button(label=label, custom_id=custom_id), at_press=at_press)

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button that was pressed."""
        return cls(item, at_press=match["way"] == "press")

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        """Keep it, and offer the way back."""
        await defer(interaction)
        app: App = interaction.client.app
        await app.storage.notices.choose(interaction.user.id, at_press=self._at_press)
        await say(interaction, news.told_there(at_press=self._at_press), view=Elsewhere(at_press=self._at_press))


class Elsewhere(OwnView, needs=Needs(Who.MEMBER)):
    """Under what a member was told: the way to be told elsewhere. `at_press`: where they are told now."""

    def __init__(self, *, at_press: bool) -> None:
        super().__init__(0, timeout=None)
        self._owner = None
        self.add_item(TellMe.button(at_press=not at_press))
