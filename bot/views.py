"""What every set of buttons shares: it belongs to one person, and its errors become sentences."""

from typing import Any

import discord

from bot import texts
from bot.replies import replace_message, say, say_error

MINUTES = 14 * 60
"""Discord lets an interaction's message be edited for 15 minutes; buttons end a little before."""


class OwnView(discord.ui.View):
    """Buttons for one person."""

    def __init__(self, owner: int, *, timeout: float | None = MINUTES) -> None:
        super().__init__(timeout=timeout)
        self._owner = owner

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Refuse everybody else."""
        return await only_owner(self._owner, interaction)

    async def on_error(self, interaction: discord.Interaction[Any], error: Exception, _: Any, /) -> None:
        """Tell the person who pressed."""
        await say_error(interaction, error)


class OwnLayout(discord.ui.LayoutView):
    """A card with buttons for one person."""

    def __init__(self, owner: int, *, timeout: float | None = MINUTES) -> None:
        super().__init__(timeout=timeout)
        self._owner = owner

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Refuse everybody else."""
        return await only_owner(self._owner, interaction)

    async def on_error(self, interaction: discord.Interaction[Any], error: Exception, _: Any, /) -> None:
        """Tell the person who pressed."""
        await say_error(interaction, error)


async def only_owner(owner: int, interaction: discord.Interaction[Any]) -> bool:
    """Whether this is the owner; somebody else is told."""
    if interaction.user.id == owner:
        return True
    await say(interaction, texts.NOT_YOURS)
    return False


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
