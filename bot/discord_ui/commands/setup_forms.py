"""The two forms of `/setup`: emotions with their emojis, and thresholds."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import discord

from bot.discord_ui.replies import say, say_error
from core.vocabulary.emotions import Emotion, LabelSet
from core.vocabulary.server_settings import ServerSettings

Change: TypeAlias = Callable[[discord.Interaction[Any], ServerSettings], Awaitable[None]]
"""Stores new settings and shows them in the message from which the form came."""


class EmotionsForm(discord.ui.Modal, title="Emotions and their emojis"):
    """One emotion a line: a name and its emoji."""

    lines: discord.ui.TextInput["EmotionsForm"] = discord.ui.TextInput(
        label="One a line: a name, then its emoji", style=discord.TextStyle.paragraph, max_length=1500
    )

    def __init__(self, place: ServerSettings, change: Change, custom: Mapping[str, str]) -> None:
        super().__init__(timeout=600)
        self._place, self._change, self._custom = place, change, custom
        self.lines.default = "\n".join(f"{e.name} {e.emoji}".strip() for e in place.label_set.emotions)

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        """Store the label set, or say what is wrong with it."""
        try:
            label_set = label_set_from(self.lines.value, self._custom)
        except ValueError as error:
            await say(interaction, str(error))
            return
        await self._change(interaction, replace(self._place, label_set=label_set))

    async def on_error(self, interaction: discord.Interaction[Any], error: Exception, /) -> None:  # type: ignore[override]
        """Tell the admin."""
        await say_error(interaction, error)


class ThresholdsForm(discord.ui.Modal, title="When a first feelprint is made"):
    """How many labels over how many emotions."""

    labels: discord.ui.TextInput["ThresholdsForm"] = discord.ui.TextInput(label="Labels, 8 to 100", max_length=3)
    emotions: discord.ui.TextInput["ThresholdsForm"] = discord.ui.TextInput(label="Emotions, 2 to 8", max_length=1)

    def __init__(self, place: ServerSettings, change: Change) -> None:
        super().__init__(timeout=600)
        self._place, self._change = place, change
        self.labels.default, self.emotions.default = str(place.min_labels), str(place.min_emotions)

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        """Store the thresholds, or say what is wrong with them."""
        labels, emotions = self.labels.value.strip(), self.emotions.value.strip()
        numbers = labels.isdecimal() and emotions.isdecimal()
        if not (numbers and 8 <= int(labels) <= 100 and 2 <= int(emotions) <= 8):
            await say(interaction, "It takes 8 to 100 labels and 2 to 8 emotions.")
            return
        place = replace(self._place, min_labels=int(labels), min_emotions=int(emotions))
        await self._change(interaction, place)

    async def on_error(self, interaction: discord.Interaction[Any], error: Exception, /) -> None:  # type: ignore[override]
        """Tell the admin."""
        await say_error(interaction, error)


_CUSTOM = re.compile(r"^<a?:\w+:\d+>$")


def label_set_from(text: str, custom: Mapping[str, str]) -> LabelSet:
    """A label set from lines of "name emoji". Raises ValueError with a sentence.

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
        raise ValueError("Please write one emotion a line: a name, a space, then one emoji.")
    return LabelSet(tuple(emotions))
