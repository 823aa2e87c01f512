"""The Discord client: least intents, no mentions, no message cache, raw events only.

A handler builds a plain fact and queues it before anything is awaited; that, and nothing else, keeps
the order in which Discord told things. What follows from a fact is decided elsewhere.
"""

from datetime import timedelta
from functools import partial
from typing import Any

import discord
import structlog

from bot.app import App
from bot.discord_ui import deck
from bot.discord_ui.answer import TakeBack
from bot.discord_ui.asked_aloud import ShowMe, asked_about, invite
from bot.discord_ui.commands.all import add_commands
from bot.discord_ui.commands.joining import JoinPanel
from bot.discord_ui.doors import Judge, handlers_of, heard, undeclared_commands
from bot.discord_ui.guessing import Guess, Play
from bot.discord_ui.invitation import invitation
from bot.discord_ui.own_pictures import Mine
from bot.discord_ui.stale import is_unheard, say_unheard
from bot.discord_ui.told_where import TellMe
from bot.discord_ui.translator import CatalogueTranslator
from bot.discord_ui.tree import FeelprintTree
from bot.intake import event_facts as facts
from bot.intake.fetch import guard
from bot.intake.shown_pictures import is_age_restricted, view_of
from core.collecting.policy import channel_counts
from core.vocabulary.server_settings import ServerSettings

PREVIEWS_COME_WITHIN = timedelta(minutes=10)
"""Later edits are of other kinds, and nobody wants emojis under a picture of last year."""

IDENTIFY_S = 5.5
"""Discord lets one shard of each bucket identify in five seconds, and says how many buckets there are."""

log = structlog.get_logger(__name__)


def least_intents(message_content: bool) -> discord.Intents:
    """What the bot must hear: servers and their emojis, messages coming and going, reactions; and what
    messages show, if that is allowed.
    """
    intents = discord.Intents.none()
    intents.guilds = intents.emojis_and_stickers = True
    intents.guild_messages = intents.dm_messages = True
    intents.guild_reactions = intents.dm_reactions = True
    intents.message_content = message_content
    return intents


