"""The weekly guessing game: posts a question, says the answer when it is over, takes back what is called off.

What is to be done follows from what is stored, so a start after a kill, or another process, goes on with it. A
game is taken before anything is posted, and what a killed process may have posted is looked for in the channel.
The question goes when it is over, as its picture may not be there for long; the answer has a link to it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

import discord
import structlog

from bot.intake.patience import passes
from bot.intake.reading import OfServer
from bot.intake.roster import Roster
from bot.intake.shown_pictures import game_asked_in, is_age_restricted
from bot.intake.source import MessageSource
from bot.outgoing.audience import sees_all
from bot.outgoing.game_posts import MakeCard, Question, may_post, nonce, sent, unless_refused
from bot.outgoing.voices import Voices
from bot.words import game as words
from bot.words import language
from bot.words.cards import safe
from core.collecting.policy import Use, may_use, may_use_image
from core.ports import About, Game, GameStore, LabelStore, Outcome, Possible
from core.predicting.knowledge import Knowledge
from core.vocabulary.clock import Clock
from core.vocabulary.profile import ProfileKey
from core.vocabulary.server_settings import ServerSettings
from core.vocabulary.weekly import OPEN_MS, week_of, week_to_ask

_EVERY_S, _TAKEN_MS = 15.0, 150_000
_AGAIN_MS = 60 * 60 * 1000
"""So long a server is left alone in which there is nothing to ask."""

_PEOPLE, _NAME = 30, 60

T = TypeVar("T")

log = structlog.get_logger(__name__)


class Games:
    """Looks now and then what there is to do in servers of this process."""

    def __init__(  # noqa: PLR0917 - the composition root names them all
        self,
        client: Callable[[], discord.Client],
        games: GameStore,
        labels: LabelStore,
        source: MessageSource,
        roster: Roster,
        knowledge: Knowledge,
        voices: Voices,
        clock: Clock,
        card: MakeCard,
    ) -> None:
        self._client, self._games, self._labels, self._source = client, games, labels, source
        self._knowledge = knowledge
        self._roster, self._voices, self._clock, self._card = roster, voices, clock, card
        self._not_before: dict[int, int] = {}
        self._looking, self._news = asyncio.Lock(), asyncio.Event()

    async def run(self) -> None:
        """Look for ever."""
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("games.failed")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), _EVERY_S)
            self._news.clear()

    def wake(self, server_id: int) -> None:
        """Something has changed in a server: look at once."""
        self._not_before.pop(server_id, None)
        self._news.set()

    async def look(self) -> None:
        """Do what there is to do. Raises StorageError."""
        async with self._looking:
            if not self._client().is_ready():
                return
            for game in await self._games.running():
                if guild := self._guild(game.server_id):
                    await self._patiently(self._go_on, guild, game)
            for place in self._roster.places:
                guild = self._guild(place.server_id) if self._is_due(place) else None
                if guild and await self._patiently(self._begin, guild, place):
                    self._not_before[place.server_id] = self._now + _AGAIN_MS

    @property
    def _now(self) -> int:
        return self._clock.now_ms()

    def _is_due(self, place: ServerSettings) -> bool:
        return place.game_channel is not None and self._not_before.get(place.server_id, 0) <= self._now

    def _guild(self, server_id: int) -> discord.Guild | None:
        guild = self._client().get_guild(server_id)
        return None if guild is None or guild.unavailable else guild

    @staticmethod
    async def _patiently(
        work: Callable[[discord.Guild, T], Awaitable[None]], guild: discord.Guild, what: T
    ) -> bool:
        """Do what there is to do; False where Discord is away, or refuses it: it is tried at another look."""
        try:
            await work(guild, what)
        except Exception as error:
            if not passes(error) and not isinstance(error, discord.HTTPException):
                raise
            log.info("games.away", why=type(error).__name__)
            return False
        return True

    async def _begin(self, guild: discord.Guild, place: ServerSettings) -> None:
        """Post a question, if neither this week nor the next has had its own and anything can be asked."""
        channel, now = self._channel(guild, place.game_channel), self._now
        if channel is None or not may_post(channel):
            return
        for one in await self._games.possible(guild.id, place.label_set.id, week_of(now), limit=_PEOPLE):
            name = await self._name(guild, one.about)
            if name is None or not await self._may_show(guild, place, one, channel):
                continue
            game = Game(guild.id, week_to_ask(now), channel.id, now + OPEN_MS, one.about)
            if await self._games.begin(game, self._now + _TAKEN_MS):
                await self._post(guild, channel, game, name)
                return

    async def _go_on(self, guild: discord.Guild, game: Game) -> None:
        """Finish what was begun: an unposted question, one that is over, one that is called off."""
        place, channel = self._roster.place(guild.id), self._channel(guild, game.channel_id)
        about = game.about
        chosen = place is not None and place.game_channel == game.channel_id
        fits = about is not None and place is not None and place.label_set.id == about.label_set_id
        calls_off = channel is None or not chosen or not fits
        if not calls_off and game.message_id is not None and game.ends_at > self._now:
            return
        if not await self._games.take(game, self._now + _TAKEN_MS):
            return
        name = None if about is None or calls_off else await self._name(guild, about)
        if channel is None or about is None or name is None:
            await self._take_away(channel, game)
        elif game.message_id is None:
            await self._post(guild, channel, game, name)
        else:
            await self._tell(guild, channel, game, about, name)

    async def _post(self, guild: discord.Guild, channel: OfServer, game: Game, name: str) -> None:
        file, began = f"game-{game.week}.jpg", game.ends_at - OPEN_MS
        if game.tried and (
            stands := await sent(channel, began, lambda message: game_asked_in(message) == game.week)
        ):
            await self._games.posted(game, stands.id)
            return
        question = await self._question(game, file)
        if question is None or game.ends_at <= self._now:
            await self._games.end(game)
            return
        with language.speaking(str(guild.preferred_locale), self._voices.mentions):
            card = self._card(question, words.question(name, game.ends_at))
        try:
            message = await channel.send(view=card, file=question.upload(), nonce=nonce("q", game))
        except (discord.Forbidden, discord.NotFound) as refused:
            log.info("games.refused", status=refused.status, code=refused.code)
            await self._games.end(game)
            return
        await self._games.posted(game, message.id)

    async def _question(self, game: Game, file: str) -> Question | None:
        """What is shown; None: the picture is gone."""
        about = game.about
        if about is None:
            return None
        image, label_set = (
            await self._labels.image(about.image_hash),
            await self._labels.label_set(about.label_set_id),
        )
        if image is None or label_set is None:
            return None
        key = ProfileKey(about.member_id, about.label_set_id)
        known = await self._knowledge.of(key, label_set, [image.hash])
        return Question(game.week, file, image, known[image.hash].caption, label_set)

    async def _tell(self, guild: discord.Guild, channel: OfServer, game: Game, about: About, name: str) -> None:
        """Say what was felt and who was right; the question goes."""
        found, label_set = await self._games.outcome(game), await self._labels.label_set(about.label_set_id)
        link = f"https://discord.com/channels/{guild.id}/{about.channel_id}/{about.message_id}"
        done = game.tried and await sent(channel, game.ends_at, lambda message: link in message.content)
        if found and label_set and not done and await self._may_be_told(channel, game, about):
            with language.speaking(str(guild.preferred_locale), self._voices.mentions):
                text = "\n".join([words.answer(name, found.felt, link, label_set), _guessed(found)])
            await unless_refused(channel.send(text, suppress_embeds=True, nonce=nonce("a", game)))
        await self._take_away(channel, game)

    async def _may_be_told(self, channel: OfServer, game: Game, about: About) -> bool:
        """Whether the question was left to stand, and the picture still stands where it did."""
        view = await self._source.message(game.server_id, about.channel_id, about.message_id)
        if view is None or not view.pictures or game.message_id is None:
            return False
        try:
            await channel.fetch_message(game.message_id)
        except (discord.NotFound, discord.Forbidden):
            return False
        return True

    async def _take_away(self, channel: OfServer | None, game: Game) -> None:
        """The question is there no longer, and its guesses are not kept."""
        if channel is not None and game.message_id is not None:
            await unless_refused(channel.get_partial_message(game.message_id).delete())
        await self._games.end(game)

    async def _name(self, guild: discord.Guild, about: About) -> str | None:
        """What somebody is called there; None: their yes was to those of a server that they have left."""
        try:
            member = await guild.fetch_member(about.member_id)
        except discord.NotFound:
            return None
        return safe(member.display_name, _NAME)

    async def _may_show(
        self, guild: discord.Guild, place: ServerSettings, one: Possible, channel: OfServer
    ) -> bool:
        """Whether a picture still stands where it did, counts there, and may be seen by all who see the game."""
        about, there = one.about, guild.get_channel_or_thread(one.about.channel_id)
        if not isinstance(there, OfServer) or not sees_all(there, channel):
            return False
        view = await self._source.message(guild.id, about.channel_id, about.message_id)
        if view is None or (view.nsfw and not is_age_restricted(channel)):
            return False
        shown = [
            p for p in view.pictures if p.source == one.source or (one.source is None and len(view.pictures) == 1)
        ]
        said = self._roster.exclusions
        return bool(shown) and not (
            shown[0].spoiler
            or may_use(shown[0], view.spot, place, Use.REACTION, said)
            or may_use_image(about.image_hash, view.spot, said)
        )

    @staticmethod
    def _channel(guild: discord.Guild, channel_id: int | None) -> OfServer | None:
        channel = guild.get_channel_or_thread(channel_id or 0)
        return channel if isinstance(channel, OfServer) else None


def _guessed(found: Outcome) -> str:
    right = [f"<@{member_id}>" for member_id, emotion in found.guesses.items() if emotion in found.felt]
    return words.guessed_by(right, len(found.guesses))
