"""The pictures of a server that could be shown to one of its members: read from its channels, kept for a while.

Discord is read when somebody asks, a page of each channel, and older pages only while there are too few. Who
may see what is asked each time, of the rights that Discord says with the interaction; a private thread is left
out, as its members are not known to us. Without the right to read messages a channel is empty.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeAlias

import discord
import structlog

from bot.intake.patience import passes
from bot.intake.reading import Budget, OfServer, OutOfBudget, Reader
from bot.intake.source import MessageSource
from core.collecting.policy import MessageView, channel_counts
from core.vocabulary.server_settings import ServerSettings

_CHANNELS = 12
"""Channels of a server from which pictures are taken, those that speak last first."""

_KEPT, _DEPTH = 200, 400
"""Channels that are remembered, and messages with pictures of each."""

_FRESH_S = 3 * 60.0
_NEWEST = 2**63 - 1

Ref: TypeAlias = tuple[int, str]
"""A picture: the message that shows it, and which of its files it is."""


log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Pages:
    """What was read of a channel: messages with pictures, newest first; down to where; whether that is all."""

    at: float | None = None
    views: dict[int, MessageView] = field(default_factory=dict)
    below: int = _NEWEST
    whole: bool = False


class Album:
    """Messages with pictures, by channel."""

    def __init__(self, client: Callable[[], discord.Client], source: MessageSource) -> None:
        self._reader, self._source = Reader(client), source
        self._pages: OrderedDict[int, _Pages] = OrderedDict()

    async def views(
        self, place: ServerSettings, member: discord.Member, *, deeper: bool = False
    ) -> list[MessageView]:
        """Messages with pictures that this member may see, in turns by channel; `deeper`: a page further back."""
        seen = self._channels(place, member)
        await asyncio.gather(*(self._read(channel, deeper=deeper) for channel in seen))
        found = [list(self._pages[channel.id].views.values()) for channel in seen if channel.id in self._pages]
        longest = max(map(len, found), default=0)
        return [views[n] for n in range(longest) for views in found if n < len(views)]

    def exhausted(self, place: ServerSettings, member: discord.Member) -> bool:
        """Whether there is nothing further back."""
        known = (self._pages.get(channel.id) for channel in self._channels(place, member))
        return all(pages is None or pages.whole for pages in known)

    def may_see(self, channel_id: int, place: ServerSettings, member: discord.Member) -> bool:
        """Whether a member may see a channel whose pictures count."""
        channel = member.guild.get_channel_or_thread(channel_id)
        return isinstance(channel, OfServer) and _is_open(channel, place, member)

    def note(self, view: MessageView) -> None:
        """A message was posted or edited where pictures count."""
        pages = self._pages.get(view.channel_id)
        if pages is not None and view.pictures:
            pages.views = {view.message_id: view} | pages.views | {view.message_id: view}

    def forget(self) -> None:
        """Drop what was read."""
        self._pages.clear()

    def _channels(self, place: ServerSettings, member: discord.Member) -> list[OfServer]:
        newest = sorted(self._open(place, member), key=lambda channel: -(channel.last_message_id or 0))
        return newest[:_CHANNELS]

    def _open(self, place: ServerSettings, member: discord.Member) -> Iterable[OfServer]:
        everywhere: tuple[object, ...] = (*member.guild.channels, *member.guild.threads)
        return [one for one in everywhere if isinstance(one, OfServer) and _is_open(one, place, member)]

    async def _read(self, channel: OfServer, *, deeper: bool) -> None:
        pages = self._pages.setdefault(channel.id, _Pages())
        self._pages.move_to_end(channel.id)
        while len(self._pages) > _KEPT:
            self._pages.popitem(last=False)
        stale = pages.at is None or time.monotonic() - pages.at > _FRESH_S
        deeper = deeper and not pages.whole and len(pages.views) < _DEPTH
        if not stale and not deeper:
            return
        try:
            if stale:
                await self._page(channel, pages, _NEWEST)
            if deeper:
                await self._page(channel, pages, pages.below)
        except (discord.Forbidden, discord.NotFound, OutOfBudget):
            pages.views.clear()
            pages.whole = True
        except Exception as error:
            if not passes(error):
                raise
            log.info("album.unread", reason=type(error).__name__)  # what is known of it must do for now

    async def _page(self, channel: OfServer, pages: _Pages, below: int) -> None:
        budget = Budget(2)
        if await self._reader.channel(channel.id, budget) is None:
            pages.views.clear()
            pages.whole = True
            return
        messages = await self._reader.page(channel, below, budget)
        found = {view.message_id: view for view in map(self._source.read, messages) if view.pictures}
        older = {key: view for key, view in pages.views.items() if key not in found}
        pages.views = {**found, **older} if below == _NEWEST else {**older, **found}
        if messages:
            pages.below = min(pages.below, messages[-1].id)
        pages.whole = pages.whole or (not messages and below != _NEWEST) or len(messages) < 100
        pages.at = time.monotonic()


def _is_open(channel: OfServer, place: ServerSettings, member: discord.Member) -> bool:
    parent = channel.parent_id if isinstance(channel, discord.Thread) else None
    return channel_counts(place.server_id, channel.id, place, parent) and _may_see(channel, member)


def _may_see(channel: OfServer, member: discord.Member) -> bool:
    if isinstance(channel, discord.Thread) and channel.is_private():
        return False
    with suppress(discord.ClientException):  # a thread whose channel is not known
        rights = channel.permissions_for(member)
        return rights.view_channel and rights.read_message_history
    return False
