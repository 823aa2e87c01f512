"""How every command begins: settings with logs as they say, imports in one go, one event loop."""

import asyncio
import gc
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer

from bot.host.logs import set_up_logs
from bot.host.settings import FORMER_CAUTION, Settings, load_settings, misspelt, renamed
from bot.words import findings

log = structlog.get_logger(__name__)

EnvFile = Annotated[Path, typer.Option("--env-file", help="The file of settings.")]


def prepared(env_file: Path | None) -> Settings:
    """Settings, with logs set up as they say. Raises SettingsError."""
    settings = load_settings(env_file)
    set_up_logs(settings.log_level, json=settings.log_json, secrets=settings.secrets)
    if renamed(env_file):
        log.warning("setting.renamed", note=findings.renamed(FORMER_CAUTION))
    for one in misspelt(env_file):
        log.warning("setting.misspelt", name=one.name, meant=one.meant)
    return settings


def within(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine to its end."""
    return asyncio.run(work)


@contextmanager
def loading() -> Iterator[None]:
    """Import without the collector: what is loaded stays, and it would go through all of it again and again.

    That is a third of the time that `run` and `doctor` need to start.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
