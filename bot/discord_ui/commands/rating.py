"""Rating one picture by buttons: the menu "Rate this image", `/rate`.

Where a message has several pictures a reaction cannot say which one it means; here the member says so.
What is pressed takes the same road as a reaction, and is shown only after it is written.
"""

import asyncio
from typing import Any

import discord
import structlog

from bot.app import App
from bot.discord_ui.commands.joining import JoinFirst
from bot.discord_ui.replies import defer, replace_message, say
from bot.discord_ui.tree import FeelprintTree
from bot.discord_ui.views import OwnView, WhichPicture
from bot.intake.shown_pictures import is_picture, pictures_of, view_of
from bot.words import commands, texts
from core.collecting.decide import Picture
from core.vocabulary.emotions import Emotion, LabelSet
from core.vocabulary.facts import Rated
from core.vocabulary.images import Image
from core.vocabulary.profile import ProfileKey

_PATIENCE_S = 20.0

log = structlog.get_logger(__name__)


class _EmotionButton(discord.ui.Button["RatingView"]):
    def __init__(self, emotion: Emotion, emoji: discord.PartialEmoji | None, chosen: bool) -> None:
        style = discord.ButtonStyle.success if chosen else discord.ButtonStyle.secondary
        super().__init__(label=emotion.name, emoji=emoji, style=style)
        self._emotion = emotion

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Add or take back the emotion."""
        if self.view is not None:
            await self.view.press(interaction, self._emotion.name)


class RatingView(OwnView):
    """A button for each emotion; every press is written at once."""

    def __init__(self, app: App, owner: int, server_id: int | None, image: Image, chosen: frozenset[str]) -> None:
        super().__init__(owner)
        self._app, self._server_id, self._image, self._chosen = app, server_id, image, chosen
        self._one_at_a_time = asyncio.Lock()
        self._fill()

    async def press(self, interaction: discord.Interaction[Any], emotion: str) -> None:
        """Write the answer with one emotion more or less, then show what stands."""
        await interaction.response.defer()
        async with self._one_at_a_time:
            chosen = self._chosen ^ {emotion}
            user_id = interaction.user.id
            fact = Rated(user_id, self._image.hash, chosen, self._server_id, self._app.clock.now_ms())
            try:
                written = await asyncio.wait_for(self._app.intake.settle(fact, self._image), _PATIENCE_S)
            except TimeoutError:
                written = False
            if not written:
                member = self._app.roster.joined(user_id)
                await replace_message(interaction, texts.not_kept() if member else texts.not_joined(), view=None)
                return
            self._chosen = chosen
            self._fill()
            names = [name for name in self._labels.names if name in chosen]
            await replace_message(interaction, f"{texts.how_do_you_feel()}\n**{texts.rated(names)}**", view=self)

    @property
    def _labels(self) -> LabelSet:
        return label_set_at(self._app, self._server_id)

    def _fill(self) -> None:
        self.clear_items()
        for emotion in self._labels.emotions:
            emoji = shown_emoji(self._app.client, emotion)
            self.add_item(_EmotionButton(emotion, emoji, emotion.name in self._chosen))


async def rating_of(interaction: discord.Interaction[Any], app: App, picture: Picture) -> tuple[str, RatingView]:
    """The question and its buttons for one picture. Raises ImageError."""
    image = await app.look.image(picture)
    label_set = label_set_at(app, interaction.guild_id)
    label = await app.storage.labels.label(ProfileKey(interaction.user.id, label_set.id), image.hash)
    chosen = label.emotions if label else frozenset()
    view = RatingView(app, interaction.user.id, interaction.guild_id, image, chosen)
    said = f"\n**{texts.so_far(sorted(chosen))}**" if chosen else ""
    return texts.how_do_you_feel() + said, view


def label_set_at(app: App, server_id: int | None) -> LabelSet:
    """The label set that is asked in a place."""
    place = app.roster.place(server_id)
    return place.label_set if place else app.default_label_set


def shown_emoji(client: discord.Client, emotion: Emotion) -> discord.PartialEmoji | None:
    """An emotion's emoji for a button; None for a custom one that the bot may not use."""
    if not emotion.emoji:
        return None
    emoji = discord.PartialEmoji.from_str(emotion.emoji)
    return emoji if emoji.id is None or client.get_emoji(emoji.id) is not None else None


async def _rate(interaction: discord.Interaction[Any], app: App, pictures: list[Picture]) -> None:
    async def picked(pressed: discord.Interaction[Any], picture: Picture) -> None:
        await pressed.response.defer()
        text, view = await rating_of(pressed, app, picture)
        await replace_message(pressed, text, view=view)

    await defer(interaction)
    if not app.roster.joined(interaction.user.id):
        await say(interaction, texts.join_first(), view=JoinFirst(app))
    elif not pictures:
        await say(interaction, texts.no_picture())
    elif len(pictures) > 1:
        await say(interaction, texts.which_picture(), view=WhichPicture(interaction.user.id, pictures, picked))
    else:
        text, view = await rating_of(interaction, app, pictures[0])
        await say(interaction, text, view=view)


def add(tree: FeelprintTree, app: App) -> None:
    """Put the commands on the tree."""

    @tree.context_menu(name=commands.RATE_MENU)
    async def rate_menu(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        place = app.roster.place(interaction.guild_id)
        view = view_of(message)
        if view.nsfw and not (place and place.allow_nsfw):
            await say(interaction, texts.hidden_picture())
            return
        await _rate(interaction, app, list(pictures_of(message)))

    @tree.command(name="rate", description=commands.RATE)
    @discord.app_commands.describe(image=commands.IMAGE)
    async def rate(interaction: discord.Interaction[Any], image: discord.Attachment) -> None:
        if not is_picture(image):
            await say(interaction, texts.not_an_image())
            return
        await _rate(interaction, app, [Picture(image.url, image.size)])
