"""`feelprint run`: connect to Discord, stay, and leave in order.

Discord resets the token of a bot that identifies a thousand times a day, so a start that follows a crash
waits; the time of the last start is noted on disk, and struck out when the bot leaves in order.
"""

import asyncio
import gc
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from functools import partial
from typing import Any

import aiohttp
import discord
import structlog

from bot.app import App
from bot.bootstrap import open_app, take_place
from bot.discord_ui.sending import passes, tried
from bot.errors import DiscordAway, DiscordProblem, DiscordRefused, SettingsError, SettingsProblem
from bot.host.settings import Settings
from bot.host.shards import Shards
from bot.host.state import StateFolder
from bot.operations.health import told_at
from bot.words import findings
from core.vocabulary.clock import Clock

BETWEEN_STARTS_MS = 90_000
PATIENCE_S, _FIRST_WAIT_S = 30.0, 0.5
"""How long a start tries again what may pass. Whoever supervises the process tries anew after that."""

_STARTED = "started"
_FATAL = {4004, 4010, 4011, 4012, 4013, 4014}
_CLOSED = {4004: DiscordProblem.WRONG_TOKEN, 4010: DiscordProblem.SHARDS, 4011: DiscordProblem.SHARDS}

log = structlog.get_logger(__name__)


async def run_bot(
    settings: Settings, *, tunes: bool = True, shards: Shards | None = None, follows: bool = False
) -> None:
    """Run until SIGTERM or SIGINT, or until another process `follows`, as this one may follow one.

    Raises SettingsError, StorageError, ModelError, DiscordRefused.
    """
    if settings.discord_token is None:
        raise SettingsError(SettingsProblem.NO_TOKEN)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    opened = asyncio.Event()
    opening = partial(open_app, settings, probe_first=True, tunes=tunes, shards=shards, follows=follows)
    running = asyncio.ensure_future(_run(opening, settings.discord_token.get_secret_value(), stop, opened))
    if not await _ended(running, stop) and not opened.is_set():
        log.info("stopping")
        running.cancel()  # the database may hang, and opening it is not waited for
    try:
        await running
    except asyncio.CancelledError:
        if not stop.is_set():
            raise


async def _run(
    opening: Callable[[], AbstractAsyncContextManager[App]], token: str, stop: asyncio.Event, opened: asyncio.Event
) -> None:
    async with opening() as app, AsyncExitStack() as telling:
        opened.set()
        settle()
        follows = app.handover.waits
        app.listen() if follows else app.start()
        await telling.enter_async_context(told_at(app, app.settings.health))
        turn = partial(wait_for_turn, app.state, app.clock, note=_note_of(app.shards, follows=follows))
        if not await until(stop, _either(connect(app, token, turn), _keep_place(app), _followed(app))):
            log.info("stopping")
    if not app.handover.followed.is_set():
        await asyncio.to_thread(app.state.write, _note_of(app.shards, follows=follows), "")


async def _keep_place(app: App) -> None:
    """Have the place, perhaps after another that ends; begin to work with it."""
    if app.handover.waits:
        place = take_place(app.storage, app.settings, app.shards, wait=True)

        def connected() -> bool:
            return app.client.is_ready()  # another client may take its place meanwhile

        await app.handover.follow(connected, place)
        app.start()
    await app.storage.keep_place()


async def _followed(app: App) -> None:
    await app.handover.followed.wait()


def _note_of(shards: Shards | None, *, follows: bool) -> str:
    """Where the start is noted: other processes may have the same folder, the one that is followed as well."""
    part = "" if shards is None else f" {shards.first}-{shards.last} of {shards.count}"
    return f"{_STARTED}{part}{' after another' * follows}"


async def _either(*works: Awaitable[None]) -> None:
    """Do some works together until one ends, and give up the others. Raises what that one raises."""
    tasks: list[asyncio.Future[None]] = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
    done.pop().result()


async def _ended(task: asyncio.Future[None], stop: asyncio.Event) -> bool:
    """Wait for a task or for the stop; whether the task is done."""
    stopped: asyncio.Future[bool] = asyncio.ensure_future(stop.wait())
    both: set[asyncio.Future[Any]] = {task, stopped}
    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    return task.done()


