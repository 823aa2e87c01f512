"""What a message shows, as a plain view.

Pictures are uploads, and links straight to a picture, which Discord proxies; stickers, avatars and the
cards of websites are not. Kinds that we cannot decode still count as pictures, so that a reaction to
one of two never passes for a reaction to the other.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath

import discord

from core.collecting.policy import MessageView, Picture

_JPEGS = (".jpg", ".jpeg", ".jpe", ".jif", ".jfif", ".pjpeg", ".pjp")
_FROM_PHONES = (".avif", ".avifs", ".heic", ".heif", ".heics", ".heifs", ".hif", ".jxl")
_OTHERS = (".png", ".apng", ".gif", ".webp", ".jp2", ".bmp", ".tif", ".tiff")
_SUFFIXES = frozenset((*_JPEGS, *_FROM_PHONES, *_OTHERS))
_UNTOLD = frozenset(("", "application/octet-stream", "binary/octet-stream"))
"""What Discord says of an upload when it does not know what it is."""


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
                yield Picture(embed.thumbnail.proxy_url, None, hidden, embed.thumbnail.proxy_url)


def picture_of(upload: discord.Attachment) -> Picture:
    """An upload that is a picture, in a message or given with a command."""
    return Picture(upload.url, upload.size, upload.is_spoiler(), upload.proxy_url)


def is_picture(upload: discord.Attachment) -> bool:
    """Whether an upload is a picture, by what Discord says of it or, failing that, by its name."""
    kind = (upload.content_type or "").partition(";")[0].strip().lower()
    if kind in _UNTOLD:
        return PurePosixPath(upload.filename.strip().lower()).suffix in _SUFFIXES
    return kind.startswith("image/") and "svg" not in kind


def is_age_restricted(channel: object) -> bool:
    """Whether a channel (or the channel that a thread belongs to) is age-restricted; unknown kinds are not."""
    check = getattr(channel, "is_nsfw", None)
    return bool(check()) if check is not None else False
