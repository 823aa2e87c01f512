"""Rating one picture by buttons: the menu "Rate this image", `/rate` with a file. Without one it is the deck.

Where a message has several pictures a reaction cannot say which one it means; here the member says so.
What is pressed takes the same road as a reaction, and is shown only after it is written.
"""

import asyncio
from dataclasses import replace
from typing import Any

import discord

from bot.app import App
from bot.discord_ui.choosing import WhichPicture, choose
from bot.discord_ui.deck import begin
from bot.discord_ui.doors import asks, own_label_set, picture_refused
from bot.discord_ui.labelling import kept, shown_emoji
from bot.discord_ui.replies import Upload, acknowledge, defer, replace_message, say
from bot.discord_ui.tree import FeelprintTree
from bot.discord_ui.views import OwnView
from bot.intake.shown_pictures import is_picture, picture_of, pictures_of
from bot.words import commands, texts
from bot.words import deck as words
from bot.words.emotions import called
from bot.words.refused import sentence
from bot.words.several_moods import told_in_mood
from core.collecting.doors import Needs, Pace, Who
from core.collecting.policy import Picture
from core.collecting.refusals import Refusal
from core.vocabulary.changes import Origin
from core.vocabulary.emotions import Emotion, LabelSet
from core.vocabulary.facts import Rated
from core.vocabulary.images import Image
from core.vocabulary.own_moods import FIRST, OwnMood
from core.vocabulary.profile import ProfileKey

_FILE = "picture.jpg"

_MAY_TAKE_BACK = frozenset(
    (Refusal.PAUSED, Refusal.LAPSED, Refusal.NO_ROLE, Refusal.SPOILER, Refusal.AGE_RESTRICTED)
)
"""Why nothing may be added, while taking back goes on."""


