"""`feelprint research`: a file of what members give to research, also while the bot runs."""

import asyncio
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bot.errors import ResearchError, ResearchProblem
from bot.host.settings import Settings
from bot.words import donating as words
from core.vocabulary.clock import SystemClock
from core.vocabulary.donated import lines, shareable
from storage import open_storage


async def researched(settings: Settings, target: Path) -> str:
    """Write a new file, one JSON object a line, and say of how many it is. Raises StorageError, ResearchError."""
    async with open_storage(settings.database, clock=SystemClock(), read_only=True) as storage:
        found = await storage.donations.all()
    given = shareable(found.given)
    if not given:
        raise ResearchError(ResearchProblem.TOO_FEW)
    await asyncio.to_thread(_write, target, lines(given, secrets.token_bytes(32)))
    people = len({donation.member_id for donation in given})
    return words.written(target, sum(len(one.labels) for one in given), people, found.members - people)


def _write(target: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """A file for its owner alone, whole or not there. Raises ResearchError."""
    made = False
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        made = True
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    except OSError as error:
        if made:
            target.unlink(missing_ok=True)
        why = error.strerror or str(error)
        raise ResearchError(ResearchProblem.NO_FILE, path=str(target), why=why) from error
