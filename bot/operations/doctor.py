"""`feelprint doctor`: is everything as it must be, and if not, what is wrong and how to mend it.

Each check looks at the real thing: the database is opened, Discord and the model are asked. The exit
code is that of the first failure.
"""

import asyncio
import io
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from pathlib import Path

import aiohttp
import discord
from aiohttp import web
from PIL import Image as Pillow

from bot.discord_ui.invitation import invitation
from bot.errors import DiscordAway, DiscordProblem, DiscordRefused, SettingsError, SettingsProblem
from bot.host.model import in_passing, model_settings, prices_of, reached
from bot.host.settings import DEFAULT_FILE, FORMER_CAUTION, Settings, load_settings, misspelt, renamed
from bot.operations.health import listening
from bot.operations.healthy import asked, is_told
from bot.operations.running import may_see_content, refusal_of
from bot.words import findings
from bot.words.problems import sentence
from core.asking.asker import ModelAsker
from core.asking.probe import probe
from core.asking.problems import problem_of
from core.decoding.normalise import QUALITY
from core.tuning.limits import SHOWN
from core.tuning.match import trusted
from core.tuning.session import Session, Stopped
from core.vocabulary.clock import SystemClock
from core.vocabulary.errors import FeelprintError, StorageProblem
from core.vocabulary.images import GLANCE_SIDE, Image
from core.vocabulary.reasons import Mode
from storage.looking import Schema, look
from storage.schema.preconditions import CONNECTIONS

CLOCK_S = 30.0
"""So far off a clock may be: Discord tells whole seconds, and an answer takes some."""

_ASK_S = 10.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one thing. `exit_code` is 0 where it is well; `warning`: it works, but less."""

    what: str
    sentence: str
    exit_code: int = 0
    warning: bool = False


async def examine(env_file: Path | None = DEFAULT_FILE) -> AsyncIterator[Finding]:
    """Every finding, as soon as it is known. Settings that cannot be read end the examination."""
    try:
        settings = load_settings(env_file)
    except FeelprintError as error:
        yield Finding(findings.settings(), sentence(error), error.exit_code)
        return
    yield _settings(env_file)
    checks: tuple[tuple[str, Callable[[Settings], Awaitable[Finding | None]]], ...] = (
        (findings.folder(), _folder),
        (findings.health(), _health),
        (findings.database(), _database),
        ("Discord", _discord),
        (findings.clock(), _clock),
        (findings.model(), _model),
        (findings.matching(), _matching),
        (findings.prices(), _prices),
    )
    matches = not settings.offline and settings.mode is Mode.RULES
    for what, check in checks:
        if check is _matching and not matches:
            continue
        try:
            if (finding := await check(settings)) is not None:
                yield finding
        except FeelprintError as error:
            matches = matches and check is not _model
            yield Finding(what, sentence(error), error.exit_code)


def _settings(env_file: Path | None) -> Finding:
    """They can be read; what may be meant otherwise."""
    said = [findings.renamed(FORMER_CAUTION)] if renamed(env_file) else []
    if near := misspelt(env_file):
        said.append(sentence(SettingsError(SettingsProblem.WRONG, wrong=near)))
    missing = "" if env_file is None or env_file.exists() else str(env_file.absolute())
    return Finding(findings.settings(), "\n".join(said) or findings.settings_read(missing), warning=bool(said))


async def _database(settings: Settings) -> Finding:
    """Only looked at: what would be written is rolled back, and nothing is made or migrated."""
    seen = await look(settings.database, SystemClock())
    said = _STANDS[seen.schema](seen.where)
    warned = seen.schema is Schema.OLDER
    if seen.writes is not None and seen.writes.reason is StorageProblem.IN_USE:
        said, warned = findings.database_in_use(seen.where), True
    elif seen.writes is not None:
        said, warned = findings.database_read_only(seen.where, sentence(seen.writes)), True
    elif seen.is_crowded:
        said, warned = f"{said} {findings.crowded(seen.room or 0, CONNECTIONS)}", True
    if seen.left:
        said, warned = f"{said} {findings.behind(seen.left, seen.channels)}", True
    return Finding(findings.database(), said, warning=warned)


_STANDS: Mapping[Schema, Callable[[str], str]] = {
    Schema.CURRENT: findings.database_well,
    Schema.OLDER: findings.database_older,
    Schema.NONE: findings.no_database,
}


async def _discord(settings: Settings) -> Finding:
    if settings.discord_token is None:
        return Finding("Discord", findings.no_token(), warning=True)
    client = discord.Client(intents=discord.Intents.none())
    try:
        await client.login(settings.discord_token.get_secret_value())
        info = await client.application_info()
        allowed = await may_see_content(client)
    except discord.LoginFailure as error:
        raise DiscordRefused(DiscordProblem.WRONG_TOKEN) from error
    except (aiohttp.ClientError, discord.HTTPException, OSError) as error:
        refused = refusal_of(error) if isinstance(error, discord.HTTPException) else None
        raise refused or DiscordAway() from error
    finally:
        await client.close()
    if settings.message_content and not allowed:
        return Finding("Discord", findings.token_without_content(invitation(info.id)), warning=True)
    return Finding("Discord", findings.token_of(info.name, invitation(info.id)))


async def _folder(settings: Settings) -> Finding | None:
    """Nothing to tell where the bot's notes can be kept."""
    folder = settings.state_dir.absolute()
    there = next(one for one in (folder, *folder.parents) if one.exists())
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        return None
    return Finding(findings.folder(), findings.no_notes(str(folder)), warning=True)