def settle() -> None:
    """Spare the collector what was loaded and stays: to go through it all halts the loop for 80 ms each time."""
    gc.collect()
    gc.freeze()


async def until(stop: asyncio.Event, work: Awaitable[None]) -> bool:
    """Do some work unless stopped before it ends; whether it ended by itself. Raises what the work raises."""
    task = asyncio.ensure_future(work)
    if not await _ended(task, stop):
        return False
    task.result()
    return True


async def wait_for_turn(
    state: StateFolder,
    clock: Clock,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    *,
    note: str = _STARTED,
) -> None:
    """Wait until a crashed start is 90 seconds past, then note this one."""
    noted = await asyncio.to_thread(state.read, note)
    since = clock.now_ms() - int(noted) if noted.isdecimal() else BETWEEN_STARTS_MS
    if 0 <= since < BETWEEN_STARTS_MS:
        seconds = (BETWEEN_STARTS_MS - since) / 1000
        log.warning("start.waiting", seconds=round(seconds), why="the last start did not end in order")
        await sleep(seconds)
    await asyncio.to_thread(state.write, note, str(clock.now_ms()))


async def connect(app: App, token: str, turn: Callable[[], Awaitable[None]]) -> None:
    """Log in, wait for the turn, and stay connected; without the privileged intent where it is not granted.

    Whatever may pass is tried again for half a minute. Raises DiscordRefused, DiscordAway.
    """
    try:
        await tried(partial(_log_in, app, token), PATIENCE_S)
        await turn()
        try:
            await _stay(app)
        except discord.PrivilegedIntentsRequired:
            await _without_message_content(app, token)
            await _stay(app)
    except discord.LoginFailure as error:
        raise DiscordRefused(DiscordProblem.WRONG_TOKEN) from error
    except discord.ConnectionClosed as error:
        if error.code in _FATAL:
            raise DiscordRefused(_CLOSED.get(error.code, DiscordProblem.CLOSED), code=error.code) from error
        raise DiscordAway from error
    except discord.HTTPException as error:
        if (refused := refusal_of(error)) is not None:
            raise refused from error
        if not passes(error):
            raise
        raise DiscordAway from error
    except (aiohttp.ClientError, discord.GatewayNotFound, OSError) as error:
        raise DiscordAway from error


def refusal_of(error: discord.HTTPException) -> DiscordRefused | None:
    """What Discord refuses to this bot as such; None of an error that says nothing of the bot."""
    if error.status not in (401, 403):
        return None
    problem = DiscordProblem.WRONG_TOKEN if error.status == 401 else DiscordProblem.FORBIDDEN
    return DiscordRefused(problem, code=error.code)


async def may_see_content(client: discord.Client) -> bool:
    """Whether the developer portal grants the Message Content intent; asking spares a refused connection."""
    flags = (await client.application_info()).flags
    return flags.gateway_message_content or flags.gateway_message_content_limited


async def _log_in(app: App, token: str) -> None:
    """Log in, announce the commands, ask what is granted; a client that did not come so far before is replaced."""
    if app.client.is_closed():
        app.renew_client(message_content=app.client.intents.message_content)
    try:
        await app.client.login(token)
        granted = not app.client.intents.message_content or await may_see_content(app.client)
    except Exception as error:
        if passes(error):
            log.warning("discord.away", why=type(error).__name__)
            await app.client.close()
        raise
    if not granted:
        await _without_message_content(app, token)


async def _stay(app: App) -> None:
    """Connect and stay so; only the first request of it fails for good with discord.py. Raises what that does."""
    until, wait = time.monotonic() + PATIENCE_S, _FIRST_WAIT_S
    while True:
        try:
            return await app.client.connect()
        except (discord.GatewayNotFound, aiohttp.ClientError, OSError) as error:
            cause = error.__cause__ if isinstance(error, discord.GatewayNotFound) else error
            if cause is None or not passes(cause) or time.monotonic() + wait >= until:
                raise cause or error from None
        log.warning("discord.away", why="gateway")
        await asyncio.sleep(wait)
        wait *= 2


async def _without_message_content(app: App, token: str) -> None:
    log.warning("discord.no_message_content", note=findings.no_message_content())
    await app.client.close()
    app.renew_client(message_content=False)
    await tried(lambda: app.client.login(token), PATIENCE_S)
