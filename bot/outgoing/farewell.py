"""What becomes of what is kept of a server, said when the bot is removed from it.

In that server it can say nothing more, so its owner is told by direct message, where Discord still allows that: it
wants another server in common.
"""

import discord
import structlog

from bot.intake.patience import passes
from bot.outgoing.voices import Voices
from bot.words import language, managing

log = structlog.get_logger(__name__)


async def say(client: discord.Client, guild: discord.Guild, left_at: int, voices: Voices) -> None:
    """Tell a server's owner until when all of it is kept."""
    if guild.owner_id is None:
        return
    with language.speaking(str(guild.preferred_locale), voices.mentions):
        text = managing.farewell(guild.name, left_at)
    try:
        await (await client.fetch_user(guild.owner_id)).send(text)
    except Exception as error:
        if not passes(error) and not isinstance(error, discord.HTTPException):
            raise
        log.info("farewell.unsaid", why=type(error).__name__)
