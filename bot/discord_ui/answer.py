"""The card that answers "how would I feel?": the picture, the guess, what it rests on, and what a member says
to it.

What is said here becomes a label on the road that every label takes, so it also tests the version that made
the guess. The picture goes along with the card. Showing a card to everybody leaves out the rule, which speaks
of a person, and the picture where it stands in a message: that is named, so it goes with its message.
"""

import re
from dataclasses import dataclass, replace
from typing import Any, Self

import discord

from bot.app import App
from bot.discord_ui.doors import picture_refused
from bot.discord_ui.labelling import kept, option
from bot.discord_ui.replies import (
    DESCRIPTION,
    Upload,
    acknowledge,
    delete_message,
    replace_message,
    say,
    say_aloud,
)
from bot.discord_ui.views import Lasting, OwnLayout
from bot.words import buttons, cards, texts
from bot.words import shown_answers as words
from bot.words.refused import sentence
from bot.words.several_moods import told_in_mood
from core.collecting.doors import Needs, Who
from core.collecting.policy import Picture
from core.predicting.predictor import Prediction
from core.vocabulary.changes import Origin
from core.vocabulary.emotions import LabelSet
from core.vocabulary.facts import Rated
from core.vocabulary.images import Image
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import AnswerSource

_FILE = "picture.jpg"
_ADDRESS = f"attachment://{_FILE}"
_TWICE_MS = 5_000
"""A second press so soon is one press of a hasty hand: it puts no second copy in the channel."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was answered: about which picture, in which message (None: given with the command).

    `caption`: what the model says that it shows.
    """

    image: Image
    picture: Picture
    message: discord.Message | None
    prediction: Prediction
    label_set: LabelSet
    server_id: int | None
    caption: str = ""

    @property
    def origin(self) -> Origin | None:
        """The message in which it stands, as a rating keeps it."""
        at = self.message
        return None if at is None else Origin(at.id, at.channel.id, at.author.id, self.picture.source)

    @property
    def described(self) -> str:
        """The picture for those who do not see it."""
        return (self.caption or words.asked_picture())[:DESCRIPTION]

    @property
    def guessed(self) -> frozenset[str]:
        """The emotions that the answer names."""
        return frozenset(self.prediction.torn or (self.prediction.top,))


