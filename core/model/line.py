"""One question's way to the server: paid for, put as the server takes it, tried again as long as that helps.

What a server shows of itself is learned here, once for all who ask: a refusal that names what it refuses changes
what is sent from then on; a guess is kept only if it was answered. Each request is a line of the ledger.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from core.model import abilities
from core.model.abilities import Abilities
from core.model.budget import Budget
from core.model.config import ModelSettings
from core.model.dialect import mended, size_of
from core.model.faults import about_one_picture
from core.model.known import Known
from core.model.replies import Fault, Reply, Sent
from core.model.retry import Backoff, Breaker, Pace
from core.vocabulary.calls import Call, Failure, Purpose, Usage
from core.vocabulary.clock import Clock

log = structlog.get_logger(__name__)

MOST_CHANGES = 8
"""So many times one question is put in another form; there are fewer things than that to change."""

MOST_TRIES = 60
"""So many times one question may come too fast while others get through: its turn has come long before."""

_ENLARGED = 2
_GUESSED = frozenset({400, 422, 501})


class Sender(Protocol):
    """Sends one request. Never raises (but for cancellation), never retries."""

    async def send(self, call: Call, form: Abilities | None = None) -> Sent:
        """One request, put as `form` (else the settings) says, one outcome, within the deadline."""
        ...


@dataclass(slots=True)
class Flight:
    """Who waits for a question. `paying`: between reservation and settlement."""

    waiting: int = 0
    paying: bool = False


@dataclass(slots=True)
class _Try:
    """A question between its requests: how it is put now, and what was done about it so far."""

    call: Call
    form: Abilities
    began: int
    guesses: Iterator[Abilities]
    tried: int = 0
    changed: int = 0
    enlarged: int = 0
    reminded: bool = False


class Line:
    """The requests to one server, for however many ask. `sent` and `usd` are what the ledger was told; `said` is
    the last refusal in the server's words, for a self-hoster to read (it is never logged). `outcomes` are requests
    by model, purpose and outcome, `dollars` by model and purpose.
    """

    def __init__(
        self,
        client: Sender,
        settings: ModelSettings,
        clock: Clock,
        budget: Budget | None,
        *,
        backoff: Backoff | None = None,
        breaker: Callable[[], Breaker] = Breaker,
        pace: Callable[[], Pace] = Pace,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        known: Known | None = None,
    ) -> None:
        self.outcomes: Counter[tuple[str, str, str]] = Counter()
        self.dollars: defaultdict[tuple[str, str], float] = defaultdict(float)
        self.sent = 0
        self.usd = 0.0
        self.said = ""
        self._client = client
        self._settings = settings
        self._clock = clock
        self._budget = budget
        self._backoff = backoff or Backoff(settings.retries)
        self._sleep = sleep
        self._breakers: dict[str, Breaker] = defaultdict(breaker)
        self._paces: dict[str, Pace] = defaultdict(pace)
        self._known = known or Known(settings, clock)
        self._answering: set[str] = set()

    def form(self, model: str) -> Abilities:
        """How requests to a model are put now."""
        return self._known.form(model)

    @property
    def asks_not_to_store(self) -> bool:
        """Whether every request now says that nothing of it is to be stored."""
        models = {self._settings.model_for(purpose) for purpose in Purpose}
        said = self._settings.fields.get("store", False) is False
        return said and all(self.form(model).send_store for model in models)

    @property
    def away(self) -> Failure | None:
        """Why the last requests to a model failed one after another; None where the last was answered, or none
        was made.
        """
        return next((why for breaker in self._breakers.values() if (why := breaker.why_open)), None)

    def found_away(self, model: str, failure: Failure) -> None:
        """Somebody else asked, and got no answer: it is away until one of ours is answered."""
        self._breakers[model].found(failure)

    def is_away(self, model: str) -> bool:
        """Whether the last requests to a model failed one after another."""
        return self._breakers[model].why_open is not None

    async def ask(
        self, call: Call, flight: Flight, readable: Callable[[str], bool] = bool, key: str = ""
    ) -> tuple[Sent, Usage]:
        """The answer or the last fault, and what that request cost. Raises StorageError, and `budget.Elsewhere`.

        `readable` says whether a text is in form; one that is not is asked for once more.
        """
        model = self._settings.model_for(call.purpose)
        form = self.form(model)
        one = _Try(call, form, self._clock.now_ms(), abilities.guesses(form))
        while True:
            if (refusal := self._breakers[model].refusal(self._clock.now_ms())) is not None:
                return Fault(refusal, self.said), Usage()
            if not await self._in_turn(model, call):
                return Fault(Failure.RATE_LIMITED, self.said), Usage()
            sent, usage = await self._pay(one, flight, readable, key)
            one.tried += 1
            if isinstance(sent, Reply):
                self._answered(model, one)
                return sent, usage
            if sent.failure is Failure.BUDGET:
                return sent, usage
            sent = self._understood(model, one, sent)
            if not flight.waiting or not await self._again(model, one, sent):
                self._breakers[model].record(sent.failure, self._clock.now_ms())
                return sent, usage

    async def _in_turn(self, model: str, call: Call) -> bool:
        """Wait until the model's rate limit lets us ask; False where that is longer than anybody waits."""
        patience = self._backoff.patience_s if call.purpose is Purpose.PREDICT else None
        seconds = self._paces[model].wait(self._clock.now_ms(), patience)
        if seconds:
            await self._sleep(seconds)
        return seconds is not None

    async def _pay(
        self, one: _Try, flight: Flight, readable: Callable[[str], bool], key: str
    ) -> tuple[Sent, Usage]:
        """Reserve, send, settle: one request and one line of the ledger."""
        call = replace(one.call, max_tokens=one.form.tokens_for(one.call))
        flight.paying = True
        try:
            reservation = await self._budget.reserve(call, key) if self._budget else None
            if self._budget and reservation is None:
                return Fault(Failure.BUDGET), Usage()
            sent = await self._client.send(call, one.form)
            if isinstance(sent, Reply) and not readable(sent.text):
                sent = Fault(Failure.INVALID, tokens=sent.tokens, billed=True)
            self.sent += 1
            model, purpose = self._settings.model_for(call.purpose), call.purpose.value
            outcome = "answer" if isinstance(sent, Reply) else sent.failure.value
            self.outcomes[model, purpose, outcome] += 1
            log.debug("model.asked", model=model, purpose=purpose, outcome=outcome)
            if self._budget is None or reservation is None:
                return sent, Usage()
            text = sent.text if isinstance(sent, Reply) else None
            usage = await self._budget.settle(reservation, call, sent, key=key, text=text)
            self.usd += usage.usd
            self.dollars[model, purpose] += usage.usd
            return sent, usage
        finally:
            flight.paying = False

    def _answered(self, model: str, one: _Try) -> None:
        now = self._clock.now_ms()
        self._breakers[model].record(None, now)
        self._paces[model].answered()
        self._answering.add(model)
        if one.form != self.form(model) and one.changed:
            self._known.learn(model, one.form)

    def _understood(self, model: str, one: _Try, sent: Fault) -> Fault:
        """The fault as it must be taken from a model that has answered about pictures before."""
        self.said = sent.detail or self.said
        single = abilities.pictures_in(one.call) == 1
        if model in self._answering and single and about_one_picture(sent):
            return replace(sent, failure=Failure.REFUSED)
        return sent

    async def _again(self, model: str, one: _Try, sent: Fault) -> bool:
        """Whether to ask once more: at once in another form, or, after a wait, as it was."""
        if one.changed < MOST_CHANGES and (form := self._changed(model, one, sent)) is not None:
            one.form, one.changed = form, one.changed + 1
            return True
        if sent.failure is Failure.INVALID and not one.reminded:
            one.call, one.reminded = mended(one.call, sent.failure), True
            return True
        now = self._clock.now_ms()
        if sent.failure is Failure.RATE_LIMITED:
            helps = self._paces[model].limited(now, sent.retry_after)
            return helps and sent.again and one.tried < MOST_TRIES
        delay = self._backoff.delay(one.tried, sent)
        if delay is None or (now - one.began) / 1000 + delay > self._settings.deadline_s:
            return self._with_fewer(one, sent)
        await self._sleep(delay)
        return True

    def _changed(self, model: str, one: _Try, sent: Fault) -> Abilities | None:
        """Another form in which to ask, where the fault shows one; what it names is learned for all."""
        if sent.failure is Failure.TRUNCATED:
            return self._roomier(one)
        refused = sent.status is not None and sent.failure is not Failure.RATE_LIMITED
        if learned := abilities.learned_from(sent, one.call, one.form, size_of(one.call, one.form)):
            if sent.status != 500:  # which may as well be trouble of its own
                self._known.learn(model, learned)
            return learned
        if model in self._answering or (not refused and sent.failure is not Failure.INVALID):
            return None
        unnamed = sent.failure is Failure.REJECTED and sent.status in _GUESSED
        unheeded = sent.failure is Failure.INVALID and one.reminded
        if unnamed and not abilities.pictures_named(sent):
            return next(one.guesses, None)
        return replace(one.form, structured="text") if unheeded and one.form.structured != "text" else None

    def _roomier(self, one: _Try) -> Abilities | None:
        """More room for an answer that was cut, as long as the model allows it."""
        now = one.form.tokens_for(one.call)
        grown = mended(replace(one.call, max_tokens=now), Failure.TRUNCATED).max_tokens
        form = replace(one.form, room=grown - one.call.max_tokens)
        if one.enlarged >= _ENLARGED or form.tokens_for(one.call) <= now:
            return None
        one.enlarged += 1
        return form

    def _with_fewer(self, one: _Try, sent: Fault) -> bool:
        """Some servers end in a 500 when they are shown too many pictures: half of them may be taken."""
        form = abilities.fewer(one.call, one.form) if sent.status == 500 else None
        if form is None or one.changed >= MOST_CHANGES:
            return False
        one.form, one.changed = form, one.changed + 1
        return True
