"""Reading Discord for a comparison: pages and listings, counted, and a fault that passes tried again.

A budget is a hard limit: what is asked for is paid before it is asked. Normal and super reactions are listed
apart by Discord and are asked for apart.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import discord

from bot.intake.event_facts import emoji_of
from bot.intake.patience import patiently
from core.collecting.compare import Counts
from core.vocabulary.comparison import Stood

PAGE = 100
_NORMAL, _BURST = discord.ReactionType.normal, discord.ReactionType.burst

OfServer: TypeAlias = discord.TextChannel | discord.Thread | discord.VoiceChannel | discord.StageChannel
"""Channels of a server that have messages."""

Readable: TypeAlias = OfServer | discord.DMChannel
"""Channels that have messages."""


class OutOfBudget(Exception):
    """Nothing more may be asked for now."""


@dataclass(slots=True)
class Budget:
    """Requests that may be made. `most`: how many at most ever may in one go; None: as many as now."""

    left: int
    spent: int = 0
    most: int | None = None

    @property
    def whole(self) -> int:
        """The largest budget that there is: what costs more is never made."""
        return self.left + self.spent if self.most is None else self.most

    def spend(self, calls: int = 1) -> None:
        """Take so many. Raises OutOfBudget where there are fewer."""
        if self.left < calls:
            raise OutOfBudget
        self.left -= calls
        self.spent += calls


def may_read(channel: Readable) -> bool:
    """Whether its whole history can be seen; without that right Discord shows an empty one."""
    if isinstance(channel, discord.DMChannel):
        return True
    rights = channel.permissions_for(channel.guild.me)
    return rights.view_channel and rights.read_message_history


class Reader:
    """Discord through whichever client is logged in."""

    def __init__(self, client: Callable[[], discord.Client]) -> None:
        self.client = client

    async def channel(self, channel_id: int, budget: Budget) -> Readable | None:
        """A channel with messages that may be read; None: it is of another kind, or may not. Raises
        discord.NotFound where there is none.
        """
        channel: object = self.client().get_channel(channel_id)
        if channel is None:
            budget.spend()
            channel = await patiently(lambda: self.client().fetch_channel(channel_id))
        return channel if isinstance(channel, Readable) and may_read(channel) else None

    async def page(self, channel: Readable, below: int, budget: Budget) -> list[discord.Message]:
        """Up to a hundred messages below one, newest first."""

        async def read() -> list[discord.Message]:
            before = discord.Object(min(below, 2**63 - 1))
            return [message async for message in channel.history(limit=PAGE, before=before)]

        budget.spend()
        return await patiently(read)

    async def message(self, channel: Readable, message_id: int, budget: Budget) -> discord.Message | None:
        """One message; None where it is gone."""
        budget.spend()
        try:
            return await patiently(lambda: channel.fetch_message(message_id))
        except discord.NotFound:
            return None

    async def listing(
        self, message: discord.Message, emojis: frozenset[str], budget: Budget
    ) -> tuple[frozenset[Stood], Counts]:
        """Who stands there with these emojis, and how many altogether, bots with them (but not this one)."""
        present: set[Stood] = set()
        totals: dict[str, tuple[int, int]] = {}
        for reaction in message.reactions:
            emoji = emoji_of(reaction.emoji)
            if emoji not in emojis:
                continue
            found = [await self._users(reaction, kind, budget) for kind in (_NORMAL, _BURST)]
            totals[emoji] = (len(found[0]), len(found[1]))
            for users, burst in zip(found, (False, True), strict=True):
                present.update((user.id, emoji, burst) for user in users if not user.bot)
        return frozenset(present), totals

    async def has(
        self, reaction: discord.Reaction, member_id: int, kind: discord.ReactionType, budget: Budget
    ) -> bool:
        """Whether one person stands there, in one request however many do."""

        async def ask() -> bool:
            after = discord.Object(member_id - 1)
            return any([user.id == member_id async for user in reaction.users(limit=1, after=after, type=kind)])

        budget.spend()
        return await patiently(ask)

    async def _users(
        self, reaction: discord.Reaction, kind: discord.ReactionType, budget: Budget
    ) -> list[discord.User | discord.Member]:
        mine = reaction.me if kind is _NORMAL else reaction.me_burst
        standing = (reaction.normal_count if kind is _NORMAL else reaction.burst_count) or 0
        if standing - mine <= 0:
            return []

        async def ask() -> list[discord.User | discord.Member]:
            return [user async for user in reaction.users(limit=standing, type=kind)]

        budget.spend(-(-standing // PAGE))
        me = self.client().user
        return [user for user in await patiently(ask) if me is None or user.id != me.id]


def counted(reaction: discord.Reaction) -> tuple[int, int]:
    """How many reacted so, normally and with a super-reaction, without this bot."""
    return reaction.normal_count - reaction.me, reaction.burst_count - reaction.me_burst


def counts_of(message: discord.Message, emojis: frozenset[str]) -> dict[str, tuple[int, int]]:
    """How many reacted to a message with each of these emojis, which the message itself tells."""
    found = {emoji_of(reaction.emoji): counted(reaction) for reaction in message.reactions}
    return {emoji: found[emoji] for emoji in sorted(emojis) if emoji in found}
