"""The composition root: the one place that knows both sides, Discord and the database.

`open_app` builds everything and starts nothing; the entry point calls `start`, so that whoever attaches
a client (the command line to Discord, the demo to a simulated one) decides when background work begins.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import discord
import structlog

from bot.announcing import Announcer
from bot.catchup import CatchUp
from bot.client import FeelprintClient
from bot.commands.joining import JoinPanel
from bot.fetch import Downloads
from bot.intake import Intake
from bot.look import Look
from bot.notes import Notes
from bot.roster import Roster
from bot.seeding import Seeder
from bot.settings import Settings
from core.asking.asker import ModelAsker
from core.clock import Clock, SystemClock
from core.emotions import MIKELS, LabelSet
from core.errors import ModelError
from core.imageworker import ImageWorkers
from core.model.calls import Failure
from core.model.client import ModelClient
from core.model.config import ModelSettings
from core.model.gateway import Gateway
from core.model.probe import probe
from core.offline.model import MODEL_NAME
from core.offline.server import OfflineServer
from core.ports import AnswerStore, Applied, RunReport
from core.predicting import Predictor
from core.readiness import TuningPolicy
from core.tuning.run import Tuner
from core.tuning.shadowing import Shadows
from core.tuning.worker import TuningWorker
from storage import Storage, open_storage

_REFRESH_S = 60.0
_PATIENCE_S = 4.0
"""Twice this and a little is how long stopping takes at most; containers are killed after ten seconds."""

log = structlog.get_logger(__name__)


@dataclass
class App:
    """Everything that runs, wired together."""

    settings: Settings
    clock: Clock
    storage: Storage
    images: ImageWorkers
    model: ModelSettings
    gateway: Gateway
    asker: ModelAsker
    policy: TuningPolicy
    downloads: Downloads
    notes: Notes
    roster: Roster
    seeder: Seeder = field(default_factory=Seeder)
    default_label_set: LabelSet = MIKELS

    def __post_init__(self) -> None:
        labels, tuning = self.storage.labels, self.storage.tuning
        parts, together = (labels, tuning, self.asker, self.clock), self.settings.concurrency
        self.predictor = Predictor(*parts, concurrency=together)
        self.tuner = Tuner(*parts, preset=self.settings.preset, mode=self.settings.mode, concurrency=together)
        self.listeners: list[Callable[[RunReport], Awaitable[None]]] = [
            Announcer(lambda: self.client, tuning).tell
        ]
        self.worker = TuningWorker(
            self.tuner,
            Shadows(*parts, concurrency=together),
            labels,
            tuning,
            self.clock,
            self.policy,
            self._result,
        )
        self.look = Look(lambda: self.client, self.images)
        self.intake = Intake(self.roster, labels, self.look, self.clock, self._applied)
        self.catchup = CatchUp(
            lambda: self.client, self.roster, labels, self.intake, self.clock, calls=self.settings.catchup_calls
        )
        self.client = FeelprintClient(self, message_content=self.settings.message_content)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start everything that works in the background."""
        self.intake.start()
        works = (self.worker.run_forever, self.catchup.run, self.seeder.run, self._keep_roster)
        self._tasks = [asyncio.create_task(work(), name=work.__qualname__) for work in works]
        for task in self._tasks:
            task.add_done_callback(_watch)

    async def stop(self) -> None:
        """Take nothing more in, finish and keep what is under way, leave Discord."""
        await self.intake.stop(_PATIENCE_S)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.gateway.aclose(_PATIENCE_S)
        if not self.client.is_closed():
            await self.client.close()

    def without_message_content(self) -> discord.Client:
        """A fresh client that asks for no privileged intent, in place of the one that was refused."""
        self.client = FeelprintClient(self, message_content=False)
        return self.client

    def standing_views(self) -> list[discord.ui.LayoutView]:
        """Buttons that outlive a restart."""
        return [JoinPanel(self)]

    async def forget(self, member_id: int) -> int:
        """Erase a member, after stopping what is under way for them; how many labels that were."""
        await self.worker.cancel(member_id)
        labels = await self.roster.forget(member_id)
        self.intake.forget_recent()
        await self.worker.cancel(member_id)  # whatever began in between
        return labels

    async def _result(self, report: RunReport) -> None:
        for listener in self.listeners:
            await listener(report)

    def _applied(self, applied: Applied) -> None:
        if applied.touched:
            self.worker.wake()

    async def _keep_roster(self) -> None:
        while True:
            await asyncio.sleep(_REFRESH_S)
            try:
                await self.roster.refresh()
            except Exception:
                log.exception("roster.stale")


