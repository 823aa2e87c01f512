"""A member's own pictures, up to ten in one form, then asked about one by one: a first feelprint anywhere.

They are given to the bot and stand nowhere, so they live in memory while the card does; what is said about one is
kept with it, as of a picture that is given with `/rate`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import discord

from bot.app import App
from bot.discord_ui.doors import own_label_set, picture_refused
from bot.discord_ui.labelling import MOST_BUTTONS, in_rows, kept, option, shown_emoji
from bot.discord_ui.progress import progress_blocks
from bot.discord_ui.replies import Upload, acknowledge, defer, replace_message, say, show_form, tell_news
from bot.discord_ui.views import Form, Lasting, OwnLayout, OwnView
from bot.intake.shown_pictures import is_picture, picture_of
from bot.words import buttons, texts
from bot.words import deck as words
from bot.words.amounts import sentences
from bot.words.emotions import called
from bot.words.problems import sentence as problem
from bot.words.refused import sentence
from bot.words.several_moods import told_in_mood
from core.collecting.doors import Act, Needs, Pace, Who
from core.collecting.policy import Picture
from core.vocabulary.emotions import LabelSet
from core.vocabulary.errors import ImageError
from core.vocabulary.facts import Rated
from core.vocabulary.images import Image

MOST = 10
"""Discord's own limit of one form."""

_FILE = "picture.jpg"


@dataclass(frozen=True, slots=True)
class Pile:
    """What is still to be asked about, how many there were, and how many were answered."""

    rest: tuple[Picture, ...]
    of: int
    labelled: int = 0

    @property
    def number(self) -> int:
        """Which one the first of the rest is, from 1."""
        return self.of - len(self.rest) + 1

    def without_first(self, *, labelled: bool) -> "Pile":
        """One less."""
        return replace(self, rest=self.rest[1:], labelled=self.labelled + labelled)


class Mine(Lasting, needs=Needs(Who.JOINED, Pace.COSTS, act=Act.LABEL), template=re.compile("fp-own")):
    """The button that shows the form."""

    @classmethod
    def button(cls) -> Self:
        """The button."""
        return cls(discord.ui.Button(label=buttons.own_pictures(), custom_id="fp-own"))

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], item: discord.ui.Item[Any], __: re.Match[str], /
    ) -> Self:
        """The button that was pressed."""
        return cls(item)

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        """Show the form."""
        await show_form(interaction, PicturesForm(interaction.client.app))


class OfferMine(OwnView, needs=Needs(Who.JOINED, Pace.COSTS, act=Act.LABEL)):
    """The button under a sentence that says why there is no deck."""

    def __init__(self, owner: int) -> None:
        super().__init__(owner, timeout=None)
        self.add_item(Mine.button())


class PicturesForm(Form, needs=Needs(Who.JOINED, Pace.COSTS, act=Act.LABEL)):
    """Takes up to ten pictures."""

    def __init__(self, app: App) -> None:
        super().__init__(title=buttons.own_pictures(), timeout=600)
        self._app = app
        self.files = discord.ui.FileUpload[Any](min_values=1, max_values=MOST)
        self.add_item(
            discord.ui.Label(
                text=buttons.your_pictures(), description=buttons.your_pictures_hint(), component=self.files
            )
        )

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        """Ask about the first."""
        await defer(interaction)
        pictures = tuple(picture_of(file) for file in self.files.values if is_picture(file))
        if not pictures:
            await say(interaction, texts.not_an_image())
            return
        note = texts.not_an_image() if len(pictures) < len(self.files.values) else ""
        card = await _card(interaction, self._app, Pile(pictures, len(pictures)), note)
        await say(interaction, view=card, files=card.uploads)


