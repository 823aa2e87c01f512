"""Databases of both kinds for figures: SQLite files, and a real PostgreSQL that is started once a process."""

import atexit
import contextlib
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

from core.vocabulary.clock import SystemClock
from storage import open_storage
from tests.databases import Postgres, postgres_server

SQLITE, POSTGRESQL = "sqlite", "postgresql"
KINDS = (SQLITE, POSTGRESQL)

_templates: dict[str, str] = {}


@lru_cache(maxsize=1)
def postgres() -> Postgres:
    """A real PostgreSQL, until the process ends."""
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    return Postgres(stack.enter_context(postgres_server()))


async def fresh(kind: str, folder: Path) -> str:
    """The address of a new, migrated, empty database; for SQLite `fresh.db` in this folder."""
    if kind not in _templates:
        _templates[kind] = await _template(kind)
    if kind == POSTGRESQL:
        return postgres().url(postgres().create(_templates[kind]))
    return str(shutil.copy(_templates[kind], folder / "fresh.db"))


async def _template(kind: str) -> str:
    """What new databases are copies of: a file, or a name."""
    if kind == POSTGRESQL:
        name = postgres().create()
        url = postgres().url(name)
    else:
        folder = tempfile.mkdtemp(prefix="figures-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        name = url = f"{folder}/template.db"
    async with open_storage(url, clock=SystemClock()):
        pass
    return name
