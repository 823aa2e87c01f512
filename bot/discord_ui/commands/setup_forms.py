"""The forms of `/setup`: emotions with their emojis, thresholds, and what the model may cost."""

import re
from collections.abc import Mapping
from typing import Any, Protocol

import discord

from bot.discord_ui.replies import say, say_error
from bot.discord_ui.views import Form
from bot.words import setup_buttons, texts
from bot.words.overview import budget_takes
from core.collecting.doors import Needs, Who
from core.ports import Caps
from core.vocabulary.emotions import Emotion, LabelSet
from core.vocabulary.errors import LabelSetError, LabelSetProblem
from core.vocabulary.scripts import composed, is_emoji
from core.vocabulary.server_settings import MIN_EMOTIONS, MIN_LABELS, ServerSettings


class Change(Protocol):
    """Stores what was chosen, and shows it in the message from which the form came."""

    async def __call__(self, interaction: discord.Interaction[Any], /, **chosen: Any) -> None:
        """`chosen`: fields of the server's settings."""


class EmotionsForm(Form, needs=Needs(Who.MANAGER)):
    """One emotion a line: a name and its emoji."""

    def __init__(self, place: ServerSettings, change: Change, custom: Mapping[str, str]) -> None:
        super().__init__(title=setup_buttons.emotions_form(), timeout=600)
        self._place, self._change, self._custom = place, change, custom
        self.lines = discord.ui.TextInput[Any](
            style=discord.TextStyle.paragraph,
            max_length=1500,
            default="\n".join(f"{e.name} {e.emoji}".strip() for e in place.label_set.emotions),
        )
        self.add_item(discord.ui.Label(text=setup_buttons.emotions_lines(), component=self.lines))

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        """Store the label set, or say what is wrong with it."""
        try:
            label_set = label_set_from(self.lines.value, self._custom)
        except LabelSetError as error:
            await say_error(interaction, error)
            return
        await self._change(interaction, label_set=label_set.in_order_of(self._place.label_set))


class ThresholdsForm(Form, needs=Needs(Who.MANAGER)):
    """How many labels over how many emotions."""

    def __init__(self, place: ServerSettings, change: Change) -> None:
        super().__init__(title=setup_buttons.thresholds_form(), timeout=600)
        self._change = change
        self.labels = discord.ui.TextInput[Any](max_length=3, default=str(place.min_labels))
        self.emotions = discord.ui.TextInput[Any](max_length=1, default=str(place.min_emotions))
        self.add_item(discord.ui.Label(text=setup_buttons.labels_needed(), component=self.labels))
        self.add_item(discord.ui.Label(text=setup_buttons.emotions_needed(), component=self.emotions))

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        """Store the thresholds, or say what is wrong with them."""
        labels, emotions = self.labels.value.strip(), self.emotions.value.strip()
        numbers = labels.isdecimal() and emotions.isdecimal()
        if not (numbers and MIN_LABELS.allows(int(labels)) and MIN_EMOTIONS.allows(int(emotions))):
            await say(interaction, texts.thresholds())
            return
        await self._change(interaction, min_labels=int(labels), min_emotions=int(emotions))


class BudgetForm(Form, needs=Needs(Who.MANAGER)):
    """How many dollars for all and for one member; `caps`: what whoever runs the bot allows."""

    def __init__(self, place: ServerSettings, change: Change, caps: Caps) -> None:
        super().__init__(title=setup_buttons.budget_form(), timeout=600)
        self._change, self._caps = change, caps
        self.usd, self.each = _dollars(place.usd_per_day), _dollars(place.member_usd_per_day)
        none = setup_buttons.budget_none()
        self.add_item(discord.ui.Label(text=setup_buttons.budget_usd(), description=none, component=self.usd))
        self.add_item(discord.ui.Label(text=setup_buttons.budget_each(), description=none, component=self.each))

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        """Store the budget, or say what is wrong with it."""
        chosen = {}
        for name, field, most_usd in (
            ("usd_per_day", self.usd, self._caps.most_for_server),
            ("member_usd_per_day", self.each, self._caps.most_for_member),
        ):
            written = field.value.strip()
            usd = float(written.replace(",", ".")) if _DOLLARS.fullmatch(written) else None
            too_much = usd is not None and most_usd is not None and usd > most_usd
            if too_much or (written and usd is None):
                await say(interaction, budget_takes(most_usd))
                return
            chosen[name] = usd
        await self._change(interaction, **chosen)


def _dollars(chosen: float | None) -> discord.ui.TextInput[Any]:
    default = None if chosen is None else f"{chosen:.2f}"
    return discord.ui.TextInput(required=False, max_length=9, default=default)


_DOLLARS = re.compile(r"[0-9]{1,6}([.,][0-9]{1,2})?")
"""With the point or the comma of whoever writes; nothing between thousands, which would be read as one of them."""


_FEWEST_EMOTIONS, _MOST_EMOTIONS = 2, 24
"""A message has room for 25 buttons, and 20 emojis are put under a picture."""


def label_set_from(text: str, custom: Mapping[str, str]) -> LabelSet:
    """A label set from lines of "name emoji". Raises LabelSetError.

    `custom` maps the names of the server's own emojis to how they are written in messages, since forms
    do not turn `:name:` into them.
    """
    emotions = []
    for line in text.splitlines():
        name, _, emoji = line.strip().rpartition(" ")
        if not name:
            name, emoji = emoji, ""
        if name:
            emotions.append(Emotion(composed(name), custom.get(emoji.strip(":"), emoji)))
    if any(emotion.emoji and not is_emoji(emotion.emoji) for emotion in emotions):
        raise LabelSetError(LabelSetProblem.NOT_AN_EMOJI)
    if not _FEWEST_EMOTIONS <= len(emotions) <= _MOST_EMOTIONS:
        raise LabelSetError(LabelSetProblem.SERVER_COUNT)
    return LabelSet(tuple(emotions))
