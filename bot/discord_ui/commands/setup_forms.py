"""The two forms of `/setup`: emotions with their emojis, and thresholds."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import discord

from bot.discord_ui.replies import say, say_error
from bot.discord_ui.views import Told
from bot.words import buttons, texts
from core.vocabulary.emotions import Emotion, LabelSet
from core.vocabulary.errors import LabelSetError, LabelSetProblem
from core.vocabulary.server_settings import ServerSettings

Change: TypeAlias = Callable[[discord.Interaction[Any], ServerSettings], Awaitable[None]]
"""Stores new settings and shows them in the message from which the form came."""


class EmotionsForm(Told, discord.ui.Modal):
    """One emotion a line: a name and its emoji."""

    def __init__(self, place: ServerSettings, change: Change, custom: Mapping[str, str]) -> None:
        super().__init__(title=buttons.emotions_form(), timeout=600)
        self._place, self._change, self._custom = place, change, custom
        self.lines = discord.ui.TextInput[Any](
            label=buttons.emotions_lines(),
            style=discord.TextStyle.paragraph,
            max_length=1500,
            default="\n".join(f"{e.name} {e.emoji}".strip() for e in place.label_set.emotions),
        )
        self.add_item(self.lines)

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        """Store the label set, or say what is wrong with it."""
        try:
            label_set = label_set_from(self.lines.value, self._custom)
        except LabelSetError as error:
            await say_error(interaction, error)
            return
        await self._change(interaction, replace(self._place, label_set=label_set))


class ThresholdsForm(Told, discord.ui.Modal):
    """How many labels over how many emotions."""

    def __init__(self, place: ServerSettings, change: Change) -> None:
        super().__init__(title=buttons.thresholds_form(), timeout=600)
        self._place, self._change = place, change
        self.labels = _number(buttons.labels_needed(), place.min_labels, digits=3)
        self.emotions = _number(buttons.emotions_needed(), place.min_emotions, digits=1)
        self.add_item(self.labels)
        self.add_item(self.emotions)

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        """Store the thresholds, or say what is wrong with them."""
        labels, emotions = self.labels.value.strip(), self.emotions.value.strip()
        numbers = labels.isdecimal() and emotions.isdecimal()
        if not (numbers and 8 <= int(labels) <= 100 and 2 <= int(emotions) <= 8):
            await say(interaction, texts.thresholds())
            return
        place = replace(self._place, min_labels=int(labels), min_emotions=int(emotions))
        await self._change(interaction, place)


def _number(label: str, value: int, *, digits: int) -> discord.ui.TextInput[Any]:
    return discord.ui.TextInput(label=label, max_length=digits, default=str(value))


_CUSTOM = re.compile(r"^<a?:\w+:\d+>$")


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
            emotions.append(Emotion(name.strip(), custom.get(emoji.strip(":"), emoji)))
    if any(emotion.emoji.isascii() and emotion.emoji and not _CUSTOM.match(emotion.emoji) for emotion in emotions):
        raise LabelSetError(LabelSetProblem.NOT_AN_EMOJI)
    return LabelSet(tuple(emotions))
