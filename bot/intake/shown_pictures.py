"""What a message shows, as a plain view.

Pictures are uploads, wherever Discord puts them: attached, in an embed, in the galleries, thumbnails and
files of component messages, in what is forwarded; and links straight to a picture, which Discord proxies.
Stickers, avatars and the cards of websites are not, nor is that of a game's question: a reaction there may be a
guess. Kinds that we cannot decode still count as pictures, so
that a reaction to one of two never passes for a reaction to the other.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import discord

from core.collecting.policy import MessageView, Picture

_JPEGS = (".jpg", ".jpeg", ".jpe", ".jif", ".jfif", ".pjpeg", ".pjp")
_FROM_PHONES = (".avif", ".avifs", ".heic", ".heif", ".heics", ".heifs", ".hif", ".jxl")
_OTHERS = (".png", ".apng", ".gif", ".webp", ".jp2", ".bmp", ".tif", ".tiff")
_SUFFIXES = frozenset((*_JPEGS, *_FROM_PHONES, *_OTHERS))
_UPLOAD = re.compile(r"^/(?:ephemeral-)?attachments/\d{15,}/\d{15,}/")
"""Channel and file. Of which host does not matter here: only Discord's are ever downloaded from."""

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
        parent_id=channel.parent_id if isinstance(channel, discord.Thread) else None,
        author_id=message.author.id,
    )


def pictures_of(message: discord.Message) -> Iterator[Picture]:
    """The pictures of a message, in order, each once however often it is shown."""
    if game_asked_in(message) is not None:
        return
    parts: tuple[discord.Message | discord.MessageSnapshot, ...] = (message, *message.message_snapshots)
    seen: set[str] = set()
    for part in parts:
        for picture in _shown_in(part):
            address = picture.url.partition("?")[0]  # behind it stands a signature
            if address not in seen:
                seen.add(address)
                yield picture


GAME = re.compile(r"fp-g(?P<n>\d*):(?P<week>\d+)")
"""How a guess at the question of a week is known by Discord."""


def game_asked_in(message: discord.Message) -> int | None:
    """The week of the game whose question a message asks."""
    found = (GAME.fullmatch(custom_id) for part in message.components for custom_id in _pressed(part))
    return next((int(match["week"]) for match in found if match), None)


def _pressed(component: discord.Component) -> Iterator[str]:
    """What can be pressed or chosen from in a component, by its custom id."""
    match component:
        case discord.Container() | discord.ActionRow():
            for child in component.children:
                yield from _pressed(child)
        case discord.Button() | discord.SelectMenu():
            yield component.custom_id or ""


def _shown_in(part: discord.Message | discord.MessageSnapshot) -> Iterator[Picture]:
    for attachment in part.attachments:
        if is_picture(attachment):
            yield picture_of(attachment)
    hidden = "||" in part.content
    for embed in part.embeds:
        if embed.type == "image":
            if proxy := embed.thumbnail.proxy_url:
                yield Picture(proxy, None, hidden, proxy)
            continue
        for shown in (embed.image, embed.thumbnail):
            if shown.url and is_upload(shown.url):
                yield Picture(shown.url, None, _named_spoiler(shown.url), shown.proxy_url)
    for component in part.components:
        yield from _shown_by(component, hidden=False)


def _shown_by(component: discord.Component, *, hidden: bool) -> Iterator[Picture]:
    """What a component and those within it show; a container may hide all that is in it."""
    match component:
        case discord.Container():
            for child in component.children:
                yield from _shown_by(child, hidden=hidden or component.spoiler)
        case discord.SectionComponent():
            yield from _shown_by(component.accessory, hidden=hidden)
        case discord.MediaGalleryComponent():
            for item in component.items:
                yield from _media(item.media, hidden or item.spoiler, linked=True)
        case discord.ThumbnailComponent() | discord.FileComponent():
            yield from _media(component.media, hidden or component.spoiler)


def _media(media: discord.UnfurledMediaItem, hidden: bool, *, linked: bool = False) -> Iterator[Picture]:
    """One medium, if it is a picture: an upload, or where links count one that Discord proxies."""
    name = PurePosixPath(urlsplit(media.url).path).name
    url = media.url if is_upload(media.url) else media.proxy_url if linked else None
    if url and _is_picture(media.content_type, name):
        yield Picture(url, None, hidden or _named_spoiler(media.url), media.proxy_url)


def is_upload(url: str) -> bool:
    """Whether an address is that of a file which somebody uploaded to Discord."""
    return bool(_UPLOAD.match(urlsplit(url).path))


def _named_spoiler(url: str) -> bool:
    return PurePosixPath(urlsplit(url).path).name.startswith("SPOILER_")


def picture_of(upload: discord.Attachment) -> Picture:
    """An upload that is a picture, in a message or given with a command."""
    return Picture(upload.url, upload.size, upload.is_spoiler(), upload.proxy_url)


def is_picture(upload: discord.Attachment) -> bool:
    """Whether an upload is a picture, by what Discord says of it or, failing that, by its name."""
    return _is_picture(upload.content_type, upload.filename)


def _is_picture(said: str | None, name: str) -> bool:
    kind = (said or "").partition(";")[0].strip().lower()
    if kind in _UNTOLD:
        return PurePosixPath(name.strip().lower()).suffix in _SUFFIXES
    return kind.startswith("image/") and "svg" not in kind


def is_age_restricted(channel: object) -> bool:
    """Whether a channel (or the channel that a thread belongs to) is age-restricted; unknown kinds are not."""
    check = getattr(channel, "is_nsfw", None)
    return bool(check()) if check is not None else False
