"""What every set of buttons about a feeling shares: the way to a stored label, and emotions as buttons show
them.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import discord

from bot.app import App
from bot.intake.event_facts import roles_of
from bot.words.emotions import called
from core.collecting.refusals import Refusal
from core.vocabulary.emotions import Emotion, LabelSet
from core.vocabulary.facts import Rated
from core.vocabulary.images import Image

MOST_BUTTONS = 20
"""Emotions that have a button each, four rows of five at most; more are put into a menu."""

_PATIENCE_S = 20.0

T = TypeVar("T")


async def kept(app: App, user: discord.abc.User, fact: Rated, image: Image | None) -> Refusal | None:
    """Have somebody's answer written, on the road that reactions take; why it was not, or None.

    Raises StorageError.
    """
    if fact.mood and await app.storage.own_moods.named(fact.member_id, fact.mood) is None:
        return Refusal.NO_SUCH_MOOD
    fact = replace(fact, roles=roles_of(user))
    try:
        return await asyncio.wait_for(app.intake.settle(fact, image), _PATIENCE_S)
    except TimeoutError:
        return Refusal.NOT_KEPT


def shown_emoji(client: discord.Client, emotion: Emotion) -> discord.PartialEmoji | None:
    """An emotion's emoji for a button; None for a custom one that the bot may not use."""
    if not emotion.emoji:
        return None
    emoji = discord.PartialEmoji.from_str(emotion.emoji)
    return emoji if emoji.id is None or client.get_emoji(emoji.id) is not None else None


def in_rows(buttons: Sequence[T]) -> list[Sequence[T]]:
    """Rows of much the same length, of at most the five that Discord takes."""
    each = -(-len(buttons) // -(-len(buttons) // 5))
    return [buttons[start : start + each] for start in range(0, len(buttons), each)]


def option(
    client: discord.Client, label_set: LabelSet, emotion: Emotion, *, chosen: bool = False
) -> discord.SelectOption:
    """An emotion in a menu: shown as its member reads it, picked by its name."""
    return discord.SelectOption(
        label=called(label_set, emotion.name),
        value=emotion.name,
        emoji=shown_emoji(client, emotion),
        default=chosen,
    )
