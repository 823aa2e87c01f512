"""The demo as a whole: the bot opened, a world around it, the journey, the report, and the page to go on."""

import socket
import tempfile
from pathlib import Path

from rich.console import Console

from bot.bootstrap import open_app
from bot.demo.clock import StoryClock
from bot.demo.figures import LEARNT, UNSEEN, Figures
from bot.demo.journey import Journey
from bot.demo.page import serve
from bot.demo.report import write_report
from bot.demo.settings import settings_in
from bot.demo.story import Story
from bot.demo.world import open_world
from bot.errors import DemoError, DemoProblem


async def run_demo(
    *,
    once: bool,
    seed: int,
    out: Path,
    port: int | None = None,
    console: Console | None = None,
    learnt: int = LEARNT,
    unseen: int = UNSEEN,
) -> Figures:
    """Play the journey, write the report into `out`, and, unless `once`, serve the page until it is ended.

    Raises FeelprintError; what cannot work at the end is found at the beginning.
    """
    _usable(out)
    if not once and port:
        _free(port)
    story, clock = Story(console), StoryClock()
    with tempfile.TemporaryDirectory(prefix="feelprint-") as folder:
        async with open_app(settings_in(Path(folder)), clock=clock) as app, open_world(app) as world:
            figures = await Journey(app, world, story, clock, seed, learnt=learnt, unseen=unseen).play()
            report = await write_report(figures, out)
            if once:
                story.closing(str(report), None)
            else:
                await serve(app, world, story, report=str(report), port=port, seed=seed)
    return figures


def _usable(out: Path) -> None:
    """Raises DemoError where no report can be written."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        why = (error.strerror or "").lower()
        raise DemoError(DemoProblem.NO_REPORT, path=str(out), why=why) from error


def _free(port: int) -> None:
    """Raises DemoError where something listens already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise DemoError(DemoProblem.PORT, port=port) from error
