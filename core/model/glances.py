"""Pictures of which a glance is enough are made small just before a request leaves, and kept nowhere.

So an answer from the cache costs no pixel, nothing more has to be stored, backed up or erased, and every
server is paid by the smaller size: those that know low detail take it besides.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeAlias

from core.vocabulary.calls import Call, Glance, Part
from core.vocabulary.errors import ImageError
from core.vocabulary.images import GLANCE_SIDE, Image

Shrink: TypeAlias = Callable[[bytes, int], Awaitable[Image]]
"""A picture's bytes and the longest side wanted: `ImageWorkers.normalise`. Raises ImageError."""


async def made_small(call: Call, shrink: Shrink | None) -> Call:
    """The call with its glances as they are sent; one after another, so that nobody else's picture waits long.

    A picture that cannot be made small (the workers are closing, or there are none) goes as it is.
    """
    parts: list[Part] = [
        await _small(part, shrink) if shrink is not None and isinstance(part, Glance) else part
        for part in call.parts
    ]
    return replace(call, parts=tuple(parts))


async def _small(glance: Glance, shrink: Shrink) -> Glance:
    image = glance.image
    if max(image.width, image.height) <= GLANCE_SIDE:
        return glance
    try:
        return Glance(await shrink(image.jpeg, GLANCE_SIDE))
    except ImageError:
        return glance