class _EmotionButton(discord.ui.Button["RatingView"]):
    def __init__(self, emotion: Emotion, label: str, emoji: discord.PartialEmoji | None, chosen: bool) -> None:
        style = discord.ButtonStyle.success if chosen else discord.ButtonStyle.secondary
        super().__init__(label=label, emoji=emoji, style=style)
        self._emotion = emotion

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Add or take back the emotion."""
        if self.view is not None:
            await self.view.press(interaction, self._emotion.name)


class RatingView(OwnView, needs=Needs(Who.MEMBER)):
    """A button for each emotion; every press is written at once, and changes what stands by then: something may
    have been erased, or felt elsewhere. Who has paused may still take back, and so may all of a picture that was
    hidden since the buttons were shown.
    """

    def __init__(
        self,
        app: App,
        owner: int,
        server_id: int | None,
        image: Image,
        *,
        shown: tuple[Picture, discord.Message | None],
        chosen: frozenset[str],
        mood: OwnMood = FIRST,
    ) -> None:
        """`shown`: the picture as it stands, and the message that shows it; `chosen` stands in `mood`, and so does
        what is pressed, whatever mood is active by then.
        """
        super().__init__(owner)
        self._app, self._server_id, self._image, self._chosen = app, server_id, image, chosen
        self._shown, self._origin, self._mood = shown, origin_of(*shown), mood
        self._one_at_a_time = asyncio.Lock()
        self._fill()

    async def press(self, interaction: discord.Interaction[Any], emotion: str) -> None:
        """Write the answer with one emotion more or less, then show what stands."""
        await acknowledge(interaction)
        async with self._one_at_a_time:
            user_id = interaction.user.id
            stands = await felt_of(self._app, ProfileKey(user_id, self._labels.id), self._image.hash)
            chosen = stands - {emotion} if emotion in self._chosen else stands | {emotion}
            at, narrows = self._app.clock.now_ms(), chosen < stands
            fact = Rated(user_id, self._image.hash, chosen, self._server_id, at, narrows, self._origin)
            fact = replace(fact, mood=self._mood.number)
            why = None if narrows else picture_refused(self._app, interaction, *self._shown, self._image.hash)
            why = why or await kept(self._app, interaction.user, fact, self._image)
            if why is not None:
                stays = self if why in _MAY_TAKE_BACK else None
                await replace_message(interaction, sentence(why), view=stays, files=None if stays else ())
                return
            self._chosen = chosen
            self._fill()
            noted = texts.rated(chosen, self._labels)
            await replace_message(interaction, f"{texts.how_do_you_feel()}\n**{noted}**", view=self)

    @property
    def picture(self) -> Upload:
        """What is asked about: the message that shows it may be far above, or there is none."""
        picture, message = self._shown
        described = words.picture() if message else words.own_picture()
        return Upload(_FILE, self._image.jpeg, described, picture.spoiler)

    @property
    def _labels(self) -> LabelSet:
        return self._app.roster.label_set(self._server_id).of_mood(self._mood)

    def _fill(self) -> None:
        self.clear_items()
        for emotion in self._labels.emotions:
            emoji = shown_emoji(self._app.client, emotion)
            label = called(self._labels, emotion.name)
            self.add_item(_EmotionButton(emotion, label, emoji, emotion.name in self._chosen))


async def rating_of(
    interaction: discord.Interaction[Any], app: App, picture: Picture, message: discord.Message | None
) -> tuple[str, RatingView | None]:
    """The question and its buttons for one picture, or why there are none. Raises ImageError."""
    image = await app.source.image(picture, interaction.user.id)
    if why := picture_refused(app, interaction, picture, message, image.hash):
        return sentence(why), None
    label_set = own_label_set(interaction, app)
    chosen = await felt_of(app, ProfileKey(interaction.user.id, label_set.id), image.hash)
    where = (app, interaction.user.id, interaction.guild_id)
    view = RatingView(*where, image, shown=(picture, message), chosen=chosen, mood=label_set.mood)
    said = f"\n**{texts.so_far(chosen, label_set)}**" if chosen else ""
    return told_in_mood(texts.how_do_you_feel(), label_set) + said, view


async def felt_of(app: App, key: ProfileKey, image_hash: str) -> frozenset[str]:
    """The emotions that a member's label of an image has. Raises StorageError."""
    label = await app.storage.labels.label(key, image_hash)
    return label.emotions if label else frozenset()


def origin_of(picture: Picture, message: discord.Message | None) -> Origin | None:
    """Where a rated picture stands; None: it was given with a command."""
    return Origin(message.id, message.channel.id, message.author.id, picture.source) if message else None


class WhichToRate(WhichPicture, needs=Needs(Who.MEMBER, Pace.COSTS)):
    """The picture that is picked takes the menu's place."""

    acknowledge = staticmethod(acknowledge)

    @staticmethod
    async def use(
        interaction: discord.Interaction[Any], app: App, picture: Picture, message: discord.Message | None
    ) -> None:
        """Ask how the picture makes them feel. Raises ImageError."""
        text, view = await rating_of(interaction, app, picture, message)
        await say(interaction, text, view=view, files=(view.picture,) if view else ())


def add(tree: FeelprintTree, app: App) -> None:
    """Put the commands on the tree."""

    @tree.context_menu(name=commands.RATE_MENU)
    @asks(Who.MEMBER, Pace.COSTS, invites=True)
    async def rate_menu(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        await defer(interaction)
        await choose(interaction, app, list(pictures_of(message)), WhichToRate, message)

    @tree.command(name="rate", description=commands.RATE)
    @discord.app_commands.describe(image=commands.IMAGE)
    @asks(Who.MEMBER, Pace.COSTS, invites=True)
    async def rate(interaction: discord.Interaction[Any], image: discord.Attachment | None = None) -> None:
        await defer(interaction)
        if image is None:
            await begin(interaction, app)
            return
        if not is_picture(image):
            await say(interaction, texts.not_an_image())
            return
        await choose(interaction, app, [picture_of(image)], WhichToRate)
