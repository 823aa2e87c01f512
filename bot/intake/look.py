"""Looking: a message by REST, a picture by download and decoding, when a fact may really count."""

from collections.abc import Callable
from typing import Protocol

import discord

from bot.intake.fetch import download
from bot.intake.shown_pictures import view_of
from core.collecting.policy import MessageView, Picture
from core.vocabulary.images import Image


class Normaliser(Protocol):
    """Decodes strangers' bytes somewhere safe; `core.decoding.workers` is the real one."""

    async def normalise(self, data: bytes) -> Image:
        """The normalised image. Raises ImageError."""
        ...


class Look:
    """Discord seen through whichever client is logged in."""

    def __init__(self, client: Callable[[], discord.Client], images: Normaliser) -> None:
        self._client, self._images = client, images

    async def message(self, server_id: int | None, channel_id: int, message_id: int) -> MessageView | None:
        """What a message shows; None where it is gone or out of reach (asking again would not help)."""
        client = self._client()
        try:
            channel: object = client.get_channel(channel_id)
            if channel is None and server_id is not None:
                channel = await client.fetch_channel(channel_id)
            if not isinstance(channel, discord.abc.Messageable):
                channel = client.get_partial_messageable(channel_id, guild_id=server_id)
            return view_of(await channel.fetch_message(message_id))
        except (discord.NotFound, discord.Forbidden):
            return None

    async def image(self, picture: Picture) -> Image:
        """The picture, downloaded and normalised. Raises ImageError."""
        return await self._images.normalise(await download(self._client(), picture.url, picture.size))