async def _health(settings: Settings) -> Finding | None:
    """Whether a bot tells its health where the settings say, or can. Raises SettingsError."""
    if settings.health is None:
        return None
    if await is_told(settings.health):
        well, said = await asked(settings.health)
        return Finding(findings.health(), said, warning=not well)
    async with listening(web.Application(), settings.health):
        return Finding(findings.health(), findings.health_free(settings.health))


async def _clock(settings: Settings) -> Finding | None:
    """Nothing to tell where it agrees with Discord's, or Discord does not say."""
    if settings.discord_token is None:
        return None
    timeout = aiohttp.ClientTimeout(total=_ASK_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"{discord.http.Route.BASE}/gateway") as got,
        ):
            there = parsedate_to_datetime(got.headers["Date"]).timestamp()
    except (aiohttp.ClientError, TimeoutError, OSError, LookupError, ValueError):
        return None
    off = SystemClock().now_ms() / 1000 - there
    return Finding(findings.clock(), findings.clock_off(off), warning=True) if abs(off) > CLOCK_S else None


def _photographs() -> list[Image]:
    """As many pictures as a writer is shown at most, each as large as a photograph, in pixels and in bytes."""
    out = io.BytesIO()
    side = (GLANCE_SIDE, GLANCE_SIDE)
    Pillow.effect_noise((96, 96), 40).resize(side).convert("RGB").save(out, "JPEG", quality=QUALITY)
    return [Image(f"{n:064x}", out.getvalue(), *side) for n in range(SHOWN)]


async def _prices(settings: Settings) -> Finding:
    if settings.offline:
        return Finding(findings.prices(), findings.nothing_to_pay())
    prices = prices_of(settings)
    for name, price in prices.items():
        if price is None:
            variable = "FEELPRINT_PRICE" if name == settings.model else "FEELPRINT_WRITER_PRICE"
            return Finding(findings.prices(), findings.price_unknown(name, variable), warning=True)
    known = {name: (price.prompt, price.completion) for name, price in prices.items() if price is not None}
    return Finding(findings.prices(), findings.prices_known(known))


async def _matching(settings: Settings) -> Finding:
    """Of a model that can see: whether a run would trust what it says of descriptions (docs/method.md#trust)."""
    name = settings.writer_model or settings.model
    asked = replace(model_settings(settings), model=name, writer_model=None)
    async with in_passing(asked) as way:
        try:
            well = await trusted(Session(asyncio.Semaphore(1)), ModelAsker(way))
        except Stopped as stopped:
            variable = "FEELPRINT_WRITER_MODEL" if settings.writer_model else "FEELPRINT_MODEL"
            raise problem_of(way.fault, asked, variable) from stopped
    said = findings.matches(name) if well else findings.does_not_match(name)
    return Finding(findings.matching(), said, warning=not well)


async def _model(settings: Settings) -> Finding:
    async with reached(settings) as model:
        largest = () if settings.offline else await asyncio.to_thread(_photographs)
        result = await probe(model, shown=largest)
    if result.problem is not None:
        raise result.problem
    if settings.offline:
        return Finding(findings.model(), findings.offline_model(), warning=True)
    return Finding(findings.model(), findings.model_sees(settings.model, result.adjusted))
