"""Counting the past, for whoever asked for it: the channel where they asked first, the others in turn after it.

What stood before they joined hides among the others, so each reaction is asked about, with a budget of its own:
one request for each, however many people stand there. It counts in the first mood: there was none when it was
felt.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import discord
import structlog

from bot.intake.event_facts import emoji_of
from bot.intake.intake import Intake
from bot.intake.patience import passes
from bot.intake.reading import PAGE, Budget, OutOfBudget, Reader, counted, may_read
from bot.intake.roles import Roles
from bot.intake.roster import Roster
from bot.intake.shown_pictures import view_of
from core.collecting.policy import Picture, only_picture
from core.collecting.refusals import Refusal
from core.ports import LabelStore
from core.vocabulary.consent import Past
from core.vocabulary.facts import Reacted
from core.vocabulary.moments import ms_of
from core.vocabulary.own_moods import FIRST
from core.vocabulary.server_settings import ServerSettings

log = structlog.get_logger(__name__)

_KINDS = (discord.ReactionType.normal, discord.ReactionType.burst)


@dataclass(frozen=True, slots=True)
class Counted:
    """What became of counting: how many reactions count now; `back_to` is how far it came, in milliseconds, None
    where all of it was looked at, but for so many channels that may not be read.
    """

    found: int
    back_to: int | None
    unread: int = 0


@dataclass(slots=True)
class PastWish:
    """A wish to count the past. `at`: how far down each channel it has come; `tell` says what became of it."""

    past: Past
    first: int
    at: dict[int, int]
    tell: Callable[[Counted], Awaitable[None]] | None = None
    found: int = 0
    unread: set[int] = field(default_factory=set)


class PastCounter:
    """Looks for one member's reactions from before."""

    def __init__(self, reader: Reader, roster: Roster, labels: LabelStore, intake: Intake, roles: Roles) -> None:
        self._reader, self._roster, self._labels, self._intake = reader, roster, labels, intake
        self._roles = roles

    async def count(
        self, wish: PastWish, place: ServerSettings, channels: Sequence[int], budget: Budget
    ) -> Counted:
        """Go on with a wish that still holds, down to the oldest message or the end of the budget.

        A channel that fails for a moment is put off, and keeps no other from being counted.
        """
        open_ = sorted(channels, key=lambda channel_id: channel_id != wish.first)
        left: list[int] = []
        try:
            if await self._roles.lacking(place, [wish.past.member_id], budget):
                return Counted(0, None)
            while open_ and self._roster.joined(wish.past.member_id):
                for channel_id in list(open_):
                    try:
                        whole = await self._page(channel_id, wish, place, budget)
                    except Exception as error:
                        if not passes(error):
                            raise
                        log.warning("catchup.put_off", problem=type(error).__name__)
                        left.append(channel_id)
                        whole = True
                    if whole:
                        open_.remove(channel_id)
        except OutOfBudget:
            left += open_
        if not left:
            return Counted(wish.found, None, len(wish.unread))
        reached = [wish.at.get(channel_id, wish.past.moment) for channel_id in left]
        return Counted(wish.found, ms_of(max(reached)), len(wish.unread))

    async def _page(self, channel_id: int, wish: PastWish, place: ServerSettings, budget: Budget) -> bool:
        """Look through the next page; whether it was the last one. Raises OutOfBudget."""
        try:
            channel = await self._reader.channel(channel_id, budget)
            page = []
            if channel is not None:
                page = await self._reader.page(channel, wish.at.get(channel_id, wish.past.moment), budget)
            if channel is None or not may_read(channel):
                wish.unread.add(channel_id)
                return True
            for message in page:
                with suppress(discord.NotFound):  # deleted since it was read, which says nothing of its channel
                    wish.found += await self._message(message, wish, place, budget)
                wish.at[channel_id] = message.id
        except discord.Forbidden:
            wish.unread.add(channel_id)
            return True
        except discord.NotFound:
            return True
        return len(page) < PAGE

    async def _message(
        self, message: discord.Message, wish: PastWish, place: ServerSettings, budget: Budget
    ) -> int:
        if not isinstance(only_picture(view_of(message), place, self._roster.exclusions), Picture):
            return 0
        who = wish.past.member_id
        rows = await self._labels.reactions_on([message.id])
        have = {(emoji, burst) for _, member_id, emoji, burst in rows if member_id == who}
        posted = int(message.created_at.timestamp() * 1000)
        parent_id = getattr(message.channel, "parent_id", None)
        waiting: list[asyncio.Future[Refusal | None]] = []
        put: set[tuple[str, bool]] = set()
        for reaction in message.reactions:
            emoji = emoji_of(reaction.emoji)
            for kind, count, burst in zip(_KINDS, counted(reaction), (False, True), strict=True):
                known = place.label_set.emotion_of(emoji) is None or (emoji, burst) in have
                if count <= 0 or known:
                    continue
                with self._intake.watching() as touched:
                    if not await self._reader.has(reaction, who, kind, budget) or message.id in touched:
                        continue  # what is told live meanwhile is newer
                spot = (who, message.id, message.channel.id, place.server_id)
                fact = Reacted(
                    True,
                    *spot,
                    emoji,
                    burst,
                    by_bot=False,
                    at=posted,
                    parent_id=parent_id,
                    made_after=message.id,
                    mood=FIRST.number,
                )
                put.add((emoji, burst))
                waiting.append(asyncio.get_running_loop().create_future())
                self._intake.put(fact, done=waiting[-1])
        if not waiting:
            return 0
        await asyncio.wait(waiting)
        rows = await self._labels.reactions_on([message.id])  # what was taken back by an answer stays so
        return len(put & {(emoji, burst) for _, member_id, emoji, burst in rows if member_id == who})
