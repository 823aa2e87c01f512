"""Catching up: what happened while nobody was listening.

A restart always leaves a gap that the gateway never fills, so recent messages of the chosen channels are
read again and the differences to what is stored travel the same road as live events. Normal and super
reactions are listed apart by Discord and are asked for apart. Requests are counted: the budget of one
walk is a hard limit, and a channel that Discord refuses is not asked again. A server that is not there is
left alone: it may be the wrong token, and nothing may be lost to that.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

import discord
import structlog

from bot.intake.event_facts import emoji_of
from bot.intake.lanes import Intake
from bot.intake.roster import Roster
from bot.intake.shown_pictures import view_of
from core.collecting.policy import Picture, channel_counts, only_picture
from core.ports import LabelStore
from core.vocabulary.clock import Clock
from core.vocabulary.facts import ChannelGone, MessagesGone, Reacted
from core.vocabulary.server_settings import ServerSettings

_PAGE = 100
_NORMAL, _BURST = discord.ReactionType.normal, discord.ReactionType.burst

Readable: TypeAlias = discord.TextChannel | discord.Thread | discord.VoiceChannel | discord.StageChannel
"""Channels that have messages; of forums and media channels the posts, which are threads, have them."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Walk:
    """What to read again: all servers or one, for everybody or for one member."""

    server_id: int | None = None
    member_id: int | None = None


class _OutOfBudget(Exception):
    pass


