"""`/feelprint mood`: several profiles of one member, of which one is active; made, chosen, renamed, erased.

Renaming and erasing are about the active one, so there is one menu, and nobody picks a mood to erase by a slip.
"""

from collections.abc import Sequence
from typing import Any

import discord

from bot.app import App
from bot.discord_ui.replies import acknowledge, replace_message, say, show_form
from bot.discord_ui.views import Choice, Form, OwnLayout
from bot.words import buttons, portrait
from bot.words import several_moods as words
from core.collecting.doors import Needs, Who
from core.vocabulary.own_moods import FIRST, LONGEST_NAME, MOST_MOODS, MoodKept, OwnMood, named_so


class MoodsCard(OwnLayout, needs=Needs(Who.MEMBER)):
    """A member's moods, with what each rests on, and the ways on."""

    def __init__(self, app: App, owner: int, moods: Sequence[MoodKept], note: str = "") -> None:
        super().__init__(owner)
        self._app = app
        self._active = next(kept for kept in moods if kept.active)
        frame: discord.ui.Container[Any] = discord.ui.Container(
            discord.ui.TextDisplay(words.listed_moods(moods)), accent_colour=discord.Colour.teal()
        )
        if note:
            frame.add_item(discord.ui.TextDisplay(f"**{note}**"))
        others = [kept.mood for kept in moods if not kept.active]
        if others:
            options = [discord.SelectOption(label=words.called_so(m), value=str(m.number)) for m in others]
            self.menu: discord.ui.Select[Any] = discord.ui.Select(
                options=options, placeholder=buttons.switch_mood()
            )
            self.menu.callback = self._picked  # type: ignore[method-assign]
            frame.add_item(discord.ui.ActionRow(self.menu))
        frame.add_item(discord.ui.ActionRow(*self._buttons(len(moods))))
        self.add_item(frame)

    def _buttons(self, there: int) -> list[discord.ui.Button[Any]]:
        new: discord.ui.Button[Any] = discord.ui.Button(
            label=buttons.new_mood(), style=discord.ButtonStyle.primary, disabled=there >= MOST_MOODS
        )
        new.callback = self._new  # type: ignore[method-assign]
        if there == 1:
            return [new]
        rename: discord.ui.Button[Any] = discord.ui.Button(label=buttons.rename_mood())
        rename.callback = self._rename  # type: ignore[method-assign]
        erase: discord.ui.Button[Any] = discord.ui.Button(
            label=buttons.erase_mood(),
            style=discord.ButtonStyle.danger,
            disabled=self._active.mood == FIRST,
        )
        erase.callback = self._erase  # type: ignore[method-assign]
        return [new, rename, erase]

    async def _picked(self, interaction: discord.Interaction[Any]) -> None:
        await acknowledge(interaction)
        now = await self._app.roster.moods.switch(interaction.user.id, int(self.menu.values[0]))
        await show_moods(interaction, self._app, words.switched(now) if now else words.no_such_mood())

    async def _new(self, interaction: discord.Interaction[Any]) -> None:
        await show_form(interaction, MoodForm(self._app))

    async def _rename(self, interaction: discord.Interaction[Any]) -> None:
        await show_form(interaction, MoodForm(self._app, self._active.mood))

    async def _erase(self, interaction: discord.Interaction[Any]) -> None:
        kept = self._active
        sure = EraseMoodSure(self._app, interaction.user.id, kept.mood)
        await say(interaction, words.erase_sure(kept), view=sure)


class MoodForm(Form, needs=Needs(Who.JOINED)):
    """A name: for a new mood, or another one for one that there is."""

    def __init__(self, app: App, renamed: OwnMood | None = None) -> None:
        super().__init__(title=buttons.mood_form(), timeout=600)
        self._app, self._renamed = app, renamed
        self.name = discord.ui.TextInput[Any](max_length=LONGEST_NAME, default=renamed.name if renamed else None)
        self.add_item(
            discord.ui.Label(text=buttons.mood_name(), description=buttons.mood_name_hint(), component=self.name)
        )

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        """Make it and switch to it, or give it that name."""
        await acknowledge(interaction)
        name = named_so(self.name.value)
        note = await self._done(interaction.user.id, name) if name else ""
        await show_moods(interaction, self._app, note or words.no_such_name())

    async def _done(self, member_id: int, name: str) -> str:
        moods = self._app.roster.moods
        others = [kept.mood for kept in await self._app.storage.own_moods.listed(member_id)]
        if name.casefold() in {words.called_so(mood).casefold() for mood in others if mood != self._renamed}:
            return ""  # also what a mood without a name of its own is called
        if self._renamed is None:
            made = await moods.make(member_id, name, self._app.clock.now_ms())
            return words.made(made) if made else ""
        number = self._renamed.number
        done = await moods.rename(member_id, number, name)
        return words.renamed(OwnMood(number, name)) if done else ""


class EraseMoodSure(Choice, needs=Needs(Who.MEMBER)):
    """Asks before a mood is erased."""

    def __init__(self, app: App, owner: int, mood: OwnMood) -> None:
        super().__init__(owner, buttons.erase_mood(), buttons.keep_it(), dangerous=True)
        self._app, self._mood = app, mood

    async def answer(self, interaction: discord.Interaction[Any], agreed: bool) -> str:
        """Erase it, or don't."""
        member_id, moods = interaction.user.id, self._app.roster.moods
        if not agreed:
            return portrait.stays()
        if await self._app.storage.own_moods.named(member_id, self._mood.number) is None:
            return words.no_such_mood()
        labels = await self._app.erase_mood(member_id, self._mood.number)
        return words.erased(self._mood, labels, moods.of(member_id))


async def show_moods(interaction: discord.Interaction[Any], app: App, note: str = "") -> None:
    """Answer with a member's moods; in place of the card that was pressed, where one was."""
    owner = interaction.user.id
    card = MoodsCard(app, owner, await app.storage.own_moods.listed(owner), note)
    if interaction.type is discord.InteractionType.application_command:
        await say(interaction, view=card)
    else:
        await replace_message(interaction, view=card)
