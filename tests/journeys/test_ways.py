"""Four ways through the house, walked for real: no call leaves a room and comes back into it more than once.

A room is a folder (`bot/intake`, `core/tuning`, `storage`). What is looked at is every stack of calls during
the walk: a room that stands in it again, with another between, was left and entered anew, as by a callback.
"""

import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from core.ports import TuningPolicy
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import RunResult
from tests.journeys.conftest import picture, text_of

ROOT = Path(__file__).parents[2]
_ROOMS: dict[str, str | None] = {}


def room_of(file: str) -> str | None:
    """The room of a source file; None for what is not ours."""
    if file not in _ROOMS:
        path = Path(file)
        parts = path.relative_to(ROOT).parts if path.is_relative_to(ROOT) else ()
        ours = parts and parts[0] in ("bot", "core", "storage")
        _ROOMS[file] = ("storage" if parts[0] == "storage" else "/".join(parts[:2])) if ours else None
    return _ROOMS[file]


@contextmanager
def walked() -> Iterator[Counter[tuple[str, ...]]]:
    """How often each stack of rooms was seen, from whoever called first to the room just entered."""
    seen: Counter[tuple[str, ...]] = Counter()

    def entered(frame: FrameType, event: str, argument: Any) -> None:
        if event != "call" or room_of(frame.f_code.co_filename) is None:
            return
        stack: list[str] = []
        here: FrameType | None = frame
        while here is not None:
            room = room_of(here.f_code.co_filename)
            if room is not None and stack[-1:] != [room]:
                stack.append(room)
            here = here.f_back
        seen[tuple(reversed(stack))] += 1

    sys.setprofile(entered)
    try:
        yield seen
    finally:
        sys.setprofile(None)


async def a_reaction(world: Any) -> None:
    await world.bob.react(await world.post(), "😂")
    assert await world.labels(world.bob) == [{"amusement"}]


async def an_attachment(world: Any) -> None:
    asked = await world.bob.slash(world.channel, "rate", image=("mine.png", picture(3)))
    await world.bob.click(asked.response, label="awe")
    assert await world.app.storage.labels.image((await world.app.images.normalise(picture(3))).hash)


async def a_question(world: Any) -> None:
    said = text_of(await world.bob.slash(world.channel, "feel", image=("mine.png", picture(5))))
    assert "You would most likely feel" in said or "torn between" in said or "Hard to say" in said


async def a_version(world: Any) -> None:
    """From being due to a version that is stored and told; sixteen labels come first."""
    key = ProfileKey(world.bob.id, world.app.default_label_set.id)
    for n in range(16):
        tone = (n * 5 + 170, n * 3 + 190, n + 200) if n % 2 else (n * 2, n, n * 3)
        message = await world.post(picture(*tone))
        await world.bob.react(message, "😨😂"[n % 2] if n % 7 else "😮")
    await world.app.intake.drained()
    now = world.app.clock.now_ms()
    assert await world.app.storage.due.for_run(now, TuningPolicy(quiet_ms=0), limit=9) == (key,)
    report = await world.app.tuner.tune(key)
    assert report.result is RunResult.DEPLOYED


WAYS: dict[Callable[[Any], Awaitable[None]], tuple[str, ...]] = {
    a_reaction: ("bot/intake", "core/collecting", "core/decoding", "storage"),
    an_attachment: ("bot/discord_ui", "bot/intake", "core/decoding", "storage"),
    a_question: ("bot/discord_ui", "core/predicting", "core/asking", "core/model", "storage", "bot/words"),
    a_version: ("bot/intake", "core/tending", "core/tuning", "core/asking", "core/model", "storage"),
}
"""Each way, and rooms that it must have been seen in: otherwise nothing was looked at."""


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_no_way_leaves_a_room_and_comes_back_more_than_once(world, way):
    await world.join(world.bob)
    with walked() as seen:
        await way(world)
    assert {room for stack in seen for room in stack} >= set(WAYS[way])
    returns = {stack: max(Counter(stack).values()) - 1 for stack in seen}
    assert {stack: n for stack, n in returns.items() if n > 1} == {}
