"""The composition root: the one place that knows both sides, Discord and the database.

It opens and closes everything in order, and starts nothing.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import discord
import structlog

from bot.app import App
from bot.discord_ui.client import FeelprintClient
from bot.host.model import open_model
from bot.host.settings import Settings
from bot.host.state import StateFolder
from bot.intake.fetch import Downloads
from bot.intake.roster import Roster
from core.ports import TuningPolicy
from core.vocabulary.clock import Clock, SystemClock
from storage import open_storage

log = structlog.get_logger(__name__)


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
        if settings.discord_token is not None:
            await storage.take_place(settings.discord_token.get_secret_value().partition(".")[0])  # the bot's id
        if settings.offline:
            log.warning("model.offline", note="no key and no address of a model: the small offline model answers")
        road = open_model(settings, storage.answers, clock, abilities=storage.abilities, probe_first=probe_first)
        model = await stack.enter_async_context(road)
        downloads = Downloads()
        stack.push_async_callback(downloads.close)
        app = App(
            make_client=_client_of,
            settings=settings,
            clock=clock,
            storage=storage,
            images=model.images,
            model=model.settings,
            gateway=model.gateway,
            asker=model.asker,
            policy=TuningPolicy(quiet_ms=round(settings.quiet_seconds * 1000)),
            downloads=downloads,
            state=StateFolder(settings.state_dir),
            roster=Roster(storage.members, storage.servers, storage.exclusions),
        )
        stack.push_async_callback(app.stop)
        await app.roster.refresh()
        yield app


def _client_of(app: App, message_content: bool) -> discord.Client:
    return FeelprintClient(app, message_content=message_content)
