"""`/privacy`, and the yes to research that is asked for under it: there stands who sees what, and in any place.

To say yes one must be a member of whom something may be kept; to take it back, a member, paused or not.
"""

from collections.abc import Iterable
from typing import Any

import discord

from bot.app import App
from bot.discord_ui.commands.feel import Card
from bot.discord_ui.replies import acknowledge, defer, replace_message, say
from bot.words import buttons
from bot.words import donating as words
from core.collecting.doors import Needs, Who
from core.vocabulary.consent import ANYWHERE, EVERYBODY, Yes, YesTo


class PrivacyCard(Card, needs=Needs(Who.MEMBER)):
    """What is kept and who sees it, with the way to what one may give to research."""

    def __init__(self, app: App, owner: int, text: str) -> None:
        super().__init__(owner, [text])
        self._app = app
        way: discord.ui.Button[Any] = discord.ui.Button(label=buttons.research())
        way.callback = self._open  # type: ignore[method-assign]
        self.frame.add_item(discord.ui.ActionRow(way))

    async def _open(self, interaction: discord.Interaction[Any]) -> None:
        await defer(interaction)
        said = await self._app.storage.yeses.said(interaction.user.id)
        await say(interaction, view=research_card(self._app, interaction.user.id, said))


class _Research(Card, needs=Needs(Who.MEMBER)):
    """How it stands, and the button that changes it."""

    def __init__(self, app: App, owner: int, *, given: bool) -> None:
        super().__init__(owner, [words.asked(given=given)])
        self._app, self._yes = app, Yes(owner, ANYWHERE, EVERYBODY, YesTo.RESEARCH)
        change: discord.ui.Button[Any] = discord.ui.Button(
            label=buttons.give_no_more() if given else buttons.give()
        )
        change.callback = self._pressed  # type: ignore[method-assign]
        self.frame.add_item(discord.ui.ActionRow(change))

    async def _pressed(self, interaction: discord.Interaction[Any]) -> None:
        await acknowledge(interaction)
        await self.change()
        said = await self._app.storage.yeses.said(interaction.user.id)
        await replace_message(interaction, view=research_card(self._app, interaction.user.id, said))

    async def change(self) -> None:
        """Take the yes back."""
        await self._app.storage.yeses.unsay(self._yes)


class _NotGiven(_Research, needs=Needs(Who.JOINED)):
    """A no, and the button to say yes."""

    async def change(self) -> None:
        """Say yes."""
        await self._app.storage.yeses.say(self._yes, self._app.clock.now_ms())


def research_card(app: App, owner: int, said: Iterable[Yes]) -> Card:
    """How it stands with a member's yes to research."""
    if Yes(owner, ANYWHERE, EVERYBODY, YesTo.RESEARCH) in said:
        return _Research(app, owner, given=True)
    return _NotGiven(app, owner, given=False)
