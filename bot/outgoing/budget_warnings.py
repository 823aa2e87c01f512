"""Warns once a day that four fifths of a cap are spent, before the model is asked nothing more.

People who manage a server are told where they chose by `/setup`; where nobody chose, in the channel in which
Discord itself tells them such things, else its owner by direct message. Of the bot's own cap whoever it belongs to
is told. A warning is noted before it is given: killed in between it is missing once, and `/server` says the same.
"""

import asyncio
from collections.abc import Callable

import discord
import structlog

from bot.intake.patience import passes
from bot.intake.roster import Roster
from bot.outgoing.voices import Voices
from bot.words import language, managing
from core.ports import Caps, NearlySpent, OverviewStore

SHARE = 0.8
_EVERY_S = 60.0

log = structlog.get_logger(__name__)


class BudgetWarner:
    """Looks at what was spent, and warns."""

    def __init__(
        self,
        client: Callable[[], discord.Client],
        overviews: OverviewStore,
        roster: Roster,
        voices: Voices,
        caps: Caps,
    ) -> None:
        self._client, self._overviews, self._roster = client, overviews, roster
        self._voices, self._caps = voices, caps

    async def run(self) -> None:
        """Look for ever."""
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("budget.unwarned")
            await asyncio.sleep(_EVERY_S)

    async def look(self) -> None:
        """Warn of every cap that is nearly spent, in servers of this process. Raises StorageError."""
        if not self._client().is_ready():
            return
        for nearly in await self._overviews.nearly_spent(self._caps, SHARE):
            guild = None if nearly.server_id is None else self._client().get_guild(nearly.server_id)
            if (guild or nearly.server_id is None) and await self._overviews.warn(nearly.server_id):
                await self._warn(nearly, guild)

    async def _warn(self, nearly: NearlySpent, guild: discord.Guild | None) -> None:
        log.warning(
            "budget.nearly_spent", usd=round(nearly.usd, 2), cap=nearly.cap_usd, of="server" if guild else "bot"
        )
        try:
            await (self._tell_owner(nearly) if guild is None else self._tell_server(nearly, guild))
        except Exception as error:
            if not passes(error) and not isinstance(error, discord.HTTPException):
                raise
            log.info("budget.untold", why=type(error).__name__)
            if passes(error):
                await self._overviews.unwarn(nearly.server_id)

    async def _tell_server(self, nearly: NearlySpent, guild: discord.Guild) -> None:
        place = self._roster.place(guild.id)
        chosen = guild.get_channel(place.notices_channel) if place and place.notices_channel else None
        with language.speaking(str(guild.preferred_locale), self._voices.mentions):
            text = managing.nearly_spent(nearly.usd, nearly.cap_usd, guild.name)
        for channel in (chosen, guild.public_updates_channel):
            if isinstance(channel, discord.abc.Messageable) and channel.permissions_for(guild.me).send_messages:
                await channel.send(text)
                return
        if guild.owner_id is not None:
            await (await self._client().fetch_user(guild.owner_id)).send(text)

    async def _tell_owner(self, nearly: NearlySpent) -> None:
        about = await self._client().application_info()
        owner = about.team.owner if about.team else about.owner
        if owner is None:
            return
        with self._voices.telling(owner.id):
            text = managing.bot_nearly_spent(nearly.usd, nearly.cap_usd)
        await (await self._client().fetch_user(owner.id)).send(text)
