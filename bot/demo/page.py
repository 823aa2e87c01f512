"""The browser page on which a visitor goes on, as somebody new, as one of the members or as the admin.

New pictures nobody has reacted to are posted first, and the bot puts its emojis under them, because a
visitor can press an emoji that is there but add none. With those of the story sixty can be rated.
The invitation comes last, so that what is answered comes up below it. The page shows by itself what is learned.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from simcord.backend.errors import SetupError
from simcord.preview import Preview

from bot.app import App
from bot.demo.pictures import draw_many
from bot.demo.shop import ShopServer
from bot.demo.story import Story, shows
from bot.demo.world import World, invite, post, set_up
from core.ports import RunReport
from core.vocabulary.emotions import MIKELS

FRESH = 12
_REFRESH_S = 0.5


async def serve(app: App, world: World, story: Story, *, report: str, port: int | None, seed: int) -> None:
    """Serve the page until Ctrl-C or until the visitor ends it."""
    await _freshen(app, world, seed)
    stop = asyncio.Event()
    changed = asyncio.Event()

    async def learned(_: RunReport) -> None:
        changed.set()

    app.listeners.append(learned)
    viewers = [world.visitor, *world.members.values(), world.admin]
    page = world.env.preview(
        world.welcome, viewers=viewers, layout="channel", timezone=_zone(), assets=world.avatars
    )
    page._server = ShopServer(page, port or 0)
    with _until_interrupted(stop):
        async with page:
            story.closing(report, page.url)
            keeper = asyncio.create_task(_keep_fresh(page, changed))
            ended = asyncio.create_task(page.wait_closed())
            stopped = asyncio.create_task(stop.wait())
            await asyncio.wait((ended, stopped, keeper), return_when=asyncio.FIRST_COMPLETED)
            for task in (ended, stopped, keeper):
                task.cancel()
            await asyncio.gather(ended, stopped, keeper, return_exceptions=True)
    story.say("Good-bye.")


async def _freshen(app: App, world: World, seed: int) -> None:
    """Open a second channel with new pictures, and wait until the emojis are under them."""
    setup = await set_up(world, world.channel, world.welcome, at=world.welcome)
    for turn, picture in enumerate(await asyncio.to_thread(draw_many, FRESH, seed + 1_000_003)):
        await post(world, world.welcome, picture.png, turn, shows(picture.scene))
        image = await app.images.normalise(picture.png)
        await app.asker.generic(image, MIKELS)  # its caption is what a card says to who cannot see it
    await app.seeder.drained()
    await invite(world, setup, world.welcome)


async def _keep_fresh(page: Preview, changed: asyncio.Event) -> None:
    """Show what happened in the background; a visitor's own action in between is waited for."""
    while True:
        await changed.wait()
        changed.clear()
        await asyncio.sleep(_REFRESH_S)
        try:
            await page.refresh()
        except SetupError:
            changed.set()
        except TimeoutError:
            continue


@contextlib.contextmanager
def _until_interrupted(stop: asyncio.Event) -> Iterator[None]:
    """Ctrl-C sets `stop` instead of ending the program."""
    loop, signals = asyncio.get_running_loop(), (signal.SIGINT, signal.SIGTERM)
    for one in signals:
        loop.add_signal_handler(one, stop.set)
    try:
        yield
    finally:
        for one in signals:
            loop.remove_signal_handler(one)


def _zone() -> str:
    """Where this machine is, and whoever looks at its page: the name of its time zone."""
    name = os.environ.get("TZ", "") or str(Path("/etc/localtime").resolve()).partition("zoneinfo/")[2]
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return "UTC"
