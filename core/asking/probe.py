"""What can this server do? Asked once at start-up and by `feelprint doctor`, with two plain pictures.

Servers differ in three fields of a request; a refusal that names one of them changes that one and asks
again. What is left is a problem, with all that its sentence needs to tell how to mend it.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from core.asking.problems import BLIND, NO_EYES, REFUSED_REQUEST, problem_of
from core.asking.sight import colour_call, parse_colour, plain_pictures
from core.model.budget import Budget
from core.model.client import ModelClient
from core.model.config import ModelSettings
from core.model.replies import Fault, Reply, Sent
from core.model.retry import Backoff
from core.ports import AnswerStore
from core.vocabulary.calls import Call, Failure
from core.vocabulary.clock import Clock, SystemClock
from core.vocabulary.errors import ModelError


class Adjusted(StrEnum):
    """What is asked differently because this server wants it so."""

    LENGTH = "length"
    """The greatest length of an answer goes under the other of its two names."""
    TEMPERATURE = "temperature"
    """No temperature is sent; answers may vary a little more."""
    FORM = "form"
    """The server does not enforce the form of answers; a few may have to be asked for twice."""


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """Settings that fit the server, and what was changed (`notes`); or the `problem`, not raised.

    A problem whose `failure` is unavailable or budget may pass by itself; every other needs a person.
    """

    settings: ModelSettings
    notes: tuple[Adjusted, ...] = ()
    problem: ModelError | None = None

    @property
    def ok(self) -> bool:
        """Whether the model can be used."""
        return self.problem is None


@dataclass(frozen=True, slots=True)
class _Adjustment:
    """A field that servers differ in: how a refusal names it, what to do instead, how to say so."""

    named: re.Pattern[str]
    change: Callable[[ModelSettings], ModelSettings]
    note: Adjusted


def _other_tokens_field(settings: ModelSettings) -> ModelSettings:
    old = settings.max_tokens_field == "max_tokens"
    return replace(settings, max_tokens_field="max_completion_tokens" if old else "max_tokens")


_ADJUSTMENTS = (
    _Adjustment(
        re.compile(r"max_(completion_)?tokens", re.I),
        _other_tokens_field,
        Adjusted.LENGTH,
    ),
    _Adjustment(
        re.compile(r"temperature", re.I),
        lambda settings: replace(settings, send_temperature=False),
        Adjusted.TEMPERATURE,
    ),
    _Adjustment(
        re.compile(r"response_format|json_schema|schema|structured|grammar", re.I),
        lambda settings: replace(settings, structured="text"),
        Adjusted.FORM,
    ),
)
_SCHEMA = _ADJUSTMENTS[-1]


async def probe(
    settings: ModelSettings, answers: AnswerStore | None = None, clock: Clock | None = None
) -> ProbeResult:
    """Ask each model of the settings for the colour of two pictures; never raises for what the server does.

    With `answers` the calls are counted in the ledger (and may raise `StorageError`).
    """
    clock = clock or SystemClock()
    result = ProbeResult(settings)
    for model in dict.fromkeys(filter(None, (settings.model, settings.writer_model))):
        result = await _probe_model(result, model, answers, clock)
        if not result.ok:
            break
    return result


async def _probe_model(so_far: ProbeResult, model: str, answers: AnswerStore | None, clock: Clock) -> ProbeResult:
    untried = list(_ADJUSTMENTS)
    result = so_far
    while True:
        trial = replace(result.settings, model=model, writer_model=None)
        async with ModelClient(trial) as client:
            verdict = await _Look(client, trial, Budget(answers, trial, clock) if answers else None).verdict()
        if verdict is None:
            return result
        adjustment = _adjustment_for(verdict, untried, trial)
        if adjustment is None:
            role = "FEELPRINT_WRITER_MODEL" if model != so_far.settings.model else "FEELPRINT_MODEL"
            return replace(result, problem=problem_of(verdict, trial, role))
        untried.remove(adjustment)
        result = replace(
            result, settings=adjustment.change(result.settings), notes=(*result.notes, adjustment.note)
        )


@dataclass(frozen=True, slots=True)
class _Look:
    """Two looks at plain pictures through one client."""

    client: ModelClient
    settings: ModelSettings
    budget: Budget | None

    async def verdict(self) -> Fault | None:
        """None if the model names both colours; `BLIND` if it names others; else the fault."""
        for colour, picture in plain_pictures().items():
            sent = await self._patiently(colour_call(picture))
            if isinstance(sent, Fault):
                return sent
            try:
                answer = parse_colour(sent.text)
            except ValueError:
                return Fault(Failure.INVALID, mendable=True)
            if answer != colour:
                return BLIND
        return None

    async def _patiently(self, call: Call) -> Sent:
        backoff, tried = Backoff(self.settings.retries), 0
        while True:
            sent = await self._once(call)
            tried += 1
            delay = None if isinstance(sent, Reply) else backoff.delay(tried, sent)
            if delay is None:
                return sent
            await asyncio.sleep(delay)

    async def _once(self, call: Call) -> Sent:
        if self.budget is None:
            return await self.client.send(call)
        reservation = await self.budget.reserve(call)
        if reservation is None:
            return Fault(Failure.BUDGET)
        sent = await self.client.send(call)
        await self.budget.settle(reservation, call, sent)
        return sent


def _adjustment_for(fault: Fault, untried: list[_Adjustment], settings: ModelSettings) -> _Adjustment | None:
    """What to change in the request after a fault; None if a person must help."""
    if fault.mendable and fault.failure is Failure.INVALID:
        return _SCHEMA if _SCHEMA in untried and settings.structured == "json_schema" else None
    if fault.status not in REFUSED_REQUEST:
        return None
    named = [adjustment for adjustment in untried if adjustment.named.search(fault.detail)]
    if named:
        return named[0]
    blind = NO_EYES.search(fault.detail)
    return untried[0] if untried and not blind and fault.failure is Failure.INVALID else None