class AnswerCard(OwnLayout, needs=Needs(Who.ANYBODY)):
    """The answer for the one who asked. Who may add a label is asked where labels are written."""

    def __init__(self, app: App, owner: int, asked: Asked, note: str = "") -> None:
        super().__init__(owner)
        self._app, self._asked, self._shown_at = app, asked, -_TWICE_MS
        self.uploads = (_file(asked),)
        joined = app.roster.joined(owner)
        head, *rest = cards.answer(asked.prediction, asked.label_set, joined=joined, offline=app.settings.offline)
        head = told_in_mood(head, asked.label_set)
        shown = discord.MediaGalleryItem(_ADDRESS, description=asked.described, spoiler=asked.picture.spoiler)
        self.frame: discord.ui.Container[Any] = discord.ui.Container(
            discord.ui.TextDisplay(head), discord.ui.MediaGallery(shown), accent_colour=discord.Colour.teal()
        )
        for block in (*rest, note):
            if block:
                self.frame.add_item(discord.ui.TextDisplay(block))
        self._add_buttons(joined=joined, noted=bool(note))
        self.add_item(self.frame)

    def _add_buttons(self, *, joined: bool, noted: bool) -> None:
        guess, show = self._asked.prediction.label is None, discord.ui.Button[Any](label=buttons.show_everyone())
        show.callback = self._show  # type: ignore[method-assign]
        row: list[discord.ui.Item[Any]] = [show] if guess else []
        if joined and guess and not noted:
            right: discord.ui.Button[Any] = discord.ui.Button(
                label=buttons.right(), style=discord.ButtonStyle.success
            )
            right.callback = self._right  # type: ignore[method-assign]
            row.insert(0, right)
        if row:
            self.frame.add_item(discord.ui.ActionRow(*row))
        if joined:
            self.menu: discord.ui.Select[Any] = discord.ui.Select(
                options=[
                    option(self._app.client, self._asked.label_set, emotion)
                    for emotion in self._asked.label_set.emotions
                ],
                placeholder=buttons.would_feel(),
            )
            self.menu.callback = self._picked  # type: ignore[method-assign]
            self.frame.add_item(discord.ui.ActionRow(self.menu))

    async def _right(self, interaction: discord.Interaction[Any]) -> None:
        await self._say(interaction, self._asked.guessed)

    async def _picked(self, interaction: discord.Interaction[Any]) -> None:
        await self._say(interaction, frozenset(self.menu.values))

    async def _say(self, interaction: discord.Interaction[Any], emotions: frozenset[str]) -> None:
        """Write a label, and say what it was and how often guesses were right."""
        await acknowledge(interaction)
        app, asked, member = self._app, self._asked, interaction.user.id
        at = app.clock.now_ms()
        fact = Rated(member, asked.image.hash, emotions, asked.server_id, at, origin=asked.origin)
        fact = replace(fact, mood=asked.label_set.mood.number)
        if why := await kept(app, interaction.user, fact, asked.image):
            note = sentence(why)
        else:
            right, tested = await self._record(member, emotions)
            note = f"**{texts.rated(emotions, asked.label_set)}** {words.right_so_far(right, tested)}".rstrip()
        await replace_message(interaction, view=AnswerCard(app, member, asked, note))

    async def _record(self, member: int, emotions: frozenset[str]) -> tuple[int, int]:
        """How many guesses were right, and of how many: with this one, whose test is not stored yet."""
        asked = self._asked
        stored = await self._app.storage.shadows.all(ProfileKey(member, asked.label_set.id))
        hits = [shadow.hit > 0 for shadow in stored if shadow.image_hash != asked.image.hash]
        if asked.prediction.source is AnswerSource.FEELPRINT:
            hits.append(asked.prediction.top in emotions)
        return sum(hits), len(hits)

    async def _show(self, interaction: discord.Interaction[Any]) -> None:
        """Put a copy where everybody sees it, if it may be shown (still)."""
        asked, name = self._asked, interaction.user.display_name
        if why := picture_refused(self._app, interaction, asked.picture, asked.message, asked.image.hash):
            await say(interaction, sentence(why))
            return
        if interaction.guild_id is not None and not interaction.permissions.send_messages:
            await say(interaction, words.may_not_write())
            return
        now = self._app.clock.now_ms()
        if 0 <= now - self._shown_at < _TWICE_MS:  # a clock that was put back must not silence the button
            await acknowledge(interaction)
            return
        self._shown_at = now
        shown = PublicAnswer(interaction.user.id, name, asked)
        await say_aloud(interaction, shown, shown.uploads)


class PublicAnswer(OwnLayout, needs=Needs(Who.ANYBODY)):
    """What everybody sees of an answer, until whoever showed it takes it back."""

    def __init__(self, owner: int, name: str, asked: Asked) -> None:
        super().__init__(owner, timeout=None)
        said = words.shown_by(cards.safe(name, 60), asked.prediction, asked.label_set)
        frame: discord.ui.Container[Any] = discord.ui.Container(
            discord.ui.TextDisplay(said), accent_colour=discord.Colour.teal()
        )
        buttons_: list[discord.ui.Item[Any]] = [TakeBack.of(owner)]
        if asked.message is None:
            self.uploads = (_file(asked),)
            frame.add_item(
                discord.ui.MediaGallery(discord.MediaGalleryItem(_ADDRESS, description=asked.described))
            )
        else:
            buttons_.append(discord.ui.Button(label=buttons.the_picture(), url=asked.message.jump_url))
        frame.add_item(discord.ui.TextDisplay(cards.bars(asked.label_set, asked.prediction.distribution)))
        frame.add_item(discord.ui.ActionRow(*buttons_))
        self.add_item(frame)


class TakeBack(Lasting, needs=Needs(Who.ANYBODY), template=re.compile(r"fp-back:(?P<owner>\d+)")):
    """Takes back what somebody showed to everybody; only they may."""

    def __init__(self, item: discord.ui.Item[Any], owner: int) -> None:
        super().__init__(item)
        self._owner = owner

    @classmethod
    def of(cls, owner: int) -> Self:
        """Their button."""
        return cls(discord.ui.Button(label=buttons.take_back(), custom_id=f"fp-back:{owner}"), owner)

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button that was pressed."""
        return cls(item, int(match["owner"]))

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        """Delete the message."""
        await acknowledge(interaction)
        await delete_message(interaction)


def _file(asked: Asked) -> Upload:
    return Upload(_FILE, asked.image.jpeg)