@asynccontextmanager
async def open_app(
    settings: Settings, *, clock: Clock | None = None, probe_first: bool = False
) -> AsyncIterator[App]:
    """Build the app over an open database; closes everything in order.

    `probe_first` asks the model what it can do before anything relies on it. Raises StorageError, ModelError.
    """
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        storage = await stack.enter_async_context(open_storage(settings.database, clock=clock))
        crashed = await storage.answers.close_reservations()
        if crashed:
            log.warning("ledger.unfinished_calls", count=crashed)
        images = await stack.enter_async_context(ImageWorkers(settings.image_workers))
        base_url = None
        if settings.offline:
            base_url = (await stack.enter_async_context(OfflineServer())).base_url
            log.warning("model.offline", note="no key and no address of a model: the small offline model answers")
        model = model_settings(settings, base_url)
        if probe_first and not model.offline:
            model = await probed(model, storage.answers, clock)
        sender = await stack.enter_async_context(ModelClient(model))
        downloads = Downloads()
        stack.push_async_callback(downloads.close)
        gateway = Gateway(sender, storage.answers, model, clock)
        app = App(
            settings=settings,
            clock=clock,
            storage=storage,
            images=images,
            model=model,
            gateway=gateway,
            asker=ModelAsker(gateway),
            policy=TuningPolicy(quiet_ms=round(settings.quiet_seconds * 1000)),
            downloads=downloads,
            notes=Notes(settings.state_dir),
            roster=Roster(storage.members, storage.servers),
        )
        stack.push_async_callback(app.stop)
        await app.roster.refresh()
        yield app


def model_settings(settings: Settings, offline_url: str | None = None) -> ModelSettings:
    """How to reach the model that the settings mean; `offline_url` is where the offline model listens."""
    common = {"deadline_s": settings.call_seconds, "concurrency": settings.concurrency}
    if offline_url is not None:
        return ModelSettings(offline_url, "none", MODEL_NAME, offline=True, **common)  # type: ignore[arg-type]
    key = settings.openai_api_key
    return ModelSettings(
        settings.openai_base_url or "https://api.openai.com/v1",
        key.get_secret_value() if key else "none",
        settings.model,
        settings.writer_model,
        usd_per_million_prompt=settings.price_in,
        usd_per_million_completion=settings.price_out,
        cap_usd_day=settings.usd_per_day,
        member_cap_usd_day=settings.member_usd_per_day,
        **common,  # type: ignore[arg-type]
    )


async def probed(model: ModelSettings, answers: AnswerStore, clock: Clock) -> ModelSettings:
    """The settings that fit the server, as it says itself.

    Raises ModelError where only a person can help; a server that is away may come back.
    """
    result = await probe(model, answers, clock)
    for note in result.notes:
        log.info("model.adjusted", note=note)
    if result.ok:
        return result.settings
    if result.failure in (Failure.UNAVAILABLE, Failure.BUDGET):
        log.warning("model.away", problem=result.problem)
        return result.settings
    raise ModelError(result.problem)


def _watch(task: asyncio.Task[None]) -> None:
    if not task.cancelled():
        log.critical("background.ended", task=task.get_name(), exc_info=task.exception())
