"""`feelprint doctor`: is everything as it must be, and if not, what is wrong and how to mend it.

Each check looks at the real thing: the database is opened, Discord and the model are asked. The exit
code is that of the first failure.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import discord

from bot.host.model import model_settings
from bot.host.settings import Settings, load_settings
from bot.operations.running import LOGIN_REFUSED, NO_CONTENT, UNREACHABLE, may_see_content
from core.asking.probe import probe
from core.offline.server import OfflineServer
from core.vocabulary.clock import SystemClock
from core.vocabulary.errors import DiscordRefused, FeelprintError, ModelError, StorageError
from storage import open_storage


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one thing. `exit_code` is 0 where it is well; `warning`: it works, but less."""

    what: str
    sentence: str
    exit_code: int = 0
    warning: bool = False


async def examine(env_file: Path | None = Path(".env")) -> AsyncIterator[Finding]:
    """Every finding, as soon as it is known. Settings that cannot be read end the examination."""
    try:
        settings = load_settings(env_file)
    except FeelprintError as error:
        yield Finding("settings", str(error), error.exit_code)
        return
    yield Finding("settings", "All settings can be read.")
    checks: dict[str, Callable[[Settings], Awaitable[Finding]]] = {
        "database": _database,
        "Discord": _discord,
        "model": _model,
    }
    for what, check in checks.items():
        try:
            yield await check(settings)
        except FeelprintError as error:
            yield Finding(what, str(error), error.exit_code)


async def _database(settings: Settings) -> Finding:
    clock = SystemClock()
    try:
        async with open_storage(settings.database, clock=clock) as storage:
            shown = storage.address.shown
            return Finding("database", f"{shown} is there, up to date, and can be written.")
    except StorageError as refused:
        try:
            async with open_storage(settings.database, clock=clock, read_only=True) as storage:
                shown = storage.address.shown
        except StorageError:
            raise refused from None
        return Finding("database", f"{shown} is up to date. To write: {refused}", warning=True)


async def _discord(settings: Settings) -> Finding:
    if settings.discord_token is None:
        note = "There is no DISCORD_TOKEN: `feelprint demo` works, `feelprint run` does not."
        return Finding("Discord", note, warning=True)
    client = discord.Client(intents=discord.Intents.none())
    try:
        await client.login(settings.discord_token.get_secret_value())
        info = await client.application_info()
        allowed = await may_see_content(client)
    except discord.LoginFailure as error:
        raise DiscordRefused(LOGIN_REFUSED) from error
    except (aiohttp.ClientError, discord.HTTPException, OSError) as error:
        raise FeelprintError(UNREACHABLE) from error
    finally:
        await client.close()
    if settings.message_content and not allowed:
        return Finding("Discord", NO_CONTENT, warning=True)
    return Finding("Discord", f"The token belongs to {info.name}, and its intents are right.")


async def _model(settings: Settings) -> Finding:
    if settings.offline:
        async with OfflineServer() as server:
            result = await probe(model_settings(settings, server.base_url))
        if not result.ok:
            raise ModelError(result.problem)
        return Finding("model", "There is no key: the small offline model answers, and it sees.", warning=True)
    result = await probe(model_settings(settings))
    if not result.ok:
        raise ModelError(result.problem)
    notes = " ".join(["", *result.notes])
    return Finding("model", f"{settings.model} sees pictures and answers in the form that is needed.{notes}")
