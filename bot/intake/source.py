"""What Discord shows: a message by REST, a picture by download and decoding, when a fact may really count.

A picture in memory is large and a wish for one is small, so pictures are fetched by turns: few at once, and
who waits has nothing downloaded yet. What we cannot decode is asked of Discord's own proxy as a JPEG.

What an event has shown needs no request, and what is known to hold no picture, or may not be read, is not asked
for again: most reactions in a busy channel are to chat.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit

import discord

from bot.intake.fetch import download
from bot.intake.patience import patiently
from bot.intake.shown_pictures import view_of
from core.collecting.policy import MessageView, Picture
from core.decoding.kinds import readable
from core.decoding.turns import TooMuchWaiting, Turns
from core.vocabulary.errors import ImageError, ImageProblem
from core.vocabulary.images import MAX_INPUT_BYTES, MAX_SIDE, Image

_AT_ONCE, _EACH = 8, 2
_ROOM = 4 * MAX_INPUT_BYTES

_REMEMBERED = 5_000
_FRESH_S = 6 * 60 * 60.0
"""The addresses of files are signed, and hold for about a day."""

_CLOSED_S = 15 * 60.0
"""How long a channel that may not be read is left alone, unless its rights change."""


class Normaliser(Protocol):
    """Decodes strangers' bytes somewhere safe; `core.decoding.workers` is the real one."""

    async def normalise(self, data: bytes, side: int = MAX_SIDE, owner: int | None = None) -> Image:
        """The normalised image; owners are served in turn. Raises ImageError."""
        ...


class MessageSource:
    """Discord seen through whichever client is logged in."""

    def __init__(self, client: Callable[[], discord.Client], images: Normaliser) -> None:
        self._client, self._images = client, images
        self._turns = Turns(_AT_ONCE, room=_ROOM, each=_EACH)
        self._views: OrderedDict[int, tuple[float, MessageView | None]] = OrderedDict()
        self._in_vain: dict[int, None] = {}
        self._closed: dict[int, float] = {}

    def shown(self, message_id: int, view: MessageView | None) -> bool:
        """An event has shown what a message holds; None: it is gone.

        Whether it shows a picture now, and did not when it was asked about: a link's preview comes late.
        """
        self._views[message_id] = (time.monotonic(), view)
        self._views.move_to_end(message_id)
        while len(self._views) > _REMEMBERED:
            self._views.popitem(last=False)
        if view is None or not view.pictures:
            return False
        return self._in_vain.pop(message_id, self) is None

    def differs(self, view: MessageView) -> bool:
        """Whether pictures that a message showed when it was last seen stand otherwise now; also where that is not
        known. To be asked before `shown`.
        """
        _, before = self._views.get(view.message_id, (0.0, None))
        return before is None or (bool(before.pictures) and _stand(before) != _stand(view))

    def shows_other(self, message_id: int, source: str | None) -> bool:
        """Whether a message was last seen without the picture that is stored of it, as what an edit took is not
        written at once, or with several: a reaction cannot say which one it means.
        """
        _, view = self._views.get(message_id, (0.0, None))
        several = view is not None and len(view.pictures) > 1
        return several or (source is not None and self.is_gone(message_id, source))

    def read(self, message: discord.Message) -> MessageView:
        """What a message shows that was read over REST; what an event told of it meanwhile is newer and stays."""
        view = view_of(message)
        if view.pictures and message.id not in self._views:
            self.shown(message.id, view)
        return view

    def is_gone(self, message_id: int, source: str) -> bool:
        """Whether a message, or a picture of it, is known to be there no longer."""
        if message_id not in self._views:
            return False
        _, view = self._views[message_id]
        if view is None:
            return True
        told = self._client().intents.message_content  # without that, no message shows a picture
        return told and source not in {picture.source for picture in view.pictures}

    def reopen(self) -> None:
        """Rights have changed somewhere: what could not be read may be readable."""
        self._closed.clear()

    async def message(self, server_id: int | None, channel_id: int, message_id: int) -> MessageView | None:
        """What a message shows; None where it is gone or out of reach (asking again would not help)."""
        view = await self._view(server_id, channel_id, message_id)
        if view is not None and not view.pictures:
            self._in_vain[message_id] = None
            if len(self._in_vain) > _REMEMBERED:
                del self._in_vain[next(iter(self._in_vain))]
        return view

    async def _view(self, server_id: int | None, channel_id: int, message_id: int) -> MessageView | None:
        now = time.monotonic()
        at, view = self._views.get(message_id, (0.0, None))
        if message_id in self._views and (now - at < _FRESH_S or view is None or not view.pictures):
            return view
        if now - self._closed.get(channel_id, -_CLOSED_S) < _CLOSED_S:
            return None
        try:
            view = await patiently(lambda: self._fetched(server_id, channel_id, message_id))
        except discord.Forbidden:
            self._closed[channel_id] = now
            return None
        except discord.NotFound:
            view = None
        self.shown(message_id, view)
        return view

    async def image(
        self, picture: Picture, owner: int, *, channel_id: int | None = None, patient: bool = False
    ) -> Image:
        """The picture, downloaded and normalised, when it is its owner's turn, in that channel.

        Raises ImageError; also where too many wait, unless `patient`: a label is not lost to that.
        """
        try:
            async with self._turns.place((owner, channel_id), picture.size or MAX_INPUT_BYTES, patient=patient):
                data = await patiently(lambda: download(self._client(), picture.url, picture.size))
                if picture.proxy is not None and not readable(data):
                    data = await self._as_jpeg(picture.proxy, data)
                return await self._images.normalise(data, owner=owner)
        except TooMuchWaiting:
            raise ImageError(ImageProblem.BUSY) from None

    async def _as_jpeg(self, proxy: str, data: bytes) -> bytes:
        """The picture as Discord's proxy shows it; as it is where that cannot either."""
        parts = urlsplit(proxy)
        query = [(name, value) for name, value in parse_qsl(parts.query) if name != "format"]
        url = parts._replace(query=urlencode([*query, ("format", "jpeg")])).geturl()
        try:
            return await patiently(lambda: download(self._client(), url))
        except ImageError:
            return data

    async def _fetched(self, server_id: int | None, channel_id: int, message_id: int) -> MessageView:
        client = self._client()
        channel: object = client.get_channel(channel_id)
        if channel is None and server_id is not None:
            channel = await client.fetch_channel(channel_id)
        if not isinstance(channel, discord.abc.Messageable):
            channel = client.get_partial_messageable(channel_id, guild_id=server_id)
        return view_of(await channel.fetch_message(message_id))


def _stand(view: MessageView) -> list[tuple[str, bool]]:
    return [(picture.source, picture.spoiler) for picture in view.pictures]
