"""What every set of buttons shares: it belongs to one person, and its errors become sentences."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import discord

from bot.discord_ui.replies import replace_message, say, say_error
from bot.words import buttons, language, texts
from core.collecting.decide import Picture

MINUTES = 14 * 60
"""Discord lets an interaction's message be edited for 15 minutes; buttons end a little before."""


class Told:
    """Whoever presses is told what went wrong, in their language."""

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Speak the language of whoever pressed."""
        language.speak(str(interaction.locale))
        return True

    async def on_error(self, interaction: discord.Interaction[Any], error: Exception, /, *_: Any) -> None:
        """Tell the person who pressed."""
        await say_error(interaction, error)


class Owned(Told):
    """Nobody but the owner may press."""

    _owner: int

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Refuse everybody else."""
        return await super().interaction_check(interaction) and await only_owner(self._owner, interaction)


class OwnView(Owned, discord.ui.View):
    """Buttons for one person."""

    def __init__(self, owner: int, *, timeout: float | None = MINUTES) -> None:
        super().__init__(timeout=timeout)
        self._owner = owner


class OwnLayout(Owned, discord.ui.LayoutView):
    """A card with buttons for one person."""

    def __init__(self, owner: int, *, timeout: float | None = MINUTES) -> None:
        super().__init__(timeout=timeout)
        self._owner = owner


async def only_owner(owner: int, interaction: discord.Interaction[Any]) -> bool:
    """Whether this is the owner; somebody else is told."""
    if interaction.user.id == owner:
        return True
    await say(interaction, texts.not_yours())
    return False


class WhichPicture(OwnView):
    """A menu that asks which of several pictures is meant; `then` acknowledges and answers."""

    def __init__(
        self,
        owner: int,
        pictures: Sequence[Picture],
        then: Callable[[discord.Interaction[Any], Picture], Awaitable[None]],
    ) -> None:
        super().__init__(owner)
        self._pictures, self._then = pictures, then
        options = [
            discord.SelectOption(label=buttons.picture(number), value=str(number - 1))
            for number in range(1, min(len(pictures), 25) + 1)
        ]
        self._menu: discord.ui.Select[WhichPicture] = discord.ui.Select(options=options)
        self._menu.placeholder = buttons.which_one()
        self._menu.callback = self._picked  # type: ignore[method-assign]
        self.add_item(self._menu)

    async def _picked(self, interaction: discord.Interaction[Any]) -> None:
        await self._then(interaction, self._pictures[int(self._menu.values[0])])


class Choice(OwnView):
    """Two buttons, one of which is pressed once; `answer` says what each does and returns the sentence."""

    def __init__(self, owner: int, yes: str, no: str, *, dangerous: bool = False) -> None:
        super().__init__(owner)
        self.yes.label, self.no.label = yes, no
        if dangerous:
            self.yes.style = discord.ButtonStyle.danger

    async def answer(self, interaction: discord.Interaction[Any], agreed: bool) -> str:
        """Do what was chosen."""
        raise NotImplementedError

    @discord.ui.button(style=discord.ButtonStyle.primary)
    async def yes(self, interaction: discord.Interaction[Any], _: discord.ui.Button["Choice"]) -> None:
        """The first button."""
        await self._chosen(interaction, agreed=True)

    @discord.ui.button(style=discord.ButtonStyle.secondary)
    async def no(self, interaction: discord.Interaction[Any], _: discord.ui.Button["Choice"]) -> None:
        """The second button."""
        await self._chosen(interaction, agreed=False)

    async def _chosen(self, interaction: discord.Interaction[Any], *, agreed: bool) -> None:
        self.stop()
        await interaction.response.defer()
        await replace_message(interaction, await self.answer(interaction, agreed), view=None)
