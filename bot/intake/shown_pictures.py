"""What a message shows, as a plain view.

Pictures are uploads, and links straight to a picture, which Discord proxies; stickers, avatars and the
cards of websites are not. Kinds that we cannot decode still count as pictures, so that a reaction to
one of two never passes for a reaction to the other.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath

import discord

from core.collecting.policy import MessageView, Picture

_SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".heic", ".heif", ".bmp", ".tif", ".tiff"}
)


def view_of(message: discord.Message) -> MessageView:
    """A message's view; a forwarded message shows what it forwards."""
    channel = message.channel
    return MessageView(
        message_id=message.id,
        channel_id=channel.id,
        server_id=message.guild.id if message.guild else None,
        posted_at=int(message.created_at.timestamp() * 1000),
        pictures=tuple(pictures_of(message)),
        nsfw=is_age_restricted(channel),
    )


def pictures_of(message: discord.Message) -> Iterator[Picture]:
    """The pictures of a message, in order."""
    parts: tuple[discord.Message | discord.MessageSnapshot, ...] = (message, *message.message_snapshots)
    for part in parts:
        for attachment in part.attachments:
            if is_picture(attachment):
                yield picture_of(attachment)
        hidden = "||" in part.content
        for embed in part.embeds:
            if embed.type == "image" and embed.thumbnail.proxy_url:
                yield Picture(embed.thumbnail.proxy_url, None, hidden)


def picture_of(upload: discord.Attachment) -> Picture:
    """An upload that is a picture, in a message or given with a command."""
    return Picture(upload.url, upload.size, upload.is_spoiler())


def is_picture(attachment: discord.Attachment) -> bool:
    """Whether an upload is a picture, by what Discord says of it or, failing that, by its name."""
    if attachment.content_type:
        return attachment.content_type.startswith("image/") and "svg" not in attachment.content_type
    return PurePosixPath(attachment.filename.lower()).suffix in _SUFFIXES


def is_age_restricted(channel: object) -> bool:
    """Whether a channel (or the channel that a thread belongs to) is age-restricted; unknown kinds are not."""
    check = getattr(channel, "is_nsfw", None)
    return bool(check()) if check is not None else False
