"""Passing faults of Discord are tried again, a few times and with a wait; what is final is not.

discord.py tries 500, 502, 504 and 429 with a bucket again by itself. It gives up at once on what a proxy in
between says (503, 429 without a bucket), on a cut connection and on half an answer.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
import discord

from core.vocabulary.errors import ImageError, ImageProblem

T = TypeVar("T")
WAITS = (0.5, 2.0)
"""Seconds before the second and the third try."""

_PASSING = frozenset((ImageProblem.LATE, ImageProblem.NOT_FETCHED, ImageProblem.BUSY, ImageProblem.CLOSING))


def passes(error: BaseException) -> bool:
    """Whether what went wrong may go well in a moment."""
    if isinstance(error, discord.HTTPException):
        return error.status >= 500 or error.status in (408, 425, 429)
    if isinstance(error, ImageError):
        return error.reason in _PASSING
    return isinstance(error, aiohttp.ClientError | TimeoutError | OSError | json.JSONDecodeError)


async def patiently(attempt: Callable[[], Awaitable[T]]) -> T:
    """Make an attempt, again where it fails for a moment. Raises what the last one raised."""
    for wait in WAITS:
        try:
            return await attempt()
        except Exception as error:
            if not passes(error):
                raise
        await asyncio.sleep(wait)
    return await attempt()
