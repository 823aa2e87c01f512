"""The one door to the model: cache, single flight, of all processes, two lanes; a closed set of outcomes.

A request that is on its way is never abandoned: it may be paid for, so it is finished and its answer kept
even when the one who asked has gone. What has not been sent is dropped with the last one who waits for it.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import structlog

from core.model.budget import Budget, Elsewhere
from core.model.config import ModelSettings
from core.model.dialect import mended
from core.model.known import Known
from core.model.line import Flight, Line, Sender
from core.model.replies import Reply
from core.model.retry import Backoff, Breaker
from core.ports import AbilityStore, AnswerStore
from core.vocabulary.calls import Answer, Call, Failure, Glance, Outcome, Purpose, Usage
from core.vocabulary.clock import Clock
from core.vocabulary.images import Image

T = TypeVar("T")
Parse = Callable[[str], object]

log = structlog.get_logger()

_FIRST_LOOK_S, _LATER_LOOKS_S = 0.05, 0.8
"""How soon and how often it is looked whether another process has an answer: a call takes seconds."""


@dataclass(frozen=True, slots=True)
class _Landed:
    text: str
    usage: Usage
    cached: bool


class _Flight(Flight):
    """One question on its way, however many wait for it, each on an account. `over`: whoever it is for is gone."""

    def __init__(self, call: Call) -> None:
        super().__init__()
        self.task: asyncio.Task[_Landed | Failure]
        self.owner, self._call = call.owner, call
        self.over = False
        self._askers: Counter[int | None] = Counter()

    def count(self, member_id: int | None, more: int) -> None:
        """Count who begins to wait (1), or waits no longer (-1)."""
        self._askers[member_id] += more
        self.waiting = 0 if self.over else self._askers.total()

    def is_for(self, member_id: int) -> bool:
        """Whether it is for this member and for nobody else."""
        mine = self._askers[member_id]
        return self.owner == member_id or (mine > 0 and mine == self._askers.total())

    def shows(self, images: Collection[str]) -> bool:
        """Whether one of these pictures would be sent with it."""
        parts = (part.image if isinstance(part, Glance) else part for part in self._call.parts)
        return any(isinstance(part, Image) and part.hash in images for part in parts)

    def end(self) -> None:
        """Send nothing more; what is on its way comes to its end."""
        self.over, self.waiting = True, 0
        if not self.paying:
            self.task.cancel()


class Gateway:
    """Asks the model. Members' own questions have a lane of their own, so they never wait for tuning."""

    def __init__(
        self,
        client: Sender,
        answers: AnswerStore,
        settings: ModelSettings,
        clock: Clock,
        *,
        backoff: Backoff | None = None,
        breaker: Callable[[], Breaker] = Breaker,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        abilities: AbilityStore | None = None,
    ) -> None:
        """`abilities` is where what the server shows of itself is kept."""
        self._answers = answers
        self._settings = settings
        self._clock, self._sleep = clock, sleep
        self._known = Known(settings, clock, abilities)
        self._budget = Budget(answers, settings, clock, self._known)
        self._line = Line(
            client,
            settings,
            clock,
            self._budget,
            backoff=backoff,
            breaker=breaker,
            sleep=sleep,
            known=self._known,
        )
        self._closed = False
        self._flights: dict[str, _Flight] = {}
        self._background = asyncio.Semaphore(settings.concurrency)
        self._asked_by_members = asyncio.Semaphore(max(1, settings.concurrency // 2))

    @property
    def line(self) -> Line:
        """What was sent and spent by this process, what the server said last, and what it takes."""
        return self._line

    def estimate(self, call: Call) -> Usage:
        """The most that a call should cost, if it is not answered yet."""
        form = self._line.form(self._settings.model_for(call.purpose))
        return self._budget.estimate(replace(call, max_tokens=form.tokens_for(call)))

    async def ask(self, call: Call, parse: Callable[[str], T]) -> Outcome[T]:
        """The parsed answer, or how the call failed; an answered question is never paid for twice.

        `parse` raises ValueError where a text is not in form; it is then asked once more. Raises
        `StorageError` if the store cannot be read, or room in the budget cannot be written.
        """
        if self._closed:
            return Failure.UNAVAILABLE
        key = call.key(self._settings.model_for(call.purpose))
        flight = self._flights.get(key)
        joined = flight is not None
        if flight is None:
            flight = self._flights[key] = _Flight(call)
            flight.task = asyncio.create_task(self._fly(flight, call, key, parse))
            flight.task.add_done_callback(lambda task: self._landed(key, task))
        flight.count(call.payer.member_id, 1)
        try:
            landed = await asyncio.shield(flight.task)
        except asyncio.CancelledError:
            if (self._closed or flight.over) and flight.task.done() and not _being_cancelled():
                return Failure.UNAVAILABLE
            raise
        finally:
            flight.count(call.payer.member_id, -1)
            if not flight.waiting and not flight.paying and not flight.task.done():
                if self._flights.get(key) is flight:
                    del self._flights[key]
                flight.task.cancel()
        if isinstance(landed, Failure):
            return landed
        value = _parsed(parse, landed.text)
        if isinstance(value, _Unreadable):
            return Failure.INVALID
        return Answer(value, landed.usage, cached=landed.cached or joined)

    def forget(self, member_id: int) -> None:
        """End what is asked for a member alone: what waits or would be tried again is not sent, and what is on
        its way is not kept (`AnswerStore.settle`). Whoever waits for it gets `Failure.UNAVAILABLE`.
        """
        self._end(lambda flight: flight.is_for(member_id))

    def forget_pictures(self, images: Collection[str]) -> None:
        """End every question with one of these pictures, in the same way."""
        self._end(lambda flight: flight.shows(images))

    def _end(self, which: Callable[[_Flight], bool]) -> None:
        for key, flight in list(self._flights.items()):
            if which(flight):
                flight.end()
                del self._flights[key]

    async def aclose(self, grace_s: float = 8.0) -> None:
        """Drop what is not sent, give what is on its way `grace_s` seconds to be answered and kept."""
        self._closed = True
        loop = asyncio.get_running_loop()
        until = loop.time() + grace_s
        flights = list(self._flights.values())
        for flight in flights:
            if not flight.paying:
                flight.task.cancel()
        tasks = [flight.task for flight in flights]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=grace_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._budget.aclose(max(0.0, until - loop.time()))
        await self._known.aclose(max(0.0, until - loop.time()))

    def _landed(self, key: str, task: asyncio.Task[_Landed | Failure]) -> None:
        flight = self._flights.get(key)
        if flight is not None and flight.task is task:
            del self._flights[key]
        if not task.cancelled() and task.exception() is not None:
            log.warning("model call ended in an error", error=type(task.exception()).__name__)

    async def _fly(self, flight: _Flight, call: Call, key: str, parse: Parse) -> _Landed | Failure:
        """The answer that is kept, or that another process gets, or that we ask for."""
        until = self._clock.now_ms() + 1000 * self._settings.deadline_s
        while True:
            try:
                return await self._ask(flight, call, key, parse)
            except Elsewhere as elsewhere:
                if not await self._answered(str(elsewhere), until):
                    return Failure.UNAVAILABLE

    async def _answered(self, question: str, until: float) -> bool:
        """Wait until another process has its answer, or failed, or died; False where that takes too long."""
        wait = _FIRST_LOOK_S
        while await self._answers.is_asked(question):
            if self._clock.now_ms() > until:
                return False
            await self._sleep(wait)
            wait = min(2 * wait, _LATER_LOOKS_S)
        return True

    async def _ask(self, flight: _Flight, call: Call, key: str, parse: Parse) -> _Landed | Failure:
        kept = await self._answers.get(key)
        if kept is not None and isinstance(_parsed(parse, kept.text), _Unreadable):
            # Parsers change; the first answer under a key stays. So the mended question has its own.
            call = mended(call, Failure.INVALID)
            key = call.key(self._settings.model_for(call.purpose))
            kept = await self._answers.get(key)
        if kept is not None and not isinstance(_parsed(parse, kept.text), _Unreadable):
            return _Landed(kept.text, kept.usage, cached=True)
        async with self._asked_by_members if call.purpose is Purpose.PREDICT else self._background:
            # What is kept and in no form is asked for anew, whoever else does.
            sent, usage = await self._line.ask(call, flight, partial(_readable, parse), "" if kept else key)
        return _Landed(sent.text, usage, cached=False) if isinstance(sent, Reply) else sent.failure


def _being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _readable(parse: Parse, text: str) -> bool:
    return not isinstance(_parsed(parse, text), _Unreadable)


class _Unreadable:
    """Stands for a text that a parser rejected."""


def _parsed(parse: Callable[[str], T], text: str) -> T | _Unreadable:
    try:
        return parse(text)
    except Exception as error:  # whatever a parser trips over, the text is not in form
        log.info("answer not in form", error=type(error).__name__)
        return _Unreadable()
