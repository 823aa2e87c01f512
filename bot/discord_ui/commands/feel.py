"""Asking: `/feel` with a picture, and the menu "How would I feel?" on a message.

Both work wherever the command can be seen, joined or not, since nothing of the question is kept under
anybody's name; a member who has not joined gets what most people would feel, and is told so.
"""

from typing import Any

import discord
from discord import app_commands

from bot.app import App
from bot.discord_ui.answer import AnswerCard, Asked
from bot.discord_ui.asked_about import ask_about
from bot.discord_ui.choosing import WhichPicture, choose
from bot.discord_ui.doors import asks, own_label_set, picture_refused
from bot.discord_ui.replies import defer, say, tell_news
from bot.discord_ui.tree import FeelprintTree
from bot.discord_ui.views import OwnLayout
from bot.intake.shown_pictures import is_picture, picture_of, pictures_of
from bot.words import commands, no_answer, texts
from bot.words.refused import sentence
from core.collecting.doors import Act, Needs, Pace, Who
from core.collecting.policy import Picture
from core.decoding.turns import TooMuchWaiting
from core.vocabulary.calls import Failure
from core.vocabulary.errors import ImageError, ImageProblem
from core.vocabulary.profile import ProfileKey


class Card(OwnLayout, needs=Needs(Who.ANYBODY)):
    """Blocks of text in a frame."""

    def __init__(self, owner: int, blocks: list[str]) -> None:
        super().__init__(owner)
        parts = [discord.ui.TextDisplay[Any](block) for block in blocks if block]
        self.frame: discord.ui.Container[Any] = discord.ui.Container(*parts, accent_colour=discord.Colour.teal())
        self.add_item(self.frame)


async def feel(
    interaction: discord.Interaction[Any], app: App, picture: Picture, message: discord.Message | None
) -> None:
    """Answer a deferred question about one picture. Raises ImageError."""
    image = await app.source.image(picture, interaction.user.id)
    if why := picture_refused(app, interaction, picture, message, image.hash):
        await say(interaction, sentence(why))
        return
    label_set = own_label_set(interaction, app)
    user_id = interaction.user.id
    try:
        async with app.questions.place(user_id):
            prediction = await app.predictor.predict(image, user_id, label_set, interaction.guild_id)
    except TooMuchWaiting:
        raise ImageError(ImageProblem.BUSY) from None
    if why := picture_refused(app, interaction, picture, message, image.hash):  # meanwhile
        await say(interaction, sentence(why))
        return
    if isinstance(prediction, Failure):
        await say(interaction, no_answer.sentence(prediction))
        return
    known = await app.knowledge.of(ProfileKey(user_id, label_set.id), label_set, [image.hash])
    caption = known[image.hash].caption
    asked = Asked(image, picture, message, prediction, label_set, interaction.guild_id, caption)
    card = AnswerCard(app, user_id, asked)
    await say(interaction, view=card, files=card.uploads)
    await tell_news(interaction)


class WhichToFeel(WhichPicture, needs=Needs(Who.ANYBODY, Pace.COSTS, act=Act.ASK)):
    """Each pick is a new question, so the menu stays."""

    acknowledge = staticmethod(defer)
    use = staticmethod(feel)


def add(tree: FeelprintTree, app: App) -> None:
    """Put the commands on the tree."""

    @tree.command(name="feel", description=commands.FEEL)
    @app_commands.describe(image=commands.IMAGE, member=commands.FEEL_MEMBER)
    @asks(Who.ANYBODY, Pace.COSTS, act=Act.ASK)
    async def feel_command(
        interaction: discord.Interaction[Any],
        image: discord.Attachment,
        member: discord.User | discord.Member | None = None,
    ) -> None:
        await defer(interaction)
        if not is_picture(image):
            await say(interaction, texts.not_an_image())
            return
        if member is not None and member.id != interaction.user.id:
            await ask_about(interaction, app, picture_of(image), member)
            return
        await choose(interaction, app, [picture_of(image)], WhichToFeel)

    @tree.context_menu(name=commands.FEEL_MENU)
    @asks(Who.ANYBODY, Pace.COSTS, act=Act.ASK)
    async def feel_menu(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        await defer(interaction)
        await choose(interaction, app, list(pictures_of(message)), WhichToFeel, message)
