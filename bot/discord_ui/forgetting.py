"""Asks before erasing: everything, or what was felt in one month.

A month goes whatever the emotions were to choose from, in all moods, as if each of its labels were taken back, on
the road of every rating, so what stands on Discord does not bring it back; its bytes are overwritten then.
"""

import asyncio
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from functools import partial
from typing import Any

import discord

from bot.app import App
from bot.discord_ui.labelling import kept as written
from bot.discord_ui.replies import acknowledge, replace_message
from bot.discord_ui.views import Choice
from bot.words import amounts, buttons, texts
from core.collecting.doors import Needs, Who
from core.vocabulary.facts import Rated

_MONTHS, _AT_ONCE = 25, 100


class ForgetSure(Choice, needs=Needs(Who.ANYBODY)):
    """Everything; and a menu of months, if there are any."""

    def __init__(self, app: App, owner: int, months: Iterable[str]) -> None:
        super().__init__(owner, buttons.erase_everything(), buttons.keep_it(), dangerous=True)
        self._app = app
        newest = sorted(months, reverse=True)[:_MONTHS]
        if newest:
            self.menu: discord.ui.Select[Any] = discord.ui.Select(
                placeholder=buttons.only_a_month(),
                options=[discord.SelectOption(label=_told(one), value=one) for one in newest],
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
        labels = (await by_month(self._app, interaction.user.id)).get(chosen)
        if not labels:
            await replace_message(interaction, texts.forget_kept(), view=None)
            return
        sure = ForgetMonthSure(self._app, interaction.user.id, chosen)
        await replace_message(interaction, texts.forget_month_sure(_told(chosen), len(labels)), view=sure)


class ForgetMonthSure(Choice, needs=Needs(Who.MEMBER)):
    """One month."""

    def __init__(self, app: App, owner: int, month: str) -> None:
        super().__init__(owner, buttons.erase_month(), buttons.keep_it(), dangerous=True)
        self._app, self._month = app, month

    async def answer(self, interaction: discord.Interaction[Any], agreed: bool) -> str:
        """Take its labels back, or don't."""
        if not agreed:
            return texts.forget_kept()
        app, who, server_id = self._app, interaction.user.id, interaction.guild_id
        labels = sorted((await by_month(app, who)).get(self._month, ()))
        gone = 0
        for first in range(0, len(labels), _AT_ONCE):
            taken = partial(
                Rated, who, emotions=frozenset(), server_id=server_id, at=app.clock.now_ms(), narrows=True
            )
            facts = [
                taken(image_hash=image_hash, label_set_id=label_set_id)
                for label_set_id, image_hash in labels[first : first + _AT_ONCE]
            ]
            refused = await asyncio.gather(*(written(app, interaction.user, fact, None) for fact in facts))
            gone += sum(why is None for why in refused)
        app.intake.forget_recent()
        app.dealer.forget()
        await app.storage.eraser.clean()
        return texts.forgot_month(gone)


def _told(month: str) -> str:
    return amounts.month(round(datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC).timestamp() * 1000))


async def by_month(app: App, member_id: int) -> Mapping[str, AbstractSet[tuple[str, str]]]:
    """By each month (2026-11) in which a member said what they felt: with which label sets, about which images.

    Raises StorageError.
    """
    months: dict[str, set[tuple[str, str]]] = {}
    for felt in await app.storage.labels.felt(member_id):
        month = datetime.fromtimestamp(felt.at / 1000, UTC).strftime("%Y-%m")
        months.setdefault(month, set()).add((felt.label_set_id, felt.image_hash))
    return months
