"""The demo's Discord: simcord with the corrections that it needs, a server, and people in it.

simcord 3.2.1 polls every 50 ms while it waits for the bot; here every 2 ms, which is most of the demo's time.
"""

import io
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import discord
from PIL import Image, ImageDraw
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.components import walk_components
from simcord.env import Env
from simcord.results import InteractionResult

from bot.app import App
from bot.demo.people import PEOPLE

VISITOR = "You"
_CDN = "https://cdn.discordapp.com/avatars"


class QuickEnv(Env):
    """A simulated Discord that looks more often whether the bot is done."""

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
    """A server with one channel for pictures: its admin, the members by name, and the visitor, who has not
    joined yet. `avatars` are pictures by their address, for the browser page.
    """

    env: Env
    channel: ChannelHandle
    admin: MemberActor
    members: dict[str, MemberActor]
    visitor: MemberActor
    avatars: dict[str, tuple[str, bytes]]


@asynccontextmanager
async def open_world(app: App) -> AsyncIterator[World]:
    """Log the bot in to a fresh Discord. Whatever went wrong inside the bot is raised on leaving."""
    app.start()
    env = QuickEnv(app.client, shard_count=1, settle_timeout=60.0)
    await env.start()
    try:
        yield _built(env)
    finally:
        await env.shutdown()
    env.raise_errors()


def _built(env: Env) -> World:
    owner = env.create_user("ada", global_name="Ada")
    guild = env.create_guild("The Picture Room", owner=owner)
    channel = guild.create_text_channel("pictures", topic="Post a picture. React as you feel.")
    avatars: dict[str, tuple[str, bytes]] = {}

    def member(name: str, colour: str) -> MemberActor:
        code = f"{random.Random(name).getrandbits(128):032x}"  # noqa: S311 - a made-up content hash
        user = env.create_user(name.lower(), global_name=name, avatar=code)
        avatars[f"{_CDN}/{user.id}/{code}.png"] = (f"{name.lower()}.png", _avatar(colour))
        role = guild.create_role(name, color=int(colour[1:], 16))
        return guild.add_member(user, roles=[role])

    members = {person.name: member(person.name, person.colour) for person in PEOPLE}
    visitor = member(VISITOR, "#8d99ae")
    return World(env, channel, MemberActor(env, guild, owner), members, visitor, avatars)


def _avatar(colour: str) -> bytes:
    """Two shapes in one colour: a person, seen from far away."""
    tone = tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))
    light = tuple((v + 2 * 255) // 3 for v in tone)
    image = Image.new("RGB", (256, 256), tone)
    draw = ImageDraw.Draw(image)
    draw.ellipse((84, 56, 172, 144), fill=light)
    draw.ellipse((44, 158, 212, 340), fill=light)
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
