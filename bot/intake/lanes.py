"""The one road on which facts become labels: live events, catch-up, buttons and menus alike.

Every message has its lane (by its id), and a lane works in order, so a reaction that is taken back at
once stays taken back, however long its picture took to download. `put` never awaits. Lanes hand what
they decided to one committer, which keeps their order and writes in batches.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

import structlog

from bot.intake.commit import Committer
from bot.intake.patience import passes
from bot.intake.roster import Roster
from bot.intake.source import MessageSource
from core.collecting.decide import Decision, Ignore, NeedMessage, Record, Write, decide
from core.collecting.doors import ADDS_NOTHING
from core.collecting.policy import MessageView, Picture
from core.collecting.refusals import Refusal
from core.ports import Applied, LabelStore
from core.vocabulary.changes import Change, RecordRating, RecordReaction, Sighting
from core.vocabulary.clock import Clock
from core.vocabulary.consent import Standing
from core.vocabulary.errors import ImageError
from core.vocabulary.facts import ChannelGone, Fact, MessagesGone, PictureGone, Rated, Reacted, ServerGone
from core.vocabulary.images import Image

_RECENT = 64

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Job:
    fact: Fact
    image: Image | None = None
    done: asyncio.Future[Refusal | None] | None = None
    lanes_left: int = 1


@dataclass(frozen=True, slots=True)
class Seen:
    """A usable message: where its image stands, and the image."""

    sighting: Sighting
    image: Image


class Intake:
    """Takes facts in, in order per message, and has them written."""

    def __init__(
        self,
        roster: Roster,
        labels: LabelStore,
        source: MessageSource,
        clock: Clock,
        on_applied: Callable[[Applied], None],
        *,
        on_missed: Callable[[Reacted], None] = lambda _: None,
        lanes: int = 12,
    ) -> None:
        """`on_missed` is told of reactions whose picture could not be had for a fault that passes."""
        self._roster, self._labels, self._source, self._clock = roster, labels, source, clock
        self._on_missed = on_missed
        self._committer = Committer(labels, on_applied)
        self._lanes: list[asyncio.Queue[_Job]] = [asyncio.Queue() for _ in range(lanes)]
        self._tasks: list[asyncio.Task[None]] = []
        self._recent: OrderedDict[int, Seen] = OrderedDict()
        self._watches: list[set[int]] = []
        self._open = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._closed = False

    def start(self) -> None:
        """Start the lanes and the committer; from the entry point, where nothing waits for them to be idle."""
        self._tasks = [asyncio.create_task(self._work(lane)) for lane in self._lanes]
        self._tasks.append(asyncio.create_task(self._committer.run()))

    def put(
        self, fact: Fact, image: Image | None = None, done: asyncio.Future[Refusal | None] | None = None
    ) -> None:
        """Queue a fact; never awaits. `image` belongs to a rating; `done` gets why it was not written, or None."""
        if refusal := Refusal.NOT_KEPT if self._closed else self._refused_now(fact):
            if done is not None:
                done.set_result(refusal)
            return
        for job, lanes in self._routes(fact, image, done):
            self._open += 1
            self._idle.clear()
            for lane in lanes:
                self._lanes[lane].put_nowait(job)

    async def settle(self, fact: Fact, image: Image | None = None) -> Refusal | None:
        """Queue a fact and wait until it is written (None), or it is known why it does not count."""
        done: asyncio.Future[Refusal | None] = asyncio.get_running_loop().create_future()
        self.put(fact, image, done)
        return await done

    async def drained(self) -> None:
        """Wait until everything that was put is settled."""
        await self._idle.wait()

    def forget_recent(self) -> None:
        """Drop the pictures that are kept at hand: one of them may be the last copy."""
        self._recent.clear()

    async def stop(self, seconds: float = 8.0) -> None:
        """Take nothing more, finish what is there, end the tasks."""
        self._closed = True
        try:
            await asyncio.wait_for(self.drained(), seconds)
        except TimeoutError:
            log.warning("intake.unfinished", left=self._open)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @contextmanager
    def watching(self) -> Iterator[set[int]]:
        """The messages that live events touch meanwhile: what was read of them over REST may be out of date."""
        touched: set[int] = set()
        self._watches.append(touched)
        try:
            yield touched
        finally:
            self._watches = [watch for watch in self._watches if watch is not touched]

    def _routes(
        self, fact: Fact, image: Image | None, done: asyncio.Future[Refusal | None] | None
    ) -> Iterator[tuple[_Job, list[int]]]:
        if isinstance(fact, MessagesGone):
            by_lane: dict[int, list[int]] = {}
            for message_id in fact.message_ids:
                self._touch(message_id)
                by_lane.setdefault(message_id % len(self._lanes), []).append(message_id)
            for lane, ids in by_lane.items():
                yield _Job(replace(fact, message_ids=tuple(ids)), done=done), [lane]
        elif isinstance(fact, ChannelGone | ServerGone):
            # The last lane to reach it writes it: by then every earlier fact has been handed on.
            yield _Job(fact, done=done, lanes_left=len(self._lanes)), list(range(len(self._lanes)))
        elif isinstance(fact, Rated):
            yield _Job(fact, image, done), [int(fact.image_hash[:8] or "0", 16) % len(self._lanes)]
        else:
            self._touch(fact.message_id)
            yield _Job(fact, image, done), [fact.message_id % len(self._lanes)]

    def _refused_now(self, fact: Fact) -> Refusal | None:
        """A reaction told live counts by how its maker stands at this moment, not when its turn comes."""
        if not isinstance(fact, Reacted) or not fact.added or fact.made_after is not None:
            return None
        refusal = ADDS_NOTHING.get(self._roster.standing(fact.member_id))
        if refusal is not None:
            self._touch(fact.message_id)
        return refusal

    def _touch(self, message_id: int) -> None:
        for watch in self._watches:
            watch.add(message_id)

    async def _work(self, lane: asyncio.Queue[_Job]) -> None:
        while True:
            job = await lane.get()
            job.lanes_left -= 1
            if job.lanes_left:
                continue
            change: Change | Refusal = Refusal.NOT_KEPT
            try:
                change = await self._change(job.fact, job.image)
            except Exception as error:
                self._failed(job.fact, error)
            if isinstance(change, Refusal):
                log.debug("intake.ignored", reason=change.value)
                self._settled(job, change)
            else:
                self._committer.put(change, partial(self._written, job))

    def _failed(self, fact: Fact, error: Exception) -> None:
        if passes(error) and isinstance(fact, Reacted):
            log.warning("intake.missed", reason=str(error) or type(error).__name__)
            self._on_missed(fact)
        elif isinstance(error, ImageError):
            log.debug("intake.no_picture", reason=str(error))
        else:
            log.error("intake.failed", fact=type(fact).__name__, exc_info=error)

    def _written(self, job: _Job, written: bool) -> None:
        self._settled(job, None if written else Refusal.NOT_KEPT)

    def _settled(self, job: _Job, refusal: Refusal | None) -> None:
        if job.done is not None and not job.done.done():
            job.done.set_result(refusal)
        self._open -= 1
        if not self._open:
            self._idle.set()

    async def _change(self, fact: Fact, image: Image | None) -> Change | Refusal:
        """What to write for a fact, or why nothing. Raises ImageError where the picture cannot be had."""
        decision = self._decide(fact, None)
        if isinstance(decision, NeedMessage) and isinstance(fact, Reacted):
            return await self._reaction(fact)
        if not isinstance(decision, Write):
            return decision.reason if isinstance(decision, Ignore) else Refusal.NOT_KEPT
        if isinstance(fact, MessagesGone):
            for message_id in fact.message_ids:
                self._recent.pop(message_id, None)
                self._source.shown(message_id, None)
        if isinstance(fact, PictureGone):
            self._drop_replaced(fact)
        if isinstance(decision.change, RecordRating):
            return replace(decision.change, image=image)
        return decision.change

    async def _reaction(self, fact: Reacted) -> Change | Refusal:
        seen = await self._seen(fact.message_id)
        message = seen.sighting if seen else await self._source.message(*_place_of(fact))
        decision = Ignore(Refusal.OUT_OF_REACH) if message is None else self._decide(fact, message)
        if (
            isinstance(message, MessageView)
            and isinstance(decision, Record)
            and isinstance(decision.source, Picture)
        ):
            image = await self._source.image(decision.source, fact.member_id, patient=True)
            seen = self._keep(Seen(_sighting(message, image, decision.source.source), image))
        if seen is None or not isinstance(decision, Record):
            return decision.reason if isinstance(decision, Ignore) else Refusal.NOT_KEPT
        return RecordReaction(
            fact.member_id,
            seen.sighting,
            fact.emoji,
            fact.burst,
            decision.emotion,
            decision.label_set.id,
            fact.at,
            seen.image,
            fact.made_after,
        )

    def _decide(self, fact: Fact, message: MessageView | Sighting | None) -> Decision:
        member_id, server_id = getattr(fact, "member_id", None), getattr(fact, "server_id", None)
        standing = Standing.ABSENT if member_id is None else self._roster.standing(member_id)
        return decide(fact, self._roster.place(server_id), standing, message, self._clock.now_ms())

    def _drop_replaced(self, fact: PictureGone) -> None:
        seen = self._recent.get(fact.message_id)
        if seen is not None and seen.sighting.source not in fact.sources:
            del self._recent[fact.message_id]

    async def _seen(self, message_id: int) -> Seen | None:
        """Where a message's image is known from, with its bytes: the image may be erased before we write."""
        if seen := self._recent.get(message_id):
            return seen
        sighting = await self._labels.sighting(message_id)
        image = await self._labels.image(sighting.image_hash) if sighting else None
        return self._keep(Seen(sighting, image)) if sighting and image else None

    def _keep(self, seen: Seen) -> Seen:
        self._recent[seen.sighting.message_id] = seen
        while len(self._recent) > _RECENT:
            self._recent.popitem(last=False)
        return seen


def _place_of(fact: Reacted) -> tuple[int | None, int, int]:
    return fact.server_id, fact.channel_id, fact.message_id


def _sighting(view: MessageView, image: Image, source: str) -> Sighting:
    return Sighting(view.message_id, view.channel_id, view.server_id, image.hash, view.posted_at, source)
