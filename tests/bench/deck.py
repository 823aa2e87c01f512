"""How long twelve cards of a deck take where every request to Discord takes a while: `python -m tests.bench.deck`.

The real bot over a real database on the simulated Discord, whose every answer (interactions, messages, files)
comes so many milliseconds late, in real time. What is left of a minute is the member's, to look at pictures.
"""

import argparse
import asyncio
import functools
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

from discord.webhook.async_ import AsyncWebhookAdapter

from core.vocabulary.profile import ProfileKey
from core.vocabulary.server_settings import ServerSettings
from tests.bench.world import pictures
from tests.journeys.conftest import bot_on, settings_for, text_of

CARDS = 12
ANSWERS = ("create_interaction_response", "edit_original_interaction_response", "execute_webhook")
EMOTIONS = ("awe", "contentment", "excitement", "fear")


def late(original: Callable[..., Awaitable[Any]], seconds: float, said: list[float]) -> Callable[..., Any]:
    """A request whose answer comes late; when it was there is noted."""

    @functools.wraps(original)
    async def request(*arguments: Any, **more: Any) -> Any:
        answer = await original(*arguments, **more)
        await asyncio.to_thread(time.sleep, seconds)  # the simulation's own clock is not the real one
        said.append(time.perf_counter())
        return answer

    return request


async def measured(latency_s: float, folder: Path) -> tuple[float, list[float], int]:
    """Seconds to the first card, of each press to its answer, and labels that were stored."""
    said: list[float] = []
    async with bot_on(settings_for(folder)) as (app, env):
        guild = env.create_guild("Pictures")
        channel = guild.create_text_channel("pictures")
        ann, bob = (guild.add_member(env.create_user(name)) for name in ("ann", "bob"))
        await app.roster.save(ServerSettings(guild.id, frozenset({channel.id}), seed_reactions=False))
        for n, sight in enumerate(pictures(CARDS + 4, 1)):
            await ann.send(channel, attachments=[(f"{n}.jpg", sight.image.jpeg)])
        await bob.slash(channel, "join")
        app.source._views.clear()  # as after a restart: nothing is known of the messages
        http = app.client.http
        slow = (
            patch.object(http, "get_from_cdn", late(http.get_from_cdn, latency_s, [])),
            patch.object(http, "request", late(http.request, latency_s, [])),
            *(
                patch.object(AsyncWebhookAdapter, name, late(getattr(AsyncWebhookAdapter, name), latency_s, said))
                for name in ANSWERS
            ),
        )
        with ExitStack() as stack:
            for one in slow:
                stack.enter_context(one)
            began = time.perf_counter()
            card = await bob.slash(channel, "rate")
            first, presses = said[-1] - began, []
            for n in range(CARDS):
                began = time.perf_counter()
                await bob.click(card.response, label=EMOTIONS[n % len(EMOTIONS)])
                presses.append(said[-1] - began)
        assert "Thank you for 12 pictures" in text_of(card)
        labels = await app.storage.labels.labels(ProfileKey(bob.id, app.default_label_set.id))
    return first, presses, len(labels)


def main() -> None:
    """Measure once, and say it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=int, default=200, help="milliseconds of each request")
    latency_ms = parser.parse_args().latency
    with tempfile.TemporaryDirectory() as folder:
        first, presses, labels = asyncio.run(measured(latency_ms / 1000, Path(folder)))
    ordered = sorted(presses)
    print(f"{latency_ms} ms a request: {labels} labels; first card after {1000 * first:.0f} ms")
    print(f"a press: median {1000 * ordered[len(ordered) // 2]:.0f}, longest {1000 * ordered[-1]:.0f} ms")
    used = first + sum(presses)
    print(f"all twelve: {used:.1f} s of waiting, {(60 - used) / CARDS:.1f} s to look at each within a minute")


if __name__ == "__main__":
    main()
