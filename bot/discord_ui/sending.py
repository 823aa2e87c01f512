"""One request to Discord about an interaction, tried again while trying again may help.

A connection that breaks says nothing about what it carried: the request may have been done. So a request is
repeated as it is, and whoever repeats an acknowledgement takes "already acknowledged" for its own earlier one.
discord.py repeats some of Discord's own errors by itself; what is left are cut connections and proxies' answers.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

import aiohttp
import discord

T = TypeVar("T")

ACKNOWLEDGED_BEFORE = 40060
"""Discord's code where an interaction has its acknowledgement already."""

GONE = frozenset({10008, 10015, 10062, 50027})
"""Unknown message, webhook, interaction, token run out: what was to be answered is not there (any more)."""

ACKNOWLEDGING_S = 3.0
"""Discord takes no acknowledgement later than this."""

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.25, 30.0


def passes(error: BaseException) -> bool:
    """Whether an error may be over in a moment; such a one leaves open whether the request was done."""
    if isinstance(error, discord.HTTPException):
        return error.status >= 500 or error.status == 429
    if isinstance(error, TypeError | KeyError):
        return _is_limit_of_a_proxy(error)
    return isinstance(error, aiohttp.ClientError | OSError | TimeoutError)


def _is_limit_of_a_proxy(error: BaseException) -> bool:
    """discord.py takes every 429 for Discord's and reads JSON in it; a proxy's is a page of its own."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_globals.get("__name__") == "discord.webhook.async_"


async def tried(request: Callable[[], Awaitable[T]], seconds: float) -> T:
    """What the request returns, tried again for so long. Raises what it raises at last."""
    until, wait = time.monotonic() + seconds, _FIRST_WAIT_S
    while True:
        try:
            async with asyncio.timeout(max(0.1, until - time.monotonic())):
                return await request()
        except Exception as error:
            pause = max(wait, _asked_to_wait(error))
            if not passes(error) or time.monotonic() + pause >= until:
                raise
        await asyncio.sleep(pause)
        wait = min(wait * 2, _LONGEST_WAIT_S)


def _asked_to_wait(error: Exception) -> float:
    """How many seconds a 429 asks for, at most a minute."""
    with suppress(AttributeError, LookupError, TypeError, ValueError):
        return min(60.0, float(error.response.headers["Retry-After"]))  # type: ignore[attr-defined]
    return 0.0
