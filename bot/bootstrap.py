"""The composition root: the one place that knows both sides, Discord and the database.

It opens and closes everything in order, and starts nothing. Here alone it is chosen what differs where several
processes work over one database: on a server's, a queue says who tunes whom.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import discord
import structlog

from bot.app import App
from bot.discord_ui.client import FeelprintClient
from bot.discord_ui.guessing import QuestionCard
from bot.discord_ui.told_where import Elsewhere
from bot.errors import SettingsError, SettingsProblem
from bot.host.handover import Handover
from bot.host.model import Model, open_model
from bot.host.settings import Settings
from bot.host.shards import Shards
from bot.host.state import StateFolder
from bot.host.tuning import Worker, policy_of, tuner_of, worker_of
from bot.host.workshop import Workshop
from bot.intake.fetch import Downloads
from bot.intake.roster import Roster
from core.ports import TuningQueue
from core.tending.queued import QueuedWorker
from core.tending.worker import TuningWorker
from core.vocabulary.clock import Clock, SystemClock
from storage import Storage, open_storage

log = structlog.get_logger(__name__)


@asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    probe_first: bool = False,
    tunes: bool = True,
    shards: Shards | None = None,
    follows: bool = False,
) -> AsyncIterator[App]:
    """Build the app over an open database; closes everything in order.

    `probe_first` asks the model what it can do before anything relies on it; an app that does not tune leaves that
    to `feelprint worker`, and one that has some `shards` all other servers to other bots. One that `follows`
    another has no place yet. Raises SettingsError, StorageError, ModelError.
    """
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        storage = await stack.enter_async_context(open_storage(settings.database, clock=clock))
        if not (storage.is_shared or (tunes and shards is None and not follows)):
            raise SettingsError(SettingsProblem.NOT_SHARED)
        if not follows:
            await take_place(storage, settings, shards)
        queue = storage.queue() if storage.is_shared else None
        model = await stack.enter_async_context(_road(settings, storage, clock, probe_first=probe_first))
        downloads = Downloads()
        stack.push_async_callback(downloads.close)
        app = App(
            make_client=_client_of,
            make_question=QuestionCard,
            make_way=Elsewhere,
            settings=settings,
            clock=clock,
            storage=storage,
            images=model.images,
            model=model.settings,
            gateway=model.gateway,
            asker=model.asker,
            policy=policy_of(settings),
            downloads=downloads,
            state=StateFolder(settings.state_dir),
            roster=Roster(
                storage.members,
                storage.servers,
                storage.exclusions,
                storage.own_moods,
                shards.have if shards else lambda _: True,
            ),
            handover=Handover(storage.news, f"{_bot_id(settings)} {shards or ''}", waits=follows),
            shards=shards,
            share=_shared(queue, storage, clock, settings, tunes=tunes),
        )
        stack.push_async_callback(app.stop)
        await app.roster.refresh()
        yield app


async def take_place(storage: Storage, settings: Settings, shards: Shards | None, *, wait: bool = False) -> None:
    """Be the one bot of that token that has these shards. Another is waited for, or StorageError raised."""
    if settings.discord_token is not None:
        part = (shards.ids, shards.count) if shards else ()
        await storage.take_place(_bot_id(settings), *part, wait=wait)


@asynccontextmanager
async def open_workshop(
    settings: Settings, *, clock: Clock | None = None, probe_first: bool = False
) -> AsyncIterator[Workshop]:
    """What `feelprint worker` runs, over a server's database. Raises SettingsError, StorageError, ModelError."""
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        storage = await stack.enter_async_context(open_storage(settings.database, clock=clock))
        if not storage.is_shared:
            raise SettingsError(SettingsProblem.NOT_SHARED)
        queue = storage.queue()
        model = await stack.enter_async_context(_road(settings, storage, clock, probe_first=probe_first))
        workshop = Workshop(
            storage,
            clock,
            model.gateway,
            worker_of(
                settings,
                storage,
                tuner_of(settings, storage, model.gateway, model.asker, clock),
                model.asker,
                clock,
            ),
            _shared(queue, storage, clock, settings, tunes=True),
        )
        stack.push_async_callback(workshop.stop)
        yield workshop


def _bot_id(settings: Settings) -> str:
    """The part of the token that is the bot's id."""
    return settings.discord_token.get_secret_value().partition(".")[0] if settings.discord_token else ""


def _road(
    settings: Settings, storage: Storage, clock: Clock, *, probe_first: bool
) -> AbstractAsyncContextManager[Model]:
    """The road to the model over what this storage keeps of answers."""
    if settings.offline:
        log.warning("model.offline", note="no key and no address of a model: the small offline model answers")
    return open_model(settings, storage.answers, clock, abilities=storage.abilities, probe_first=probe_first)


def _shared(
    queue: TuningQueue | None, storage: Storage, clock: Clock, settings: Settings, *, tunes: bool
) -> Callable[[TuningWorker], Worker]:
    """Who tunes: what is here alone, or whoever the queue says."""

    def share(local: TuningWorker) -> Worker:
        if queue is None:
            return local
        due, policy = storage.patient.due, policy_of(settings)
        return QueuedWorker(local, queue, storage.news, due, clock, policy, tunes=tunes)

    return share


def _client_of(app: App, message_content: bool) -> discord.Client:
    return FeelprintClient(app, message_content=message_content)
