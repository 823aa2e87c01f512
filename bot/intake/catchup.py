"""Catching up: what happened while nobody was listening.

Every absence begins a new round (`bot.intake.rounds`). A walk is a budget of requests, saved up over time;
the next one follows after a pause. Wishes to count the past are fulfilled at once, within a budget of their own.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import discord
import structlog

from bot.intake.comparing import Comparer, Turn
from bot.intake.counting import Counted, PastCounter, PastWish
from bot.intake.intake import Intake
from bot.intake.owed import Offer, Owed
from bot.intake.patience import passes
from bot.intake.reach import Reach
from bot.intake.reading import Budget, OutOfBudget, Readable, Reader
from bot.intake.roles import Roles
from bot.intake.roster import Roster
from bot.intake.rounds import Rounds
from core.ports import LabelStore, ServerStore, WalkStore
from core.vocabulary.clock import Clock
from core.vocabulary.consent import Past
from core.vocabulary.moments import moment_of
from core.vocabulary.server_settings import GRACE_DAYS, ServerSettings

EACH_MS, LEAST_PAUSE_MS = 1_500, 30_000
"""On average a request may be made so often, saved up to a walk's budget; and a walk so long after the last."""

_RETRY_MS, _RETRY_CALLS = 30_000, 20
"""How soon messages that could not be looked at are tried again, and with how many requests."""

