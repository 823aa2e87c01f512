"""The demo as a whole: the bot opened, a world around it, the journey, the report, and the page to go on."""

import tempfile
from pathlib import Path

from rich.console import Console

from bot.app import open_app
from bot.demo.figures import Figures
from bot.demo.journey import Journey
from bot.demo.page import serve
from bot.demo.report import write_report
from bot.demo.settings import settings_in
from bot.demo.story import Story
from bot.demo.world import open_world


async def run_demo(
    *, once: bool, seed: int, out: Path, port: int | None = None, console: Console | None = None
) -> Figures:
    """Play the journey, write the report into `out`, and, unless `once`, serve the page until it is ended.

    Raises FeelprintError.
    """
    story = Story(console)
    with tempfile.TemporaryDirectory(prefix="feelprint-") as folder:
        async with open_app(settings_in(Path(folder))) as app, open_world(app) as world:
            figures = await Journey(app, world, story, seed).play()
            report = await write_report(figures, out)
            if once:
                story.closing(str(report), None)
            else:
                await serve(app, world, story, report=str(report), port=port, seed=seed)
    return figures