class FeelprintClient(discord.AutoShardedClient):
    """The bot on Discord. Everything that it knows or does is in `App`."""

    def __init__(self, app: App, *, message_content: bool) -> None:
        shards = app.shards
        super().__init__(
            intents=least_intents(message_content),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            shard_count=shards.count if shards else app.settings.shards,
        )
        self.shard_ids = list(shards.ids) if shards else None
        parsers = self._connection.parsers
        self._answer = parsers["INTERACTION_CREATE"]
        parsers["INTERACTION_CREATE"] = self._interaction
        if silent := [name for name, judge in handlers_of(type(self)).items() if judge is None]:
            raise TypeError(f"handlers that do not say who decides: {silent}")
        self.app = app
        self._at_once: int | None = None
        guard(self, app.downloads)
        self.tree = FeelprintTree(
            self,
            allowed_installs=discord.app_commands.AppInstallationType(guild=True, user=True),
            allowed_contexts=discord.app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=True
            ),
        )
        add_commands(self.tree, app)
        if silent := undeclared_commands(self.tree):
            raise TypeError(f"commands that do not say what they ask: {silent}")

    async def setup_hook(self) -> None:
        """Revive the buttons that outlive restarts, and announce the commands if they changed."""
        self.add_view(JoinPanel(self.app))
        self.add_dynamic_items(*deck.LASTING, Mine, TakeBack, ShowMe, Guess, Play, TellMe)
        await self.tree.set_translator(CatalogueTranslator())
        await self.tree.announce(self.app.state)
        self.app.voices.mentions.update(self.tree.mentions)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait until this shard may identify: of several processes with one token, one does at a time."""
        if self.app.shards is None:
            await super().before_identify_hook(shard_id, initial=initial)
            return
        if self._at_once is None:
            self._at_once = (await self.fetch_session_start_limits()).max_concurrency
        await self.app.storage.take_turn(
            f"identify {self.application_id} {(shard_id or 0) % self._at_once}", IDENTIFY_S
        )

    @heard(Judge.NOBODY)
    async def on_ready(self) -> None:
        """Logged in, perhaps not for the first time: something may have been missed."""
        log.info("discord.ready", servers=len(self.guilds), pictures=self.intents.message_content)
        if not self.guilds and self.application_id is not None:
            log.info("discord.invite", address=invitation(self.application_id))
        self.app.catchup.request()

    @heard(Judge.INTAKE)
    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        """A reaction was added."""
        self._reaction(event)

    @heard(Judge.INTAKE)
    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        """A reaction was removed."""
        self._reaction(event)

    @heard(Judge.INTAKE)
    async def on_raw_reaction_clear(self, event: discord.RawReactionClearEvent) -> None:
        """All reactions of a message were removed."""
        self.app.intake.put(facts.cleared(event))

    @heard(Judge.INTAKE)
    async def on_raw_reaction_clear_emoji(self, event: discord.RawReactionClearEmojiEvent) -> None:
        """All reactions with one emoji were removed."""
        self.app.intake.put(facts.cleared(event))

    @heard(Judge.INTAKE)
    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        """A message was deleted."""
        self.app.intake.put(facts.messages_gone(event, parent_id=self._parent_of(event.channel_id)))

    @heard(Judge.INTAKE)
    async def on_raw_bulk_message_delete(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        """Several messages were deleted."""
        self.app.intake.put(facts.messages_gone(event, parent_id=self._parent_of(event.channel_id)))

    @heard(Judge.INTAKE)
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """A channel was deleted, and with it archived threads of which nothing more is told."""
        self.app.intake.put(facts.channel_gone(channel.id))
        self.app.reachable(channel.guild.id)

    @heard(Judge.INTAKE)
    async def on_raw_thread_delete(self, event: discord.RawThreadDeleteEvent) -> None:
        """A thread was deleted."""
        self.app.intake.put(facts.channel_gone(event.thread_id))

    @heard(Judge.INTAKE)
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was removed from a server (discord.py tells outages apart)."""
        self.app.intake.put(facts.server_left(guild, self._me))
        await self.app.say_farewell(guild)

    @heard(Judge.SEEDS)
    async def on_message(self, message: discord.Message) -> None:
        """A new message: perhaps a picture to put emojis under, or a question about one."""
        self._offer(message)
        if shown := asked_about(message, self._me):
            self.app.handover.hear(message.id, partial(self.dispatch, "asked_aloud", message, shown))

    @heard(Judge.SEEDS)
    async def on_asked_aloud(self, message: discord.Message, shown: discord.Message) -> None:
        """Somebody mentioned the bot beside a picture, and this process is to answer."""
        await invite(self.app, message, shown)

    @heard(Judge.INTAKE)
    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        """A message was changed: its picture went, or stands otherwise, or that behind a link is told."""
        if not self.intents.message_content:
            return
        view = view_of(event.message)
        if not channel_counts(view.server_id, view.channel_id, self._place(event.message), view.parent_id):
            return
        self.app.intake.put(facts.picture_gone(view))
        differs = self.app.source.differs(view)
        for fact in facts.restated(view) if differs else ():
            self.app.intake.put(fact)
        seeds = discord.utils.utcnow() - event.message.created_at < PREVIEWS_COME_WITHIN
        late = self._offer(event.message, seeds=seeds)
        if late or (differs and view.pictures):  # what stands under it may count only now
            self.app.catchup.again(view.server_id, view.channel_id, view.message_id)

    def _offer(self, message: discord.Message, *, seeds: bool = True) -> bool:
        """Take note of what a message shows, and perhaps seed it; whether its picture came late."""
        place, view, late = self._place(message), view_of(message), False
        counts = channel_counts(view.server_id, view.channel_id, place, view.parent_id)
        if self.intents.message_content and counts:
            late = self.app.source.shown(message.id, view)
            self.app.album.note(view)
        if seeds:
            self.app.seeder.offer(message, view, place, self.app.roster.exclusions)
        return late

    def _place(self, message: discord.Message) -> ServerSettings | None:
        return self.app.roster.place(message.guild.id if message.guild else None)

    @heard(Judge.INTAKE)
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Added to a server, perhaps again, perhaps while it was being let go: what is still stored stays."""
        if await self.app.intake.settle(facts.server_back(guild)) is None:
            await self.app.roster.server_back(guild.id)
        self.app.reachable(guild.id)

    @heard(Judge.NOBODY)
    async def on_guild_channel_update(
        self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        """Rights in a channel may have come back, or it is age-restricted now."""
        if before.overwrites != after.overwrites or is_age_restricted(before) != is_age_restricted(after):
            self.app.reachable(after.guild.id)

    @heard(Judge.NOBODY)
    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        """Rights in a server may have come back."""
        if before.permissions != after.permissions:
            self.app.reachable(after.guild.id)

    @heard(Judge.NOBODY)
    async def on_member_update(self, _: discord.Member, after: discord.Member) -> None:
        """The bot itself was given other roles."""
        if after.id == self._me:
            self.app.reachable(after.guild.id)

    @heard(Judge.NOBODY)
    async def on_interaction(self, interaction: discord.Interaction[discord.Client]) -> None:
        """Somebody pressed or sent what nobody hears any more: it is of before a restart, or too long ago."""
        if is_unheard(interaction):
            await say_unheard(interaction)

    def _interaction(self, data: Any) -> None:
        """Somebody used a command, pressed or sent something: discord.py goes on, if this process is to answer."""
        self.app.handover.hear(int(data["id"]), partial(self._answer, data))

    def _reaction(self, event: discord.RawReactionActionEvent) -> None:
        at, parent_id = self.app.clock.now_ms(), self._parent_of(event.channel_id)
        self.app.intake.put(facts.reacted(event, me=self._me, at=at, parent_id=parent_id))

    def _parent_of(self, channel_id: int) -> int | None:
        """The channel that a thread or post belongs to."""
        channel = self.get_channel(channel_id)
        return channel.parent_id if isinstance(channel, discord.Thread) else None

    @property
    def _me(self) -> int:
        return self.user.id if self.user else 0