_DAY_MS, _LEFT_CALLS = 24 * 60 * 60 * 1000, 20
"""How many servers that were left for long are asked for at once; the others later."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Walk:
    """What to read again: everything, or a server; or what one member reacted to before they joined."""

    server_id: int | None = None
    member_id: int | None = None
    channel_id: int = 0


class CatchUp:
    """Compares Discord with what is stored, and feeds the differences to the intake."""

    def __init__(
        self,
        client: Callable[[], discord.Client],
        roster: Roster,
        intake: Intake,
        clock: Clock,
        *,
        labels: LabelStore,
        walks: WalkStore,
        servers: ServerStore,
        calls: int,
        seed: Offer,
    ) -> None:
        """`seed` queues a message to have emojis put under it."""
        self._roster, self._walks, self._clock = roster, walks, clock
        self._calls, self._saved, self._pause_ms = calls, float(calls), LEAST_PAUSE_MS
        reader = Reader(client)
        self._reader, self._reach = reader, Reach(reader, roster, walks, servers, intake)
        roles = Roles(client, clock)
        self._owed = Owed(roster, clock, seed)
        self._comparer = Comparer(reader, roster, walks, intake, clock, roles=roles, on_missed=self._owed.note)
        self._counter = PastCounter(reader, roster, labels, intake, roles)
        self._rounds = Rounds(self._reach, walks, self._comparer, clock, self.again)
        self._round_wanted = False
        self._last = -LEAST_PAUSE_MS
        self._again: dict[tuple[int, int], set[int]] = {}
        self._again_at = 0
        self._wishes: list[PastWish] = []
        self._unfinished: list[PastWish] = []
        self._left = self._found = 0
        self._some, self._idle, self._walking = asyncio.Event(), asyncio.Event(), asyncio.Lock()
        self._idle.set()

    def request(self, walk: Walk | None = None) -> None:
        """Something may have been missed: by everybody, or in one server, which can be read (again) now."""
        if walk is None or walk.server_id is None:
            self._round_wanted = True
        else:
            self._reach.changed.add(walk.server_id)
        self._wake()

    def count_past(
        self, past: Past, channel_id: int, tell: Callable[[Counted], Awaitable[None]] | None = None
    ) -> None:
        """A member wants their past counted, first in the channel where they said so."""
        self._wishes.append(PastWish(past, channel_id, {}, tell))
        self._wake()

    def again(self, server_id: int | None, channel_id: int, message_id: int) -> None:
        """A message could not be looked at when something happened to it: it is in the next walk."""
        if server_id is not None:
            if not self._again:  # and not put off by each further one
                self._again_at = self._clock.now_ms() + _RETRY_MS
            self._again.setdefault((server_id, channel_id), set()).add(message_id)
            self._wake()

    @property
    def left(self) -> int:
        """How many channels are still to be compared, after the last walk."""
        return self._left

    async def erase_left(self) -> None:
        """Let what belongs to servers go that were left for too long. Raises StorageError."""
        before = self._clock.now_ms() - GRACE_DAYS * _DAY_MS
        await self._reach.erase_left(before, Budget(_LEFT_CALLS))

    def _wake(self) -> None:
        self._idle.clear()
        self._some.set()

    async def run(self) -> None:
        """Walk for ever: wishes at once, the rest with a pause after each walk."""
        while True:
            try:
                self._mind_the_clock()
                if self._wishes:
                    await self._fulfil(self._wishes.pop(0))
                    continue
                if self._due() and not self._wait(self._last + self._pause_ms):
                    await self._walk(Budget(round(self._affordable()), most=self._calls))
                    continue
                if self._again and not self._wait(self._again_at):
                    await self._retry()
                    continue
            except Exception:
                self._left = max(self._left, 1)
                self._rest(0)
                log.exception("catchup.failed")
            self._idle.set()
            self._some.clear()
            waits = [self._wait(self._last + self._pause_ms)] if self._due() else []
            waits += [self._wait(self._again_at)] if self._again else []
            with suppress(TimeoutError):
                await asyncio.wait_for(self._some.wait(), min(waits) / 1000 if waits else None)
            self._idle.clear()

    def _wait(self, until: int) -> int:
        return max(0, until - self._clock.now_ms())

    def _mind_the_clock(self) -> None:
        """A clock that was set back lets nothing wait for longer than it would have from now on."""
        now = self._clock.now_ms()
        self._last, self._again_at = min(self._last, now), min(self._again_at, now + _RETRY_MS)

    async def _retry(self) -> None:
        self._again_at = self._clock.now_ms() + _RETRY_MS
        places = {place.server_id: place for place in self._roster.places}
        try:
            await self._messages(places, Budget(_RETRY_CALLS, most=self._calls))
        except OutOfBudget:
            self._left = max(self._left, 1)  # the rest is for a walk

    async def idle(self) -> None:
        """Wait until nothing is to be done at once."""
        await self._idle.wait()

    async def walk(self, walk: Walk) -> int:
        """Compare at once, as after an absence, within one budget; how many differences there were."""
        if walk.member_id is not None and walk.server_id is not None:
            wish = PastWish(Past(walk.member_id, walk.server_id, True, moment_of(self._clock.now_ms())), 0, {})
            return (await self._count(wish)).found
        self._round_wanted = True
        return await self._walk()

    def _due(self) -> bool:
        return self._round_wanted or self._left > 0 or bool(self._reach.changed or self._unfinished or self._owed)

    def _affordable(self) -> float:
        """Requests that were saved up by now."""
        return min(self._calls, self._saved + max(0, self._clock.now_ms() - self._last) / EACH_MS)

    def _rest(self, spent: int) -> None:
        """Go on once there is a whole budget again; after another absence, once there is half of one."""
        self._saved = self._affordable() - spent
        self._last = self._clock.now_ms()
        wanted = self._calls if self._left else self._calls / 2
        self._pause_ms = max(LEAST_PAUSE_MS, round((wanted - self._saved) * EACH_MS))

    async def _walk(self, budget: Budget | None = None) -> int:
        """One walk within a budget, the whole one if none is given; how many differences there were."""
        async with self._walking:
            return await self._walk_alone(budget)

    async def _walk_alone(self, budget: Budget | None) -> int:
        budget, self._found = budget or Budget(self._calls), 0
        if self._round_wanted:
            await self._begin()
        places = {place.server_id: place for place in self._roster.places}
        await self._reach.servers_left(places, budget)
        channels = await self._reach.channels(places)
        self._rounds.reopen(channels)
        with suppress(OutOfBudget):
            await self._messages(places, budget)
            self._found += await self._rounds.go_on(channels, places, budget)
        self._left = self._rounds.left(channels)
        self._owed.give(budget)
        self._rest(budget.spent)
        level = log.warning if self._left else log.info
        level("catchup.done", differences=self._found, requests=budget.spent, channels_left=self._left)
        if self._unfinished:
            await self._fulfil(self._unfinished.pop(0))
        return self._found

    async def _begin(self) -> None:
        if not self._rounds.number:
            wanted = self._roster.noes.pasts_to_count
            self._unfinished = [PastWish(past, 0, {}) for past in wanted if self._roster.mine(past.server_id)]
        await self._rounds.begin()
        self._round_wanted = False

    async def _messages(self, places: dict[int, ServerSettings], budget: Budget) -> None:
        """Snapshot at those messages that could not be looked at when something happened to them."""
        for (server_id, channel_id), message_ids in list(self._again.items()):
            place = places.get(server_id)
            channel = await self._reach.channel(channel_id, budget) if place else None
            if channel is None or place is None:
                del self._again[server_id, channel_id]
                continue
            turn = Turn(place, self._rounds.number, budget, full=True)
            try:
                await self._some_of(channel, message_ids, turn)
            finally:
                await self._comparer.settle(turn)
                message_ids.update(turn.again)
                if not message_ids:  # others may have come meanwhile
                    del self._again[server_id, channel_id]
                self._found += turn.found

    async def _some_of(self, channel: Readable, message_ids: set[int], turn: Turn) -> None:
        """Strike off what could be compared; one that fails for a moment keeps no other from it."""
        for message_id in sorted(message_ids):
            try:
                await self._comparer.message(channel, message_id, turn)
                message_ids.discard(message_id)
            except Exception as error:
                if not passes(error):
                    raise
                log.warning("catchup.put_off", problem=type(error).__name__)

    async def _fulfil(self, wish: PastWish) -> None:
        if not self._roster.wants_past(wish.past):
            return  # they have paused or left since, or changed their mind
        self._unfinished.append(wish)  # whatever fails on the way, it is gone on with
        counted = await self._count(wish)
        if counted.back_to is None:
            await self._roster.noes.done(wish.past, self._clock.now_ms())
            self._unfinished.remove(wish)
        if wish.tell is not None:
            tell, wish.tell = wish.tell, None
            await tell(counted)

    async def _count(self, wish: PastWish) -> Counted:
        place = self._roster.place(wish.past.server_id)
        channels = await self._reach.channels({wish.past.server_id: place} if place else {})
        ids = [walked.channel_id for walked in channels.values() if walked.server_id == wish.past.server_id]
        budget = Budget(self._calls)
        if place is None:
            return Counted(0, None)
        counted = await self._counter.count(wish, place, ids, budget)
        log.info("catchup.past", found=counted.found, requests=budget.spent, all=counted.back_to is None)
        return counted
