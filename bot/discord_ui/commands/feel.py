"""Asking: `/feel` with a picture, and the menu "How would I feel?" on a message.

Both work wherever the command can be seen, joined or not, since nothing of the question is kept under
anybody's name; a member who has not joined gets what most people would feel, and is told so.
"""

from typing import Any

import discord
from discord import app_commands

from bot.app import App
from bot.discord_ui.commands.rating import label_set_at
from bot.discord_ui.replies import defer, say
from bot.discord_ui.tree import FeelprintTree
from bot.discord_ui.views import OwnLayout, WhichPicture
from bot.intake.shown_pictures import is_age_restricted, is_picture, pictures_of
from bot.words import cards, commands, texts
from core.collecting.decide import Picture
from core.vocabulary.calls import Failure


class Card(OwnLayout):
    """Blocks of text in a frame."""

    def __init__(self, owner: int, blocks: list[str]) -> None:
        super().__init__(owner)
        parts = [discord.ui.TextDisplay[Any](block) for block in blocks if block]
        self.frame: discord.ui.Container[Any] = discord.ui.Container(*parts, accent_colour=discord.Colour.teal())
        self.add_item(self.frame)


async def feel(interaction: discord.Interaction[Any], app: App, picture: Picture) -> None:
    """Answer a deferred question about one picture. Raises ImageError."""
    image = await app.look.image(picture)
    label_set = label_set_at(app, interaction.guild_id)
    user_id = interaction.user.id
    prediction = await app.predictor.predict(image, user_id, label_set)
    if isinstance(prediction, Failure):
        await say(interaction, cards.failure(prediction))
        return
    joined = app.roster.joined(user_id)
    blocks = cards.answer(prediction, label_set, joined=joined, offline=app.settings.offline)
    await say(interaction, view=Card(user_id, blocks))


def _hidden(app: App, message: discord.Message, server_id: int | None, pictures: list[Picture]) -> bool:
    place = app.roster.place(server_id)
    if is_age_restricted(message.channel) and not (place and place.allow_nsfw):
        return True
    return any(picture.spoiler for picture in pictures) and not (place and place.allow_spoilers)


def add(tree: FeelprintTree, app: App) -> None:
    """Put the commands on the tree."""

    async def picked(interaction: discord.Interaction[Any], picture: Picture) -> None:
        await defer(interaction)
        await feel(interaction, app, picture)

    often = app_commands.checks.cooldown(app.settings.feel_per_minute, 60.0)

    @tree.command(name="feel", description=commands.FEEL)
    @app_commands.describe(image=commands.IMAGE)
    @often
    async def feel_command(interaction: discord.Interaction[Any], image: discord.Attachment) -> None:
        await defer(interaction)
        if not is_picture(image):
            await say(interaction, texts.not_an_image())
            return
        await feel(interaction, app, Picture(image.url, image.size))

    @tree.context_menu(name=commands.FEEL_MENU)
    @often
    async def feel_menu(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        await defer(interaction)
        pictures = list(pictures_of(message))
        if not pictures:
            await say(interaction, texts.no_picture())
        elif _hidden(app, message, interaction.guild_id, pictures):
            await say(interaction, texts.hidden_picture())
        elif len(pictures) > 1:
            await say(interaction, texts.which_picture(), view=WhichPicture(interaction.user.id, pictures, picked))
        else:
            await feel(interaction, app, pictures[0])
