"""How every command begins: settings with logs as they say, imports in one go, one event loop; and how one that
stays ends.
"""

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
from bot.words.problems import sentence
from core.vocabulary.errors import FeelprintError

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
def ending_in_the_log(settings: Settings) -> Iterator[None]:
    """Why a process ends that was to stay is a line of its log: masked, and for machines like every other.

    A person reads of what was foreseen as after any other command (`bot.operations.cli.main`).
    """
    try:
        yield
    except FeelprintError as error:
        if not settings.log_json:
            raise
        log.error("ended", why=sentence(error), exit_code=error.exit_code)  # noqa: TRY400 - it was foreseen
        raise typer.Exit(error.exit_code) from error
    except Exception as error:
        log.exception("ended", exit_code=1)
        raise typer.Exit(1) from error


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