class CatchUp:
    """Compares Discord with what is stored, and feeds the differences to the intake."""

    def __init__(
        self,
        client: Callable[[], discord.Client],
        roster: Roster,
        labels: LabelStore,
        intake: Intake,
        clock: Clock,
        *,
        calls: int,
        cooldown_ms: int = 300_000,
    ) -> None:
        self._client, self._roster, self._labels, self._intake, self._clock = client, roster, labels, intake, clock
        self._calls, self._cooldown_ms = calls, cooldown_ms
        self._queue: asyncio.Queue[Walk] = asyncio.Queue()
        self._last = -cooldown_ms
        self._left = 0
        self._refused: set[int] = set()

    def request(self, walk: Walk | None = None) -> None:
        """Ask for a walk; one for everybody has a cool-down, since being ready comes often on a bad line."""
        now = self._clock.now_ms()
        if walk is None:
            if now - self._last < self._cooldown_ms:
                return
            self._last = now
        self._queue.put_nowait(walk or Walk())

    async def run(self) -> None:
        """Walk for ever, one after the other."""
        while True:
            walk = await self._queue.get()
            try:
                found = await self.walk(walk)
                log.info("catchup.done", differences=found, requests=self._calls - self._left)
            except Exception:
                log.exception("catchup.failed")
            finally:
                self._queue.task_done()

    async def idle(self) -> None:
        """Wait until no walk is asked for or under way."""
        await self._queue.join()

    async def walk(self, walk: Walk) -> int:
        """Compare and feed; how many differences there were."""
        self._left, found = self._calls, 0
        try:
            for place in self._roster.places:
                if walk.server_id in (None, place.server_id) and self._client().get_guild(place.server_id):
                    for channel_id in self._channels(place):
                        found += await self._channel(channel_id, place, walk.member_id)
        except _OutOfBudget:
            log.warning("catchup.budget_reached", requests=self._calls)
        return found

    def _channels(self, place: ServerSettings) -> list[int]:
        """The chosen channels, and the open threads and posts that belong to them."""
        guild = self._client().get_guild(place.server_id)
        threads = guild.threads if guild else ()
        counted = {t.id for t in threads if channel_counts(place.server_id, t.id, place, t.parent_id)}
        return sorted((place.channels | counted) - self._refused)

    async def _channel(self, channel_id: int, place: ServerSettings, member_id: int | None) -> int:
        try:
            channel = await self._readable(channel_id)
            if channel is None:
                return 0
            with self._intake.watching() as touched:
                self._spend(1)
                messages = [message async for message in channel.history(limit=_PAGE)]
                stored = await self._stored([message.id for message in messages])
                if member_id is None:
                    await self._gone(channel_id, messages, touched)
                found = 0
                for message in messages:
                    mine = stored.get(message.id, frozenset())
                    if isinstance(only_picture(view_of(message), place), Picture):
                        found += await self._message(message, place, mine, member_id, touched)
                return found
        except (discord.Forbidden, discord.NotFound):
            self._refused.add(channel_id)
            return 0

    async def _readable(self, channel_id: int) -> Readable | None:
        """A channel whose whole history can be seen; without that right Discord shows an empty one."""
        channel: object = self._client().get_channel(channel_id)
        if channel is None:
            try:
                self._spend(1)
                channel = await self._client().fetch_channel(channel_id)
            except discord.NotFound:
                self._intake.put(ChannelGone(channel_id))
                raise
        if not isinstance(channel, Readable):
            return None
        rights = channel.permissions_for(channel.guild.me)
        return channel if rights.view_channel and rights.read_message_history else None

    async def _message(
        self,
        message: discord.Message,
        place: ServerSettings,
        stored: frozenset[tuple[int, str, bool]],
        member_id: int | None,
        touched: set[int],
    ) -> int:
        present: set[tuple[int, str, bool]] = set()
        known = {emoji for _, emoji, _ in stored}
        for reaction in message.reactions:
            emoji = emoji_of(reaction.emoji)
            if place.label_set.emotion_of(emoji) is not None or emoji in known:
                async for user_id, burst in self._users(reaction):
                    present.add((user_id, emoji, burst))
        if message.id in touched:
            return 0  # a live event came while we read; it is newer than what we read
        joined = frozenset({member_id}) if member_id is not None else self._roster.joined_ids
        added = {entry for entry in present - stored if entry[0] in joined}
        removed = {entry for entry in stored - present if member_id in (None, entry[0])}
        posted = int(message.created_at.timestamp() * 1000)
        at = self._clock.now_ms() if member_id is None else posted
        for entries, is_added in ((removed, False), (added, True)):
            for user_id, emoji, burst in sorted(entries):
                parent_id = getattr(message.channel, "parent_id", None)
                place_of = (message.id, message.channel.id, place.server_id)
                self._intake.put(
                    Reacted(is_added, user_id, *place_of, emoji, burst, by_bot=False, at=at, parent_id=parent_id)
                )
        return len(added) + len(removed)

    async def _users(self, reaction: discord.Reaction) -> AsyncIterator[tuple[int, bool]]:
        counts = (
            (_NORMAL, reaction.normal_count - reaction.me),
            (_BURST, reaction.burst_count - reaction.me_burst),
        )
        for kind, count in counts:
            if count > 0:
                self._spend(-(-count // _PAGE))
                async for user in reaction.users(limit=None, type=kind):
                    if not user.bot:
                        yield user.id, kind is _BURST

    async def _stored(self, message_ids: Iterable[int]) -> dict[int, frozenset[tuple[int, str, bool]]]:
        rows = await self._labels.reactions_on(list(message_ids))
        by_message: dict[int, set[tuple[int, str, bool]]] = {}
        for message_id, user_id, emoji, burst in rows:
            by_message.setdefault(message_id, set()).add((user_id, emoji, burst))
        return {message_id: frozenset(entries) for message_id, entries in by_message.items()}

    async def _gone(self, channel_id: int, messages: list[discord.Message], touched: set[int]) -> None:
        """Messages that we know of and that the page should show, but does not, were deleted meanwhile."""
        whole = len(messages) < _PAGE
        oldest = min((message.id for message in messages), default=0)
        known = await self._labels.messages_in(channel_id, 0 if whole else oldest)
        if lost := known - {message.id for message in messages} - touched:
            self._intake.put(MessagesGone(tuple(sorted(lost))))

    def _spend(self, calls: int) -> None:
        if self._left < calls:
            raise _OutOfBudget
        self._left -= calls