class MineCard(OwnLayout, needs=Needs(Who.JOINED, act=Act.LABEL)):
    """One of their pictures, and what it may be felt as."""

    def __init__(self, app: App, owner: int, asked: tuple[Pile, Image], label_set: LabelSet, note: str) -> None:
        super().__init__(owner)
        self._app, self._label_set = app, label_set
        pile, image = self._pile, self._image = asked
        self.uploads = (Upload(_FILE, image.jpeg),)
        shown = discord.MediaGalleryItem(f"attachment://{_FILE}", description=words.own_picture())
        self.frame: discord.ui.Container[Any] = discord.ui.Container(
            discord.ui.TextDisplay(told_in_mood(words.question(pile.number, pile.of, note), label_set)),
            discord.ui.MediaGallery(shown),
            accent_colour=discord.Colour.teal(),
        )
        for row in self._emotions():
            self.frame.add_item(discord.ui.ActionRow(*row))
        skip: discord.ui.Button[Any] = discord.ui.Button(label=buttons.skip())
        skip.callback = self._skip  # type: ignore[method-assign]
        self.frame.add_item(discord.ui.ActionRow(skip))
        self.add_item(self.frame)

    def _emotions(self) -> list[Sequence[discord.ui.Item[Any]]]:
        emotions = self._label_set.emotions
        if len(emotions) > MOST_BUTTONS:
            options = [option(self._app.client, self._label_set, emotion) for emotion in emotions]
            self.menu: discord.ui.Select[Any] = discord.ui.Select(
                options=options, placeholder=buttons.pick_emotion()
            )
            self.menu.callback = self._picked  # type: ignore[method-assign]
            return [[self.menu]]
        made: list[discord.ui.Item[Any]] = [_Felt(self, emotion.name) for emotion in emotions]
        return in_rows(made)

    async def felt(self, interaction: discord.Interaction[Any], emotion: str) -> None:
        """Write the label, and ask about the next."""
        await acknowledge(interaction)
        if self.is_finished():  # pressed twice: the first press is being answered
            return
        self.stop()
        app, at, mood = self._app, self._app.clock.now_ms(), self._label_set.mood.number
        who, felt = interaction.user, frozenset({emotion})
        fact = Rated(who.id, self._image.hash, felt, interaction.guild_id, at, mood=mood)
        if why := await kept(app, who, fact, self._image):
            await _follow(interaction, app, self._pile, sentence(why))  # anew, with the emotions of now
            return
        noted = texts.rated([emotion], self._label_set)
        await _follow(interaction, app, self._pile.without_first(labelled=True), noted)

    async def _picked(self, interaction: discord.Interaction[Any]) -> None:
        await self.felt(interaction, self.menu.values[0])

    async def _skip(self, interaction: discord.Interaction[Any]) -> None:
        await acknowledge(interaction)
        if self.is_finished():
            return
        self.stop()
        await _follow(interaction, self._app, self._pile.without_first(labelled=False))

    def button_of(self, emotion: str) -> tuple[str, discord.PartialEmoji | None]:
        """How an emotion's button looks."""
        (found,) = [one for one in self._label_set.emotions if one.name == emotion]
        return called(self._label_set, emotion), shown_emoji(self._app.client, found)


class _Felt(discord.ui.Button[Any]):
    def __init__(self, card: MineCard, emotion: str) -> None:
        label, emoji = card.button_of(emotion)
        super().__init__(label=label, emoji=emoji)
        self._card, self._emotion = card, emotion

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """They feel this."""
        await self._card.felt(interaction, self._emotion)


class MineEnd(OwnLayout, needs=Needs(Who.MEMBER)):
    """How far it has brought them, and the way to more."""

    def __init__(self, owner: int, blocks: Sequence[str]) -> None:
        super().__init__(owner, timeout=None)
        parts = [discord.ui.TextDisplay[Any](block) for block in blocks if block]
        more: discord.ui.ActionRow[Any] = discord.ui.ActionRow(Mine.button())
        self.add_item(discord.ui.Container(*parts, more, accent_colour=discord.Colour.teal()))


async def _follow(interaction: discord.Interaction[Any], app: App, pile: Pile, note: str = "") -> None:
    card = await _card(interaction, app, pile, note)
    await replace_message(interaction, view=card, files=card.uploads)
    await tell_news(interaction)


async def _card(interaction: discord.Interaction[Any], app: App, pile: Pile, note: str = "") -> OwnLayout:
    """The next picture that can be read and may be used, or the end; what could not be is said."""
    owner, label_set = interaction.user.id, own_label_set(interaction, app)
    notes = [note] if note else []
    while pile.rest:
        try:
            image = await app.source.image(pile.rest[0], owner)
        except ImageError as error:
            notes.append(words.left_out(pile.number, problem(error)))
        else:
            why = picture_refused(app, interaction, pile.rest[0], None, image.hash)
            if why is None:
                return MineCard(app, owner, (pile, image), label_set, sentences(*notes))
            notes.append(words.left_out(pile.number, sentence(why)))
        pile = pile.without_first(labelled=False)
    blocks = await progress_blocks(app, owner, label_set, interaction.guild_id)
    return MineEnd(owner, [words.finished(pile.labelled, whole=True), *notes, *blocks])
