"""The one road for "the database is away": what works in the background waits on it until the database is back.

Somebody who waits for an answer is told instead; so this stands beside the stores, and not in them. What is tried
again may have been done the first time, its answer lost on the way: it must bear being done twice.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from core.vocabulary.errors import StorageError

T = TypeVar("T")
FIRST_S, LONGEST_S = 0.25, 5.0
"""Seconds before the second try, doubled each time, and at most so many."""

log = structlog.get_logger(__name__)


async def until_back(attempt: Callable[[], Awaitable[T]]) -> T:
    """What an attempt gives, made again while the database is away. Raises StorageError where that is no help."""
    wait = FIRST_S
    while True:
        try:
            return await attempt()
        except StorageError as error:
            if not error.passes:
                raise
            log.warning("database.waiting", problem=str(error), seconds=wait)
        await asyncio.sleep(wait)
        wait = min(2 * wait, LONGEST_S)
