"""`feelprint worker`: tune for the members of bots that run elsewhere over the same database, until stopped."""

import asyncio
import signal

import structlog

from bot.bootstrap import open_workshop
from bot.host.settings import Settings
from bot.operations.health import told_at
from bot.operations.running import settle, until

log = structlog.get_logger(__name__)


async def run_worker(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT. Raises SettingsError, StorageError, ModelError."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    working = asyncio.ensure_future(_work(settings))
    if not await until(stop, working):
        log.info("stopping")
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def _work(settings: Settings) -> None:
    async with open_workshop(settings, probe_first=True) as workshop, told_at(workshop, settings.health):
        settle()
        workshop.start()
        log.info("worker.ready")
        await workshop.ended()
