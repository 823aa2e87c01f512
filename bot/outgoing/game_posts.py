"""What the weekly game posts in a channel, and finds there again if a killed process has posted it."""

import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

import discord
import structlog

from bot.intake.reading import OfServer
from core.ports import Game
from core.vocabulary.emotions import LabelSet
from core.vocabulary.images import Image
from core.vocabulary.moments import moment_of
from core.vocabulary.weekly import WEEK_MS

PERMISSIONS = ("view_channel", "read_message_history", "send_messages", "attach_files")
"""What the bot needs where the game is played."""

_BACK, _CLOCKS_MS = 100, 60_000

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """What is posted: a picture under a file's name, what it shows if that is known, and what can be guessed."""

    week: int
    file: str
    image: Image
    caption: str
    label_set: LabelSet

    def upload(self) -> discord.File:
        """The picture, for one try."""
        return discord.File(io.BytesIO(self.image.jpeg), self.file)


MakeCard: TypeAlias = Callable[[Question, str], discord.ui.LayoutView]
"""What everybody sees of a question, with a text above it."""


async def sent(channel: OfServer, since: int, is_it: Callable[[discord.Message], bool]) -> discord.Message | None:
    """What a process that was killed may have posted and not noted."""
    after = discord.Object(moment_of(since - _CLOCKS_MS))
    try:
        async for message in channel.history(limit=_BACK, after=after):
            if message.author.id == channel.guild.me.id and is_it(message):
                return message
    except discord.Forbidden:
        pass
    return None


async def unless_refused(request: Awaitable[object]) -> bool:
    """Whether Discord took a request; where it refuses it for good, that is let go."""
    try:
        await request
    except (discord.NotFound, discord.Forbidden) as refused:
        log.info("games.refused", status=refused.status, code=refused.code)
        return False
    return True


def may_post(channel: OfServer) -> bool:
    """Whether Discord lets the bot play there."""
    rights = channel.permissions_for(channel.guild.me)
    return all(getattr(rights, name) for name in PERMISSIONS)


def nonce(what: str, game: Game) -> str:
    """Of two messages with one nonce Discord keeps the first (docs/platform.md#nonce); it takes 25 letters."""
    return f"{what}{game.server_id:x}-{game.week // WEEK_MS}"
