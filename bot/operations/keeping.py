"""`feelprint backup` and `feelprint restore`, and what they say."""

from pathlib import Path

from bot.host.settings import Settings
from bot.words import copies
from core.vocabulary.clock import SystemClock
from core.vocabulary.errors import StorageError, StorageProblem
from storage.copying import Held, back_up, restore

_NO_COPY = {StorageProblem.DAMAGED, StorageProblem.DANGLING, StorageProblem.FOREIGN}
"""What is said of a database, with what to do about that, and means something else of a copy of one."""


async def backed_up(settings: Settings, target: Path | None) -> str:
    """Copy the database while the bot runs. Raises StorageError."""
    held = await back_up(settings.database, target, SystemClock())
    return copies.backed_up(held.path, held.size, _holds(held))


async def restored(settings: Settings, source: Path) -> str:
    """Put a copy in the database's place while no bot runs. Raises StorageError."""
    try:
        held = await restore(settings.database, source, SystemClock())
    except StorageError as error:
        if error.reason in _NO_COPY and _is_of(error, source):
            raise StorageError(StorageProblem.NO_GOOD_COPY, where=error.where) from error
        raise
    return copies.restored(held.path, held.kept, _holds(held), held.brought_back)


def _is_of(error: StorageError, file: Path) -> bool:
    return error.where == str(file.absolute())


def _holds(held: Held) -> str:
    return copies.holds(held.members, held.labels, held.versions, held.last_label_at)
