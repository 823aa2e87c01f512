"""Gateway events as plain facts, built without awaiting anything.

The order in which Discord tells things survives only until the first `await` (discord.py runs every
handler in a task of its own), so a handler calls one of these and queues the result at once.
"""

from collections.abc import Iterator
from dataclasses import replace

import discord

from core.collecting.policy import MessageView
from core.vocabulary.changes import UNKNOWN, Sighting
from core.vocabulary.emotions import normalise_emoji
from core.vocabulary.facts import (
    ChannelGone,
    Cleared,
    MessagesGone,
    PictureGone,
    Reacted,
    ServerBack,
    ServerLeft,
    Shown,
)


def reacted(event: discord.RawReactionActionEvent, *, me: int, at: int, parent_id: int | None = None) -> Reacted:
    """A reaction was added or removed. `me` is the bot's own id: its seeds are a bot's reactions.

    `parent_id` is the channel that a thread belongs to, which the event does not tell.
    """
    by_bot = event.user_id == me or (event.member is not None and event.member.bot)
    return Reacted(
        added=event.event_type == "REACTION_ADD",
        member_id=event.user_id,
        message_id=event.message_id,
        channel_id=event.channel_id,
        server_id=event.guild_id,
        emoji=emoji_of(event.emoji),
        burst=event.burst or event.type is discord.ReactionType.burst,
        by_bot=by_bot,
        at=at,
        parent_id=parent_id,
        roles=None if event.guild_id is None else roles_of(event.member),
    )


def roles_of(user: discord.abc.User | None) -> frozenset[int]:
    """The roles of somebody in the server in which they are seen, @everyone among them; none of who is in none."""
    return frozenset(role.id for role in user.roles) if isinstance(user, discord.Member) else frozenset()


def cleared(event: discord.RawReactionClearEvent | discord.RawReactionClearEmojiEvent) -> Cleared:
    """All reactions of a message, or those with one emoji, were removed."""
    emoji = emoji_of(event.emoji) if isinstance(event, discord.RawReactionClearEmojiEvent) else None
    return Cleared(event.message_id, event.channel_id, emoji)


def messages_gone(
    event: discord.RawMessageDeleteEvent | discord.RawBulkMessageDeleteEvent, *, parent_id: int | None = None
) -> MessagesGone:
    """One message or several were deleted."""
    ids = {event.message_id} if isinstance(event, discord.RawMessageDeleteEvent) else event.message_ids
    return MessagesGone(tuple(sorted(ids)), event.guild_id, event.channel_id, parent_id)


def picture_gone(view: MessageView) -> PictureGone:
    """A message was edited; whether its picture went with that is for storage to say."""
    return PictureGone(view.message_id, tuple(picture.source for picture in view.pictures))


def restated(view: MessageView) -> Iterator[Shown]:
    """How each picture of an edited message stands now; which of them it is about, storage knows by its source."""
    stands = Sighting(view.message_id, view.channel_id, view.server_id, UNKNOWN, view.posted_at)
    stands = replace(stands, author_id=view.author_id, parent_id=view.parent_id, nsfw=view.nsfw)
    for picture in view.pictures:
        yield Shown(view.message_id, replace(stands, source=picture.source, spoiler=picture.spoiler))


def channel_gone(channel_id: int) -> ChannelGone:
    """A channel or thread was deleted."""
    return ChannelGone(channel_id)


def server_left(guild: discord.Guild, me: int) -> ServerLeft:
    """The bot was removed from a server; an outage never comes here."""
    return ServerLeft(guild.id, me)


def server_back(guild: discord.Guild) -> ServerBack:
    """The bot was added to a server, perhaps again."""
    return ServerBack(guild.id)


def emoji_of(emoji: discord.PartialEmoji | discord.Emoji | str) -> str:
    """A reaction's emoji, normalised: the id of a custom one, the character of another."""
    if isinstance(emoji, str):
        return normalise_emoji(emoji)
    return str(emoji.id) if emoji.id else normalise_emoji(emoji.name or "")
