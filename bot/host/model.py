"""Which model answers, as the settings and the server itself say, and the one road to it.

The bot, the demo, its measurement over seeds and `evaluate` all ask through `open_model`; `doctor` only looks
whether somebody answers, through `reached`, and keeps nothing of it (`in_passing`).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

import structlog

from bot.host.settings import Settings
from core.asking.asker import ModelAsker
from core.asking.probe import probe
from core.asking.sight import colour_call, plain_pictures
from core.decoding.workers import ImageWorkers
from core.model.client import ModelClient
from core.model.config import ModelSettings
from core.model.gateway import Gateway
from core.model.known import keep, recalled
from core.model.line import Flight, Line
from core.model.prices import DEAREST, OPENAI_PRICES, Price
from core.model.replies import Fault
from core.model.retry import Pace
from core.offline.model import MODEL_NAME
from core.offline.server import OfflineServer
from core.ports import AbilityStore, AnswerStore
from core.vocabulary.calls import Answer, Call, Failure, Outcome
from core.vocabulary.clock import Clock, SystemClock
from core.vocabulary.errors import StorageError

T = TypeVar("T")

OPENAI = "https://api.openai.com/v1"
_LOOKS_EVERY_S = 30.0

log = structlog.get_logger(__name__)


def model_settings(settings: Settings, offline_url: str | None = None) -> ModelSettings:
    """How to reach the model that the settings mean; `offline_url` is where the offline model listens."""
    common = {"deadline_s": settings.call_seconds, "concurrency": settings.concurrency}
    if offline_url is not None:
        return ModelSettings(offline_url, "none", MODEL_NAME, offline=True, **common)  # type: ignore[arg-type]
    key, url = settings.openai_api_key, settings.openai_base_url or OPENAI
    return ModelSettings(
        url,
        key.get_secret_value() if key else "none",
        settings.model,
        settings.writer_model,
        prices={name: price or DEAREST for name, price in prices_of(settings).items()},
        cap_usd_day=settings.usd_per_day,
        member_cap_usd_day=settings.member_usd_per_day,
        headers=settings.request_headers,
        fields=settings.request_fields,
        server_cap_usd_day=settings.server_usd_per_day,
        send_detail=urlsplit(url).hostname == urlsplit(OPENAI).hostname,
        **common,  # type: ignore[arg-type]
    )


def prices_of(settings: Settings) -> dict[str, Price | None]:
    """What the models cost that the settings mean; None where neither they nor we know."""
    names = [settings.model] + ([settings.writer_model] if settings.writer_model else [])
    at_openai = urlsplit(settings.openai_base_url or OPENAI).hostname == urlsplit(OPENAI).hostname
    prices: dict[str, Price | None] = {name: OPENAI_PRICES.get(name) if at_openai else None for name in names}
    said = [(settings.price_in, settings.price_out), (settings.writer_price_in, settings.writer_price_out)]
    for name, (prompt, completion) in zip(names, said, strict=False):
        if prompt is not None and completion is not None:
            prices[name] = Price(prompt, completion)
    return prices


@dataclass(frozen=True, slots=True)
class Model:
    """An open road to the model: who decodes pictures, who sends and meters, who asks."""

    settings: ModelSettings
    images: ImageWorkers
    gateway: Gateway
    asker: ModelAsker


@asynccontextmanager
async def reached(settings: Settings) -> AsyncIterator[ModelSettings]:
    """How to reach the model; the offline one runs as long as this is open. Raises ModelError if it cannot."""
    if not settings.offline:
        yield model_settings(settings)
        return
    async with OfflineServer() as server:
        yield model_settings(settings, server.base_url)


class Unkept:
    """A way to the model that keeps no answer; `fault` is the last one."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.fault = Fault(Failure.UNAVAILABLE)

    async def ask(self, call: Call, parse: Callable[[str], T]) -> Outcome[T]:
        """The parsed answer or a failure."""

        def readable(text: str) -> bool:
            try:
                parse(text)
            except ValueError:
                return False
            return True

        sent, usage = await self._line.ask(call, Flight(1), readable)
        if isinstance(sent, Fault):
            self.fault = sent
            return sent.failure
        return Answer(parse(sent.text), usage, cached=False)


@asynccontextmanager
async def in_passing(model: ModelSettings) -> AsyncIterator[Unkept]:
    """A way to ask a few questions, which are not in the ledger."""
    async with ModelClient(model) as client:
        yield Unkept(Line(client, model, SystemClock(), None, pace=lambda: Pace(patience_s=20.0, rounds=3)))


@asynccontextmanager
async def open_model(
    settings: Settings,
    answers: AnswerStore,
    clock: Clock,
    *,
    abilities: AbilityStore | None = None,
    probe_first: bool = False,
) -> AsyncIterator[Model]:
    """Open the road to the model over a store of answers; closes everything in order.

    `abilities` is where what the server has shown is kept; `probe_first` asks it what it can do before anything
    relies on it. Raises StorageError, ModelError.
    """
    if not settings.offline:
        for name in [name for name, price in prices_of(settings).items() if price is None]:
            log.warning("model.price_unknown", model=name, counted_as=DEAREST)
    await _close(answers)
    closing = _now_and_then(partial(_close, answers))
    async with closing, ImageWorkers(settings.image_workers) as images, reached(settings) as said:
        kept = None if said.offline else abilities  # that of the offline model is in our code
        model = await recalled(said, kept, clock) if kept else said
        away = None
        if probe_first and not said.offline:
            model, away = await probed(model, answers, clock, kept)
        async with ModelClient(model, images.normalise) as sender:
            gateway = Gateway(sender, answers, model, clock, abilities=kept)
            if away is Failure.UNAVAILABLE:
                gateway.line.found_away(model.model, away)
            async with _now_and_then(partial(_look_again, gateway.line, model.model)):
                try:
                    yield Model(model, images, gateway, ModelAsker(gateway))
                finally:
                    await gateway.aclose()


@asynccontextmanager
async def _now_and_then(look: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    async def watch() -> None:
        while True:
            await asyncio.sleep(_LOOKS_EVERY_S)
            try:
                await look()
            except StorageError as problem:
                log.warning("ledger.not_looked_through", problem=str(problem))

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _close(answers: AnswerStore) -> None:
    """Find out whether another process has died in the midst of its calls."""
    if crashed := await answers.close_reservations():
        log.warning("ledger.unfinished_calls", count=crashed)


async def _look_again(line: Line, model: str) -> None:
    """Find out, by one small question, whether a model that was away is back: at night nobody else may ask."""
    if not line.is_away(model):
        return
    picture = next(iter(plain_pictures().values()))
    sent, _ = await line.ask(colour_call(picture), Flight(1))
    if not isinstance(sent, Fault):
        log.info("model.back", model=model)


async def probed(
    model: ModelSettings, answers: AnswerStore, clock: Clock, abilities: AbilityStore | None = None
) -> tuple[ModelSettings, Failure | None]:
    """The settings that fit the server, as it says itself, and why it does not answer now; what is new is kept.

    Raises ModelError where only a person can help; a server that is away may come back.
    """
    result = await probe(model, answers, clock)
    for change in result.adjusted:
        log.info("model.adjusted", change=change.value)
    if abilities is not None and result.settings.known != model.known:
        await keep(abilities, model.base_url, result.settings.known, clock)
    if result.problem is None:
        return result.settings, None
    if result.problem.failure in (Failure.UNAVAILABLE, Failure.RATE_LIMITED, Failure.BUDGET):
        log.warning("model.away", problem=str(result.problem), host=result.problem.host)
        return result.settings, result.problem.failure
    raise result.problem
