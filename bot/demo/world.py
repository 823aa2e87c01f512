"""The demo's Discord: simcord with the corrections that it needs, a server, and people in it.

simcord 3.2.1 polls every 50 ms while it waits for the bot; here every 2 ms, which was most of the demo's time.
"""

import hashlib
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
from PIL import Image, ImageDraw
from simcord._clock import Clock
from simcord.actors import MemberActor
from simcord.backend.cdn import CDN_BASE
from simcord.builders import ChannelHandle
from simcord.components import walk_components
from simcord.env import Env
from simcord.results import InteractionResult, ResponseMessage

from bot.app import App
from bot.demo.people import PEOPLE
from bot.demo.settling import look_by_name
from bot.errors import DemoError, DemoProblem
from core.vocabulary.clock import Clock as BotClock

BOT, VISITOR, ADMIN = "Feelprint", "You", "Ada (admin)"


class SameClock(Clock):
    """The bot's own time, so that what is shown was said when it was said."""

    def __init__(self, clock: BotClock) -> None:
        super().__init__()
        self._clock = clock

    def now(self) -> datetime:
        """Now, and what the simulation has skipped."""
        return datetime.fromtimestamp(self._clock.now_ms() / 1000, UTC) + timedelta(seconds=self.elapsed)


class QuickEnv(Env):
    """A simulated Discord that looks more often whether the bot is done, and knows its name."""

    def __init__(self, bot: discord.Client) -> None:
        super().__init__(bot, shard_count=1, settle_timeout=60.0)
        self.backend.bot_user.name = BOT
        self.backend.bot_user.avatar = _code(BOT)

    async def _settle_internal(
        self,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - simcord's own signature
        idle: float = 0.002,
        dispatch: str | None = None,
        _deadline: float | None = None,
    ) -> None:
        await super()._settle_internal(timeout=timeout, idle=idle, dispatch=dispatch, _deadline=_deadline)


@dataclass(frozen=True, slots=True)
class World:
    """A server: the channel of the journey and the one to which the visitor comes, the admin, the members by
    name, and the visitor, who has not joined yet. `avatars` are pictures by their address, for the page.
    """

    env: Env
    channel: ChannelHandle
    welcome: ChannelHandle
    admin: MemberActor
    members: dict[str, MemberActor]
    visitor: MemberActor
    avatars: dict[str, tuple[str, bytes]]


@asynccontextmanager
async def open_world(app: App) -> AsyncIterator[World]:
    """Log the bot in to a fresh Discord. Whatever went wrong inside the bot is raised on leaving."""
    app.start()
    look_by_name()
    env = QuickEnv(app.client)
    await env.start()
    try:
        yield _built(env, app.clock)
    finally:
        await env.shutdown()
    env.raise_errors()


def _built(env: Env, clock: BotClock) -> World:
    owner = env.create_user("ada", global_name=ADMIN, avatar=_code(ADMIN))
    guild = env.create_guild("The Picture Room", owner=owner)
    channel = guild.create_text_channel("pictures", topic="Post a picture. React as you feel.")
    welcome = guild.create_text_channel("your-turn", topic="New pictures. What do you feel?")
    avatars: dict[str, tuple[str, bytes]] = {}

    def portrait(user_id: int, name: str, png: bytes) -> None:
        avatars[f"{CDN_BASE}/avatars/{user_id}/{_code(name)}.png"] = (f"{name.lower()}.png", png)

    def member(name: str, colour: str) -> MemberActor:
        user = env.create_user(name.lower(), global_name=name, avatar=_code(name))
        portrait(user.id, name, _avatar(colour))
        role = guild.create_role(name, color=int(colour[1:], 16))
        return guild.add_member(user, roles=[role])

    portrait(env.backend.bot_user.id, BOT, _print())
    portrait(owner.id, ADMIN, _avatar("#9c6644"))
    members = {person.name: member(person.name, person.colour) for person in PEOPLE}
    visitor = member(VISITOR, "#8d99ae")
    env.backend.clock = SameClock(clock)  # only now: who they are (their ids) is the same in every telling
    return World(env, channel, welcome, MemberActor(env, guild, owner), members, visitor, avatars)


def _code(name: str) -> str:
    """What Discord calls an avatar's hash."""
    return hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()


def _avatar(colour: str) -> bytes:
    """Two shapes in one colour: a person, seen from far away."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    light = ((red + 510) // 3, (green + 510) // 3, (blue + 510) // 3)
    image = Image.new("RGB", (256, 256), (red, green, blue))
    draw = ImageDraw.Draw(image)
    draw.ellipse((84, 56, 172, 144), fill=light)
    draw.ellipse((44, 158, 212, 340), fill=light)
    return _png(image)


def _print() -> bytes:
    """The bot's: a fingerprint of arcs."""
    image = Image.new("RGB", (256, 256), "#12343b")
    draw = ImageDraw.Draw(image)
    for ring, start in enumerate((150, 200, 165, 215, 180)):
        r = 22 + 19 * ring
        draw.arc((128 - r, 140 - r * 1.15, 128 + r, 140 + r * 1.15), start, start + 245, fill="#7fe0d0", width=9)
    return _png(image)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.reduce(2).save(out, "PNG")
    return out.getvalue()


def text_of(result: InteractionResult | discord.Message) -> str:
    """All that a person reads in an answer: its content and its cards, without the labels of buttons."""
    message: Any = result.response if isinstance(result, InteractionResult) else result
    if message is None:
        return ""
    roots = [part if isinstance(part, dict) else part.to_dict() for part in message.components]
    cards = [part["content"] for part in walk_components(roots) if isinstance(part.get("content"), str)]
    return "\n".join([message.content, *cards]).strip()


async def set_up(world: World, *chosen: ChannelHandle, at: ChannelHandle) -> ResponseMessage:
    """The admin chooses channels with /setup; the panel."""
    shown = await world.admin.slash(at, "setup")
    if shown.response is None:
        raise DemoError(DemoProblem.NO_SETUP)
    await world.admin.select(shown.response, chosen)
    return shown.response


async def invite(world: World, setup: ResponseMessage, channel: ChannelHandle) -> discord.Message:
    """The admin posts the invitation in a channel, by the panel that was opened there."""
    await world.admin.click(setup, label="Post the invitation here")
    panel = channel.last_message
    if panel is None:
        raise DemoError(DemoProblem.NO_INVITATION)
    return panel


async def post(world: World, channel: ChannelHandle, png: bytes, turn: int, alt: str) -> discord.Message:
    """One picture, posted by everybody in turn under a name that tells nothing.

    `alt` is for who looks at the page with a screen reader; the bot reads no such text.
    """
    poster = list(world.members.values())[turn % len(world.members)]
    message = await poster.send(channel, attachments=[(f"{hashlib.sha256(png).hexdigest()[:12]}.png", png)])
    world.env.backend.get_message(channel.id, message.id).attachments[0]["description"] = alt
    return message
