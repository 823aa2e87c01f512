"""How somebody else would feel about a picture: only if they have said yes to whoever asks, by name or here.

Whether they have joined, or said no, is not told: both sound like "not yet". What they said about the picture
themselves is never told, nor their rules; the yes is asked for once more when the guess is there.
"""

from typing import Any

import discord

from bot.app import App
from bot.discord_ui.answer import Asked
from bot.discord_ui.doors import picture_refused
from bot.discord_ui.replies import Upload, say
from bot.discord_ui.views import OwnLayout
from bot.words import alike as words
from bot.words import cards, no_answer
from bot.words import shown_answers as shown
from bot.words.refused import sentence
from core.collecting.doors import Needs, Who
from core.collecting.policy import Picture
from core.decoding.turns import TooMuchWaiting
from core.vocabulary.calls import Failure, Payer
from core.vocabulary.consent import ANYWHERE
from core.vocabulary.errors import ImageError, ImageProblem

NAME = 60


class GuessCard(OwnLayout, needs=Needs(Who.ANYBODY)):
    """What is guessed of somebody, for the one who asked."""

    def __init__(self, app: App, owner: int, name: str, asked: Asked) -> None:
        super().__init__(owner)
        self.uploads = (Upload("picture.jpg", asked.image.jpeg),)
        picture = discord.MediaGalleryItem(
            "attachment://picture.jpg", description=asked.described, spoiler=asked.picture.spoiler
        )
        blocks = cards.guess_of(name, asked.prediction, asked.label_set, offline=app.settings.offline)
        parts = [discord.ui.TextDisplay[Any](block) for block in blocks]
        frame: discord.ui.Container[Any] = discord.ui.Container(
            parts[0], discord.ui.MediaGallery(picture), *parts[1:], accent_colour=discord.Colour.teal()
        )
        self.add_item(frame)


async def ask_about(
    interaction: discord.Interaction[Any], app: App, picture: Picture, other: discord.User | discord.Member
) -> None:
    """Answer a deferred question about somebody. Raises ImageError."""
    asker, name = interaction.user.id, cards.safe(other.display_name, NAME)
    if other.bot:
        await say(interaction, words.nobody_to_ask_about())
        return
    if not await _may(interaction, app, other):
        await say(interaction, words.they_must_let_you_ask(name))
        return
    image = await app.source.image(picture, asker)
    if why := picture_refused(app, interaction, picture, None, image.hash):
        await say(interaction, sentence(why))
        return
    label_set = app.roster.label_set(interaction.guild_id)
    try:
        async with app.questions.place(asker):
            said = await app.predictor.guess_of(image, other.id, label_set, Payer(asker, interaction.guild_id))
    except TooMuchWaiting:
        raise ImageError(ImageProblem.BUSY) from None
    if not await _may(interaction, app, other):  # taken back meanwhile
        await say(interaction, words.they_must_let_you_ask(name))
    elif said is None:
        await say(interaction, words.they_have_no_feelprint(name))
    elif isinstance(said, Failure):
        await say(interaction, no_answer.sentence(said))
    else:
        asked = Asked(image, picture, None, said, label_set, interaction.guild_id, shown.asked_picture())
        card = GuessCard(app, asker, name, asked)
        await say(interaction, view=card, files=card.uploads)


async def _may(interaction: discord.Interaction[Any], app: App, other: discord.User | discord.Member) -> bool:
    """Their yes to everybody in a server counts only while both are in it."""
    here = interaction.guild_id if isinstance(other, discord.Member) else None
    return await app.storage.yeses.may_ask(interaction.user.id, other.id, here or ANYWHERE)
