"""`feelprint prune`: what the running bot lets go of by itself, at once and told."""

from bot.host.model import model_settings
from bot.host.settings import Settings
from bot.words import pruned as words
from core.tending.retention import Retention
from core.vocabulary.clock import SystemClock
from storage import open_storage


async def pruned(settings: Settings, *, dry: bool) -> str:
    """Prune the database, or only count, and say so. Raises StorageError."""
    clock = SystemClock()
    model = model_settings(settings, "offline" if settings.offline else None)
    async with open_storage(settings.database, clock=clock, read_only=True):
        pass  # one that is not there is told, and not made
    async with open_storage(settings.database, clock=clock, read_only=dry) as storage:
        retention = Retention(storage, model, clock, keep_days=settings.keep_days, dry=dry, pause_s=0.0)
        gone = await retention.prune()
        if not dry:
            await storage.eraser.give_back()
    return words.pruned(gone.answers, gone.rules, gone.runs, gone.calls, dry=dry)
