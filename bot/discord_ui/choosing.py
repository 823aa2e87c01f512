"""The picture that somebody asks about or rates: each is judged, and judged again when it is picked.

Where a message shows several, a menu asks which is meant; what may not be used is not in it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import discord

from bot.app import App
from bot.discord_ui.doors import picture_refused
from bot.discord_ui.replies import say
from bot.discord_ui.views import OwnView
from bot.words import buttons, texts
from bot.words.refused import sentence
from core.collecting.doors import Needs, Pace, Who
from core.collecting.policy import Picture
from core.collecting.refusals import Refusal

_MOST = 25
"""Options of one select."""


class WhichPicture(OwnView, needs=Needs(Who.ANYBODY, Pace.COSTS)):
    """A menu of pictures by their number in the message; `use` says what is done with one."""

    def __init__(self, app: App, owner: int, pictures: Mapping[int, Picture], message: discord.Message) -> None:
        super().__init__(owner)
        self._app, self._pictures, self._message = app, pictures, message
        options = [
            discord.SelectOption(label=buttons.picture(number), value=str(number - 1))
            for number in list(pictures)[:_MOST]
        ]
        self._menu: discord.ui.Select[WhichPicture] = discord.ui.Select(options=options)
        self._menu.placeholder = buttons.which_one()
        self._menu.callback = self._picked  # type: ignore[method-assign]
        self.add_item(self._menu)

    @staticmethod
    async def acknowledge(interaction: discord.Interaction[Any]) -> None:
        """Acknowledge a pick, in the way in which it will be answered."""
        raise NotImplementedError

    @staticmethod
    async def use(
        interaction: discord.Interaction[Any], app: App, picture: Picture, message: discord.Message | None
    ) -> None:
        """Answer an acknowledged interaction about one picture, in a message or not. Raises ImageError."""
        raise NotImplementedError

    async def _picked(self, interaction: discord.Interaction[Any]) -> None:
        picture = self._pictures[int(self._menu.values[0]) + 1]
        if why := picture_refused(self._app, interaction, picture, self._message):
            await say(interaction, sentence(why))
            return
        await self.acknowledge(interaction)
        await self.use(interaction, self._app, picture, self._message)


async def choose(
    interaction: discord.Interaction[Any],
    app: App,
    pictures: Sequence[Picture],
    menu: type[WhichPicture],
    message: discord.Message | None = None,
) -> None:
    """Go on with the only picture, or ask which of a message's is meant. Raises ImageError."""
    refusals = [picture_refused(app, interaction, picture, message) for picture in pictures]
    usable = {n: p for n, (p, why) in enumerate(zip(pictures, refusals, strict=True), 1) if why is None}
    if not usable:
        await say(interaction, sentence(next(iter(refusals), None) or Refusal.NO_PICTURE))
    elif len(pictures) == 1 or message is None:
        await menu.use(interaction, app, pictures[0], message)
    else:
        await say(interaction, texts.which_picture(), view=menu(app, interaction.user.id, usable, message))
