"""Puts the emotions' emojis under new pictures, so that labelling is one tap.

A courtesy and no more: it happens in the background, one picture after the other, the newest matter
most when there are many, and whatever Discord refuses is let go.
"""

import asyncio
from collections import deque

import discord
import structlog

from bot.intake.owed import lacking
from core.collecting.excluded import Exclusions
from core.collecting.policy import MessageView, wants_seeds
from core.vocabulary.server_settings import ServerSettings

_WAITING = 50
_REMEMBERED = 200
"""A message comes again with each edit, and has its emojis already."""

log = structlog.get_logger(__name__)


class Seeder:
    """The queue of messages to seed and the task that does it."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[discord.Message, tuple[str, ...]]] = deque(maxlen=_WAITING)
        self._offered: deque[int] = deque(maxlen=_REMEMBERED)
        self._some, self._idle = asyncio.Event(), asyncio.Event()
        self._idle.set()

    def offer(
        self, message: discord.Message, view: MessageView, place: ServerSettings | None, exclusions: Exclusions
    ) -> None:
        """Queue a new message if its server wants seeds under it; never awaits."""
        if place is not None and message.id not in self._offered and wants_seeds(view, place, exclusions):
            self._offered.append(message.id)
            self._waiting.append((message, lacking(message, place)))
            self._some.set()
            self._idle.clear()

    async def drained(self) -> None:
        """Wait until nothing is to be seeded."""
        await self._idle.wait()

    async def run(self) -> None:
        """Seed for ever."""
        while True:
            await self._some.wait()
            self._some.clear()
            while self._waiting:
                await self._seed(*self._waiting.pop())
            self._idle.set()

    async def _seed(self, message: discord.Message, emojis: tuple[str, ...]) -> None:
        for emoji in emojis:
            try:
                await message.add_reaction(emoji)
            except discord.HTTPException as refused:
                log.debug("seeding.refused", status=refused.status, code=refused.code)
                if refused.status in (403, 404):
                    return
            except Exception:
                log.exception("seeding.failed")
                return
