"""The one door to the model: cache, single flight, budget, retries, breaker; a closed set of outcomes.

A request that is on its way is never abandoned: it may be paid for, so it is finished and its answer kept
even when the one who asked has gone. What has not been sent is dropped with the last one who waits for it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog

from core.model.budget import Budget
from core.model.config import ModelSettings
from core.model.dialect import mended
from core.model.replies import Fault, Reply, Sender, Sent
from core.model.retry import Backoff, Breaker
from core.ports import AnswerStore
from core.vocabulary.calls import Answer, Call, Failure, Outcome, Purpose, Usage
from core.vocabulary.clock import Clock

T = TypeVar("T")
Parse = Callable[[str], object]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Landed:
    text: str
    usage: Usage
    cached: bool


class _Flight:
    """One question on its way, however many wait for it. `paying`: between reservation and settlement."""

    def __init__(self) -> None:
        self.task: asyncio.Task[_Landed | Failure]
        self.waiting = 0
        self.paying = False


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
        breaker: Breaker | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._answers = answers
        self._settings = settings
        self._clock = clock
        self._budget = Budget(answers, settings, clock)
        self._backoff = backoff or Backoff(settings.retries)
        self._breaker = breaker or Breaker()
        self._sleep = sleep
        self._closed = False
        self._flights: dict[str, _Flight] = {}
        self._background = asyncio.Semaphore(settings.concurrency)
        self._asked_by_members = asyncio.Semaphore(max(1, settings.concurrency // 2))

    def estimate(self, call: Call) -> Usage:
        """The most that a call should cost, if it is not answered yet."""
        return self._budget.estimate(call)

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
            flight = self._flights[key] = _Flight()
            flight.task = asyncio.create_task(self._fly(flight, call, key, parse))
            flight.task.add_done_callback(lambda task: self._landed(key, task))
        flight.waiting += 1
        try:
            landed = await asyncio.shield(flight.task)
        except asyncio.CancelledError:
            if self._closed and flight.task.done() and not _being_cancelled():
                return Failure.UNAVAILABLE
            raise
        finally:
            flight.waiting -= 1
            if not flight.waiting and not flight.paying and not flight.task.done():
                self._flights.pop(key, None)
                flight.task.cancel()
        if isinstance(landed, Failure):
            return landed
        value = _parsed(parse, landed.text)
        if isinstance(value, _Unreadable):
            return Failure.INVALID
        return Answer(value, landed.usage, cached=landed.cached or joined)

    async def aclose(self, grace_s: float = 8.0) -> None:
        """Drop what is not sent, give what is on its way `grace_s` seconds to be answered and kept."""
        self._closed = True
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

    def _landed(self, key: str, task: asyncio.Task[_Landed | Failure]) -> None:
        flight = self._flights.get(key)
        if flight is not None and flight.task is task:
            del self._flights[key]
        if not task.cancelled() and task.exception() is not None:
            log.warning("model call ended in an error", error=type(task.exception()).__name__)

    async def _fly(self, flight: _Flight, call: Call, key: str, parse: Parse) -> _Landed | Failure:
        kept = await self._answers.get(key)
        if kept is not None and isinstance(_parsed(parse, kept.text), _Unreadable):
            # Parsers change; the first answer under a key stays. So the mended question has its own.
            call = mended(call, Failure.INVALID)
            key = call.key(self._settings.model_for(call.purpose))
            kept = await self._answers.get(key)
        if kept is not None and not isinstance(_parsed(parse, kept.text), _Unreadable):
            return _Landed(kept.text, kept.usage, cached=True)
        async with self._asked_by_members if call.purpose is Purpose.PREDICT else self._background:
            return await self._tries(flight, call, key, parse)

    async def _tries(self, flight: _Flight, call: Call, key: str, parse: Parse) -> _Landed | Failure:
        tried, was_mended, began = 0, False, self._clock.now_ms()
        while True:
            if refusal := self._breaker.refusal(self._clock.now_ms()):
                return refusal
            sent, usage = await self._pay(flight, call, key, parse)
            tried += 1
            if isinstance(sent, Reply):
                self._breaker.record(None, self._clock.now_ms())
                return _Landed(sent.text, usage, cached=False)
            if sent.failure is Failure.BUDGET:
                return sent.failure
            if sent.mendable and not was_mended and flight.waiting:
                call, was_mended = mended(call, sent.failure), True
                continue
            delay = self._backoff.delay(tried, sent) if flight.waiting else None
            elapsed_s = (self._clock.now_ms() - began) / 1000
            if delay is None or elapsed_s + delay > self._settings.deadline_s:
                self._breaker.record(sent.failure, self._clock.now_ms())
                return sent.failure
            await self._sleep(delay)

    async def _pay(self, flight: _Flight, call: Call, key: str, parse: Parse) -> tuple[Sent, Usage]:
        """Reserve, send, settle: one request and one line of the ledger."""
        flight.paying = True
        try:
            reservation = await self._budget.reserve(call)
            if reservation is None:
                return Fault(Failure.BUDGET), Usage()
            sent = await self._client.send(call)
            if isinstance(sent, Reply) and isinstance(_parsed(parse, sent.text), _Unreadable):
                sent = Fault(Failure.INVALID, tokens=sent.tokens, billed=True, mendable=True)
            text = sent.text if isinstance(sent, Reply) else None
            usage = await self._budget.settle(reservation, call, sent, key=key, text=text)
            return sent, usage
        finally:
            flight.paying = False


def _being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class _Unreadable:
    """Stands for a text that a parser rejected."""


def _parsed(parse: Callable[[str], T], text: str) -> T | _Unreadable:
    try:
        return parse(text)
    except Exception as error:  # whatever a parser trips over, the text is not in form
        log.info("answer not in form", error=type(error).__name__)
        return _Unreadable()
