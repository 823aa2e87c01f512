"""The one road on which facts become labels: live events, catch-up, buttons and menus alike.

Facts about one message are taken in order, so a reaction that is taken back at once stays taken back, however
long its picture took to download. `put` never awaits: what memory can decide is decided there and then, the
rest waits in the lane of its message. All is handed to one committer, which keeps its order and writes in batches.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import structlog

from bot.host.logs import follow
from bot.intake.commit import Committer
from bot.intake.lanes import Lane, Lanes
from bot.intake.patience import passes
from bot.intake.recent import Recent, Seen, sighted
from bot.intake.roster import Roster
from bot.intake.source import MessageSource
from bot.intake.tally import Tally
from core.collecting.decide import Decision, Ignore, NeedMessage, Record, Write, decide
from core.collecting.policy import MessageView, Picture
from core.collecting.refusals import Refusal
from core.ports import Applied, LabelStore
from core.vocabulary.changes import Change, Origin, RecordRating, RecordReaction, Sighting
from core.vocabulary.clock import Clock
from core.vocabulary.consent import Standing
from core.vocabulary.errors import ImageError
from core.vocabulary.facts import (
    ChannelGone,
    Cleared,
    Fact,
    MessagesGone,
    PictureGone,
    Rated,
    Reacted,
    ServerBack,
    ServerGone,
    ServerLeft,
    Shown,
)
from core.vocabulary.images import Image

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Job:
    fact: Fact
    image: Image | None = None
    done: asyncio.Future[Refusal | None] | None = None
    lanes_left: int = 1
    over: bool = False


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
    ) -> None:
        """`on_missed` is told of reactions whose picture could not be had for a fault that passes."""
        self._roster, self._labels, self._source, self._clock = roster, labels, source, clock
        self._on_missed = on_missed
        self._committer = Committer(labels, on_applied)
        self.writing: asyncio.Task[None] | None = None
        self._lanes = Lanes(self._turn)
        self._recent = Recent()
        self._watches: list[set[int]] = []
        self.tally = Tally()
        self._closed = False

    def start(self) -> None:
        """Start the committer; from the entry point, where nothing waits for it to be idle."""
        self.writing = asyncio.create_task(self._committer.run())

    def put(
        self, fact: Fact, image: Image | None = None, done: asyncio.Future[Refusal | None] | None = None
    ) -> None:
        """Queue a fact; never awaits. `image` belongs to a rating; `done` gets why it was not written, or None.

        What does not count is refused at once: a reaction told live counts by how its maker stands now.
        """
        self._touch(fact := self._roster.moods.heard(fact))
        self.tally.heard(fact)
        decision = Ignore(Refusal.NOT_KEPT) if self._closed else self._decide(fact, None)
        if isinstance(decision, Ignore):
            log.debug("intake.ignored", reason=decision.reason.value)
            self.tally.settled(decision.reason)
            if done is not None:
                done.set_result(decision.reason)
            return
        for job, lanes in self._routes(fact, image, done):
            self.tally.opened(job)
            for lane in lanes:
                lane.waiting.append(job)
            if not lanes:
                self._at_once(job, decision if job.fact is fact else self._decide(job.fact, None))

    async def settle(self, fact: Fact, image: Image | None = None) -> Refusal | None:
        """Queue a fact and wait until it is written (None), or it is known why it does not count."""
        done: asyncio.Future[Refusal | None] = asyncio.get_running_loop().create_future()
        self.put(fact, image, done)
        return await done

    async def drained(self) -> None:
        """Wait until everything that was put is settled."""
        await self.tally.drained()

    def forget(self, member_id: int) -> None:
        """Somebody left: what they did before and still waits counts no more, though they join again meanwhile."""
        waiting = (job for lane in self._lanes.lanes() for job in lane.waiting)
        for job in waiting:
            job.over = job.over or getattr(job.fact, "member_id", None) == member_id
        self.forget_recent()

    def forget_recent(self) -> None:
        """Drop the pictures that are kept at hand: one of them may be the last copy."""
        self._recent.clear()

    async def stop(self, seconds: float = 8.0) -> None:
        """Take nothing more, finish what is there, end the tasks."""
        self._closed = True
        try:
            await asyncio.wait_for(self.drained(), seconds)
        except TimeoutError:
            log.warning("intake.unfinished", left=self.tally.waiting)
        await self._lanes.stop()
        if self.writing is not None:
            self.writing.cancel()
            await asyncio.gather(self.writing, return_exceptions=True)

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
    ) -> Iterator[tuple[_Job, list[Lane[_Job]]]]:
        """What a fact waits behind: the lanes of the messages that it is about; the last to reach it works it."""
        if isinstance(fact, MessagesGone):
            found = {message_id: self._lanes.lane(message_id) for message_id in fact.message_ids}
            for message_id, lane in found.items():
                if lane is not None:
                    yield _Job(replace(fact, message_ids=(message_id,)), done=done), [lane]
            if free := tuple(message_id for message_id, lane in found.items() if lane is None):
                yield _Job(fact if len(free) == len(found) else replace(fact, message_ids=free), done=done), []
        else:
            behind = [lane for lane in self._lanes_of(fact) if lane is not None]
            yield _Job(fact, image, done, lanes_left=len(behind)), behind

    def _lanes_of(self, fact: Fact) -> Iterable[Lane[_Job] | None]:
        match fact:
            case ChannelGone():
                return [lane for lane in self._lanes.lanes() if lane.channel_id == fact.channel_id]
            case ServerLeft() | ServerBack() | ServerGone():
                return [lane for lane in self._lanes.lanes() if lane.server_id == fact.server_id]
            case Reacted() | Cleared() | PictureGone() | Shown():
                return [self._lanes.lane(fact.message_id)]
            case Rated(origin=Origin(message_id=message_id)):
                return [self._lanes.lane(message_id)]
            case _:
                return []

    def _touch(self, fact: Fact) -> None:
        if not self._watches:
            return
        ids = fact.message_ids if isinstance(fact, MessagesGone) else (getattr(fact, "message_id", None),)
        for watch in self._watches:
            watch.update(message_id for message_id in ids if message_id is not None)

    def _at_once(self, job: _Job, decision: Decision) -> None:
        change = self._known(job.fact, job.image, decision)
        if change is not None:
            self._hand_on(job, change)
        elif isinstance(job.fact, Reacted):
            self._lanes.open(job.fact.message_id, job.fact.channel_id, job.fact.server_id, job)

    async def _turn(self, job: _Job) -> None:
        job.lanes_left -= 1
        if job.lanes_left > 0:
            return
        follow()
        try:
            change = self._known(job.fact, job.image, self._decide(job.fact, None))
            if change is None and isinstance(job.fact, Reacted):
                change = await self._looked(job.fact)
        except Exception as error:
            change = self._failed(job.fact, error)
        self._hand_on(job, Refusal.NOT_JOINED if job.over else change or Refusal.NOT_KEPT)

    def _hand_on(self, job: _Job, change: Change | Refusal) -> None:
        if isinstance(change, Refusal):
            log.debug("intake.ignored", reason=change.value)
            self._settled(job, change)
        else:
            self._committer.put(change, lambda written: self._settled(job, None if written else Refusal.NOT_KEPT))

    def _failed(self, fact: Fact, error: Exception) -> Refusal:
        """Tell why a fact could not be looked at; NOT_KEPT where it may go well later."""
        if passes(error) and isinstance(fact, Reacted):
            log.warning("intake.missed", reason=str(error) or type(error).__name__)
            self._on_missed(fact)
        elif isinstance(error, ImageError):
            log.debug("intake.no_picture", reason=str(error))
        else:
            log.error("intake.failed", fact=type(fact).__name__, exc_info=error)
        return Refusal.NOT_KEPT if passes(error) or not isinstance(error, ImageError) else Refusal.NO_PICTURE

    def _settled(self, job: _Job, refusal: Refusal | None) -> None:
        if job.done is not None and not job.done.done():
            job.done.set_result(refusal)
        self.tally.settled(refusal, job)

    def _known(self, fact: Fact, image: Image | None, decision: Decision) -> Change | Refusal | None:
        """What to write for a fact, or why nothing; None: its message must be looked at."""
        if isinstance(decision, NeedMessage) and isinstance(fact, Reacted):
            seen = self._recent.get(fact.message_id)
            return None if seen is None else self._record(fact, seen)
        if not isinstance(decision, Write):
            return decision.reason if isinstance(decision, Ignore) else Refusal.NOT_KEPT
        if isinstance(fact, Rated) and self._is_gone(fact):
            return Refusal.OUT_OF_REACH
        self._let_go(fact)
        if isinstance(decision.change, RecordRating):
            return replace(decision.change, image=image)
        return decision.change

    async def _looked(self, fact: Reacted) -> Change | Refusal:
        """The same once its message was looked at. Raises ImageError where the picture cannot be had."""
        stored = await self._labels.seen(fact.message_id)
        if stored and not self._source.shows_other(fact.message_id, stored[0].source):
            return self._record(fact, Seen(*stored), keep=True)
        message = await self._source.message(fact.server_id, fact.channel_id, fact.message_id)
        decision = Ignore(Refusal.OUT_OF_REACH) if message is None else self._decide(fact, message)
        if message is None or not isinstance(decision, Record) or not isinstance(decision.source, Picture):
            return decision.reason if isinstance(decision, Ignore) else Refusal.NOT_KEPT
        picture = decision.source
        image = await self._source.image(picture, fact.member_id, channel_id=fact.channel_id, patient=True)
        return self._record(fact, Seen(sighted(message, image, picture), image), keep=True)

    def _record(self, fact: Reacted, seen: Seen, *, keep: bool = False) -> Change | Refusal:
        """Judge again, as it is known by now which image it is; keep at hand only what may be used."""
        decision = self._decide(fact, seen.sighting)
        if not isinstance(decision, Record):
            return decision.reason if isinstance(decision, Ignore) else Refusal.NOT_KEPT
        if keep:
            self._recent.keep(seen)
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

    def _let_go(self, fact: Fact) -> None:
        """Keep nothing at hand of what is gone."""
        match fact:
            case MessagesGone():
                for message_id in fact.message_ids:
                    self._recent.drop_message(message_id)
                    self._source.shown(message_id, None)
            case Shown():
                self._recent.drop_message(fact.message_id)
            case PictureGone():
                self._recent.drop_message(fact.message_id, unless=fact.sources if len(fact.sources) == 1 else ())
            case ChannelGone():
                self._recent.drop(lambda sighting: sighting.channel_id == fact.channel_id)
            case ServerGone():
                self._recent.drop(lambda sighting: sighting.server_id == fact.server_id)

    def _decide(self, fact: Fact, message: MessageView | Sighting | None) -> Decision:
        member_id, server_id = getattr(fact, "member_id", None), getattr(fact, "server_id", None)
        standing = Standing.ABSENT if member_id is None else self._roster.standing(member_id)
        place, said = self._roster.place(server_id), self._roster.exclusions
        return decide(fact, place, standing, message, said, now=self._clock.now_ms())

    def _is_gone(self, fact: Rated) -> bool:
        """Whether a picture is rated that its message no longer shows: nobody would hear of its going again."""
        if fact.origin is None or fact.narrows:
            return False
        return self._source.is_gone(fact.origin.message_id, fact.origin.source)
