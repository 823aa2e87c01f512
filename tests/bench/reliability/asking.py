"""People who use commands, towards the Discord that listens on sockets: what they send, and what they see."""

import asyncio
import time
from typing import Any

from simcord.components import walk_components
from simcord.interactions import base_payload

from tests.bench.reliability.discord_server import DiscordServer
from tests.journeys.conftest import picture

COMMAND, CHAT_INPUT, ATTACHMENT = 2, 1, 11


class Asked:
    """One command that somebody used at a time (monotonic)."""

    def __init__(self, server: DiscordServer, record: Any) -> None:
        self._server, self._backend, self._record = server, server.backend, record
        self.at = time.monotonic()

    @property
    def acknowledged_after(self) -> float | None:
        """Seconds until Discord was told that the bot had heard it; None while it was not."""
        at = self._server.acknowledged.get(self._record.token)
        return None if at is None else at - self.at

    @property
    def acknowledged(self) -> bool:
        """Whether Discord was told of it."""
        return bool(self._record.responded)

    @property
    def said(self) -> str:
        """What stands there now; nothing while the bot thinks."""
        if self._record.loading or self._record.message_id is None:
            return ""
        message = self._backend.get_message(self._record.channel_id, self._record.message_id)
        cards = [c["content"] for c in walk_components(message.components) if isinstance(c.get("content"), str)]
        return "\n".join([message.content, *cards]).strip()


def ask(
    server: DiscordServer,
    where: tuple[int, int],
    user: int,
    name: str,
    shade: int | None = None,
    *,
    image: bytes | None = None,
) -> Asked:
    """Somebody uses a command, with a picture of some shade of their own where one is given, or with `image`."""
    backend: Any = server.backend
    guild, channel = where
    data: dict[str, Any] = {"id": "1", "name": name, "type": CHAT_INPUT, "options": []}
    if shade is not None:
        image = image or picture(shade % 256, shade // 256 % 256, shade // 65536 % 256)
        (stored,) = backend.store_attachments(channel, [("a.png", image)])
        data["options"] = [{"name": "image", "type": ATTACHMENT, "value": str(stored["id"])}]
        data["resolved"] = {"attachments": {str(stored["id"]): stored}}
    given = {"type": COMMAND, "channel_id": channel, "guild_id": guild, "user_id": user, "data": data}
    record, payload = base_payload(backend, **given)
    asked = Asked(server, record)
    backend.emit("INTERACTION_CREATE", payload)
    return asked


async def until(true: Any, seconds: float, every: float = 0.005) -> bool:
    """Wait until something is so; whether it was in time."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        await asyncio.sleep(every)
    return True
