"""Emojis owed under pictures that were posted while nobody listened, put there once the labels are right.

A courtesy: it takes only what a walk leaves of its budget, newest first, and what is not afforded within a day, or
is not wanted any more by then, is let go.
"""

from collections.abc import Callable
from typing import TypeAlias

import discord

from bot.intake.event_facts import emoji_of
from bot.intake.reading import Budget
from bot.intake.roster import Roster
from bot.intake.shown_pictures import view_of
from core.collecting.excluded import Exclusions
from core.collecting.policy import MessageView, wants_seeds
from core.vocabulary.clock import Clock
from core.vocabulary.emotions import normalise_emoji
from core.vocabulary.server_settings import ServerSettings

MOST = 50
"""Pictures that wait, the newest ones."""

LASTS_MS = 24 * 60 * 60 * 1000
"""Nobody looks for emojis under a picture of the day before yesterday."""

_MOST_EMOJIS = 20

Offer: TypeAlias = Callable[[discord.Message, MessageView, ServerSettings | None, Exclusions], None]


class Owed:
    """Which pictures wait for their emojis. `offer` queues one to be seeded; what was offered last comes first."""

    def __init__(self, roster: Roster, clock: Clock, offer: Offer) -> None:
        self._roster, self._clock, self._offer = roster, clock, offer
        self._waiting: dict[int, discord.Message] = {}

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def note(self, message: discord.Message) -> None:
        """A message was posted while nobody listened."""
        if self._lacks(message):
            self._waiting[message.id] = message
            while len(self._waiting) > MOST:
                del self._waiting[min(self._waiting)]

    def give(self, budget: Budget) -> None:
        """Have as many seeded as a budget still allows, the newest ones; the others wait for the next."""
        afforded = []
        for message_id, message in sorted(self._waiting.items(), reverse=True):
            requests = self._lacks(message)
            if requests > budget.left and 0 < requests <= budget.whole:
                break
            del self._waiting[message_id]
            if 0 < requests <= budget.left:
                budget.spend(requests)
                afforded.append(message)
        for message in reversed(afforded):
            self._offer(message, view_of(message), self._place(message), self._roster.exclusions)

    def _lacks(self, message: discord.Message) -> int:
        """How many emojis are wanted under a message, and not there yet."""
        place, posted_ms = self._place(message), message.created_at.timestamp() * 1000
        if place is None or posted_ms < self._clock.now_ms() - LASTS_MS:
            return 0
        if not wants_seeds(view_of(message), place, self._roster.exclusions):
            return 0
        return len(lacking(message, place))

    def _place(self, message: discord.Message) -> ServerSettings | None:
        return self._roster.place(message.guild.id if message.guild else None)


def lacking(message: discord.Message, place: ServerSettings) -> tuple[str, ...]:
    """The emotions' emojis that the bot has not put under a message yet, as many as Discord allows under one."""
    there = {emoji_of(reaction.emoji) for reaction in message.reactions if reaction.me}
    wanted = [emotion.emoji for emotion in place.label_set.emotions if emotion.emoji]
    return tuple(emoji for emoji in wanted[:_MOST_EMOJIS] if normalise_emoji(emoji) not in there)
