"""What can be reached: which channels there are to compare, which may be read, which servers were left.

What Discord refuses is not asked for again, until something changes in its server. A server that is not there
is left alone unless this very bot was seen in it, and Discord says that it is not: it may be the wrong token.
"""

from collections.abc import Mapping

import discord

from bot.intake.intake import Intake
from bot.intake.reading import Budget, OutOfBudget, Readable, Reader
from bot.intake.roster import Roster
from core.collecting.policy import channel_counts
from core.ports import ServerStore, WalkStore
from core.vocabulary.comparison import Walked
from core.vocabulary.facts import ChannelGone, ServerBack, ServerGone, ServerLeft
from core.vocabulary.server_settings import ServerSettings


class Reach:
    """Channels and servers. `changed`: servers in which rights or settings changed since the last walk; `refused`:
    channels that may not be read.
    """

    def __init__(
        self, reader: Reader, roster: Roster, walks: WalkStore, servers: ServerStore, intake: Intake
    ) -> None:
        self._reader, self._roster, self._intake = reader, roster, intake
        self._walks, self._servers = walks, servers
        self.changed: set[int] = set()
        self.refused: set[int] = set()

    async def channels(self, places: Mapping[int, ServerSettings]) -> dict[int, Walked]:
        """Every channel to compare in these servers: chosen now, or with something stored from it. Of direct
        conversations all with something stored, where this process has them.
        """
        found = {walked.channel_id: walked for walked in await self._walks.walked()}
        for place in places.values():
            guild = self._reader.client().get_guild(place.server_id)
            threads = guild.threads if guild else ()
            open_ = [t.id for t in threads if channel_counts(place.server_id, t.id, place, t.parent_id)]
            for channel_id in (*place.channels, *open_):
                found.setdefault(channel_id, Walked(channel_id, place.server_id))
        there: set[int | None] = {guild.id for guild in self._reader.client().guilds if guild.id in places}
        if self._roster.mine(None):
            there.add(None)
        return {key: walked for key, walked in found.items() if walked.server_id in there}

    def reopened(self, channels: Mapping[int, Walked]) -> list[int]:
        """Channels of servers that changed: they are asked for again, and compared anew."""
        found = [key for key, walked in channels.items() if walked.server_id in self.changed]
        self.refused.difference_update(found)
        self.changed.clear()
        return found

    async def channel(self, channel_id: int, budget: Budget, *, directly: bool = False) -> Readable | None:
        """A channel that may be read; None, and not asked for again, where it may not.

        A direct conversation is never deleted: where there is none, it is another bot's.
        """
        channel = None
        try:
            channel = await self._reader.channel(channel_id, budget)
        except discord.NotFound:
            if not directly:
                self._intake.put(ChannelGone(channel_id))
        except discord.Forbidden:
            pass
        if channel is None:
            self.refused.add(channel_id)
        return channel

    async def servers_left(self, places: dict[int, ServerSettings], budget: Budget) -> None:
        """Take note of servers that were left meanwhile, and of those that this bot is in."""
        me = self._reader.client().user
        if me is None:
            return
        bots, left = await self._walks.bots(), await self._servers.left()
        there = [server_id for server_id in places if self._reader.client().get_guild(server_id)]
        if new := [server_id for server_id in there if bots.get(server_id) != me.id]:
            await self._walks.there(new, me.id)
        for server_id in left.keys() & set(there):
            self._intake.put(ServerBack(server_id))
        for server_id in set(places) - set(there):
            if bots.get(server_id) != me.id:
                continue
            if server_id not in left and await self._is_gone(server_id, budget):
                self._intake.put(ServerLeft(server_id, me.id))
                del places[server_id]

    async def erase_left(self, before: int, budget: Budget) -> None:
        """Let go of what belongs to servers that this bot left before a moment and is not in, as Discord says."""
        me = self._reader.client().user
        if me is None:
            return
        bots = await self._walks.bots()
        for server_id, at in (await self._servers.left()).items():
            gone = at < before and bots.get(server_id) == me.id and await self._is_gone(server_id, budget)
            if gone and self._reader.client().get_guild(server_id) is None:
                self._intake.put(ServerGone(server_id))
                self._roster.server_gone(server_id)

    async def _is_gone(self, server_id: int, budget: Budget) -> bool:
        try:
            budget.spend()
            await self._reader.client().fetch_guild(server_id, with_counts=False)
        except (discord.NotFound, discord.Forbidden):
            return True
        except (discord.HTTPException, OutOfBudget):
            return False
        return False
