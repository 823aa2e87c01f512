"""A round: after an absence each channel is compared once, in turns, however many walks that takes.

First everything whose numbers differ, in all channels; then recent messages in full, since numbers may hide a
swap: those first that were not listed for longest, so that however soon one absence follows another, none is left
out for ever.
"""

from collections.abc import Callable
from dataclasses import replace

import discord
import structlog

from bot.intake.comparing import Comparer, Turn
from bot.intake.patience import passes
from bot.intake.reach import Reach
from bot.intake.reading import Budget, OutOfBudget, Readable
from core.collecting.turns import RECENT, TOP, Descent, ages, in_turn
from core.ports import WalkStore
from core.vocabulary.clock import Clock
from core.vocabulary.comparison import Walked
from core.vocabulary.moments import moment_of
from core.vocabulary.server_settings import ServerSettings

log = structlog.get_logger(__name__)

DIRECTLY = ServerSettings(0)
"""What holds in direct messages."""

Due = Callable[[dict[int, Walked]], list[Walked]]


class Rounds:
    """Compares channels, one page after the other. `number`: of the last round, 0 before the first."""

    def __init__(
        self,
        reach: Reach,
        walks: WalkStore,
        comparer: Comparer,
        clock: Clock,
        again: Callable[[int | None, int, int], None],
    ) -> None:
        """`again` is told of messages that could not be looked at."""
        self._reach, self._walks, self._comparer = reach, walks, comparer
        self._clock, self._again = clock, again
        self.number = self._began = 0
        self._descents: dict[int, Descent] = {}
        self._verifying: dict[int, tuple[list[range], int]] = {}
        self._verified: set[int] = set()
        self._found = self._turn = 0

    async def begin(self) -> None:
        """Begin a round: whatever was looked at before the absence is to be looked at again."""
        self.number = max(self.number, await self._walks.last_round()) + 1
        self._began = moment_of(self._clock.now_ms())
        self._descents.clear()
        self._verifying.clear()
        self._verified.clear()

    def reopen(self, channels: dict[int, Walked]) -> None:
        """Begin anew with the channels of servers in which something changed."""
        for channel_id in self._reach.reopened(channels):
            channels[channel_id] = replace(channels[channel_id], round=0)
            self._verified.discard(channel_id)
            self._verifying.pop(channel_id, None)
            self._descents.pop(channel_id, None)

    async def go_on(self, channels: dict[int, Walked], places: dict[int, ServerSettings], budget: Budget) -> int:
        """Go on to the end of the round or of the budget; how many differences there were."""
        self._found = 0
        self._turn = max([self._turn, *(walked.turn for walked in channels.values())])
        try:
            await self._in_turn(self._to_compare, channels, places, budget, full=False)
            await self._in_turn(self._to_verify, channels, places, budget, full=True)
        except OutOfBudget:
            pass
        return self._found

    def left(self, channels: dict[int, Walked]) -> int:
        """How many channels are still to be compared."""
        return len({w.channel_id for w in (*self._to_compare(channels), *self._to_verify(channels))})

    def _to_compare(self, channels: dict[int, Walked]) -> list[Walked]:
        return [w for w in channels.values() if w.round < self.number and w.channel_id not in self._reach.refused]

    def _to_verify(self, channels: dict[int, Walked]) -> list[Walked]:
        skip = self._verified | self._reach.refused
        return [w for key, w in channels.items() if key not in skip and key in self._descents]

    async def _in_turn(
        self,
        due: Due,
        channels: dict[int, Walked],
        places: dict[int, ServerSettings],
        budget: Budget,
        *,
        full: bool,
    ) -> None:
        """Give every channel that is due one page after the other, until none is. Raises OutOfBudget."""
        put_off: set[int] = set()
        while waiting := in_turn(w for w in due(channels) if w.channel_id not in put_off):
            for walked in waiting:
                place = places[walked.server_id] if walked.server_id is not None else DIRECTLY
                channel = await self._reach.channel(walked.channel_id, budget, directly=walked.server_id is None)
                if channel is None:
                    continue
                turn = Turn(place, self.number, budget, full)
                try:
                    await (self._verify if full else self._compare)(channel, channels, turn)
                except (discord.Forbidden, discord.NotFound):
                    self._reach.refused.add(walked.channel_id)
                except Exception as error:
                    if not passes(error):
                        raise
                    log.warning("catchup.put_off", problem=type(error).__name__)
                    put_off.add(walked.channel_id)
                finally:
                    self._found += turn.found
                    for message_id in turn.again:
                        self._again(walked.server_id, channel.id, message_id)

    async def _compare(self, channel: Readable, channels: dict[int, Walked], turn: Turn) -> None:
        walked = channels[channel.id]
        descent = self._descents.setdefault(channel.id, Descent(walked.seen, walked.cursor))
        if descent.seen:  # before its first round nobody was away
            turn.missed = descent.seen, self._began
        before = descent.at
        try:
            await self._comparer.page(channel, descent, turn)
        finally:
            if descent.done or descent.at != before:  # else it had no turn, and is the first to have the next
                await self._came_to(descent, walked, channels)

    async def _came_to(self, descent: Descent, walked: Walked, channels: dict[int, Walked]) -> None:
        """Keep how far a channel has come, and that it had its turn: by no clock, as that may be set back."""
        self._turn = max(self._turn + 1, self._clock.now_ms())
        walked = replace(walked, turn=self._turn, cursor=0 if descent.done else descent.at)
        if descent.done:
            walked = replace(walked, round=self.number, seen=descent.newest)
            await self._walks.prune(walked.channel_id, descent.recent - RECENT)
        channels[walked.channel_id] = walked
        await self._walks.save(walked)

    async def _verify(self, channel: Readable, channels: dict[int, Walked], turn: Turn) -> None:
        spans, top = self._verifying.setdefault(channel.id, (ages(turn.round), TOP))
        recent, unlisted = self._descents[channel.id].recent, None
        while spans and (unlisted := await self._walks.unlisted(channel.id, spans[0], recent, top)) is None:
            spans, top = spans[1:], TOP
        if unlisted is None:
            self._verified.add(channel.id)
            return
        descent = Descent(at=unlisted + 1)
        try:
            await self._comparer.page(channel, descent, turn)
        finally:
            self._verifying[channel.id] = spans, 0 if descent.done else descent.at
