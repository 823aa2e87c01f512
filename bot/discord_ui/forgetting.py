"""Asks before erasing: everything, or what was felt in one month.

A month goes in all moods, as if each of its labels were taken back, on the road of every rating, so what stands on
Discord does not bring it back; its bytes are overwritten then.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

import discord

from bot.app import App
from bot.discord_ui.labelling import kept as written
from bot.discord_ui.replies import acknowledge, replace_message
from bot.discord_ui.views import Choice
from bot.words import amounts, buttons, texts
from core.collecting.doors import Needs, Who
from core.vocabulary.facts import Rated
from core.vocabulary.label import Label
from core.vocabulary.profile import ProfileKey

_MONTHS, _AT_ONCE = 25, 100

Felt: TypeAlias = tuple[Label, int]
"""A label, and the number of the mood in which it stands."""


class ForgetSure(Choice, needs=Needs(Who.ANYBODY)):
    """Everything; and a menu of months, if there are any."""

    def __init__(self, app: App, owner: int, months: Mapping[str, Sequence[Felt]]) -> None:
        super().__init__(owner, buttons.erase_everything(), buttons.keep_it(), dangerous=True)
        self._app = app
        newest = sorted(months, reverse=True)[:_MONTHS]
        if newest:
            self.menu: discord.ui.Select[Any] = discord.ui.Select(
                placeholder=buttons.only_a_month(),
                options=[
                    discord.SelectOption(label=amounts.month(months[one][0][0].at), value=one) for one in newest
                ],
            )
            self.menu.callback = self._picked  # type: ignore[method-assign]
            self.add_item(self.menu)

    async def answer(self, interaction: discord.Interaction[Any], agreed: bool) -> str:
        """Erase, or don't."""
        if not agreed:
            return texts.forget_kept()
        return texts.forgotten(await self._app.forget(interaction.user.id))

    async def _picked(self, interaction: discord.Interaction[Any]) -> None:
        await acknowledge(interaction)
        self.stop()
        chosen = self.menu.values[0]
        labels = (await by_month(self._app, interaction)).get(chosen, [])
        if not labels:
            await replace_message(interaction, texts.forget_kept(), view=None)
            return
        sure = ForgetMonthSure(self._app, interaction.user.id, chosen)
        await replace_message(
            interaction, texts.forget_month_sure(amounts.month(labels[0][0].at), len(labels)), view=sure
        )


class ForgetMonthSure(Choice, needs=Needs(Who.MEMBER)):
    """One month."""

    def __init__(self, app: App, owner: int, month: str) -> None:
        super().__init__(owner, buttons.erase_month(), buttons.keep_it(), dangerous=True)
        self._app, self._month = app, month

    async def answer(self, interaction: discord.Interaction[Any], agreed: bool) -> str:
        """Take its labels back, or don't."""
        if not agreed:
            return texts.forget_kept()
        labels = (await by_month(self._app, interaction)).get(self._month, [])
        app, who, server_id = self._app, interaction.user.id, interaction.guild_id
        gone = 0
        for first in range(0, len(labels), _AT_ONCE):
            at = app.clock.now_ms()
            facts = [
                Rated(who, label.image_hash, frozenset(), server_id, at, narrows=True, mood=mood)
                for label, mood in labels[first : first + _AT_ONCE]
            ]
            refused = await asyncio.gather(*(written(app, interaction.user, fact, None) for fact in facts))
            gone += sum(why is None for why in refused)
        await app.storage.eraser.clean()
        return texts.forgot_month(gone)


async def by_month(app: App, interaction: discord.Interaction[Any]) -> Mapping[str, list[Felt]]:
    """A member's labels here in every mood, by the month in which they were last changed. Raises StorageError."""
    label_set = app.roster.label_set(interaction.guild_id)
    who, stored = interaction.user.id, app.storage
    months: dict[str, list[Felt]] = {}
    for kept in await stored.own_moods.listed(who):
        for label in await stored.labels.labels(ProfileKey(who, label_set.of_mood(kept.mood).id)):
            month = datetime.fromtimestamp(label.at / 1000, UTC).strftime("%Y-%m")
            months.setdefault(month, []).append((label, kept.mood.number))
    return months
