"""The weekly guessing game as people see it: a question with a button for each emotion, and who is asked about.

What everybody sees outlives restarts; what a press is answered with is for that person alone. A guess takes
another road than a label, and never becomes one.
"""

import re
from typing import Any, Self

import discord

from bot.app import App
from bot.discord_ui.labelling import MOST_BUTTONS, in_rows, shown_emoji
from bot.discord_ui.replies import DESCRIPTION, acknowledge, defer, replace_message, say
from bot.discord_ui.views import Lasting, OwnLayout, OwnView
from bot.intake.shown_pictures import GAME
from bot.outgoing.game_posts import Question
from bot.words import buttons
from bot.words import deck as pictures
from bot.words import game as words
from bot.words.emotions import called
from bot.words.refused import sentence
from core.collecting.doors import ADDS_NOTHING, Needs, Who
from core.collecting.refusals import Refusal
from core.vocabulary.consent import EVERYBODY, Yes, YesTo


class Guess(Lasting, needs=Needs(Who.JOINED), template=GAME):
    """A guess at what somebody felt: the button of the nth emotion, or a menu of all."""

    def __init__(self, item: discord.ui.Item[Any], week: int, n: str) -> None:
        super().__init__(item)
        self._week, self._n = week, n

    @classmethod
    def all(cls, client: discord.Client, question: Question) -> list["discord.ui.ActionRow[Any]"]:
        """Rows of buttons, or one menu where there are too many."""
        names, week = question.label_set.names, question.week
        known = [(called(question.label_set, e.name), shown_emoji(client, e)) for e in question.label_set.emotions]
        if len(names) > MOST_BUTTONS:
            options = [
                discord.SelectOption(label=name, emoji=emoji, value=str(n))
                for n, (name, emoji) in enumerate(known)
            ]
            menu: discord.ui.Select[Any] = discord.ui.Select(
                options=options, placeholder=buttons.pick_guess(), custom_id=f"fp-g:{week}"
            )
            return [discord.ui.ActionRow(cls(menu, week, ""))]
        made = [
            cls(discord.ui.Button(label=name, emoji=emoji, custom_id=f"fp-g{n}:{week}"), week, str(n))
            for n, (name, emoji) in enumerate(known)
        ]
        return [discord.ui.ActionRow(*row) for row in in_rows(made)]

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """What was pressed."""
        return cls(item, int(match["week"]), match["n"])

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        """Keep the guess, if the question is open and about somebody else."""
        await defer(interaction)
        app, server_id, who = interaction.client.app, interaction.guild_id or 0, interaction.user.id
        game = await app.storage.games.open(server_id, self._week)
        label_set = app.roster.label_set(server_id)
        if game is None or game.about is None or game.about.label_set_id != label_set.id:
            await say(interaction, words.over())
            return
        if game.about.member_id == who:
            await say(interaction, words.about_you(), view=Playing(app, who, server_id, yes=True))
            return
        picked = self.item.values[0] if isinstance(self.item, discord.ui.Select) else self._n
        if int(picked) >= len(label_set.names):
            await say(interaction, sentence(Refusal.OTHER_EMOTION))
            return
        emotion = label_set.names[int(picked)]
        if await app.storage.games.guess(server_id, self._week, who, emotion):
            told = words.noted(emotion, label_set, game.ends_at)
            await say(interaction, told, view=Guessed(app, who, server_id, self._week))
        else:
            await say(interaction, words.over())


class Guessed(OwnView, needs=Needs(Who.MEMBER)):
    """The way back from a guess."""

    def __init__(self, app: App, owner: int, server_id: int, week: int) -> None:
        super().__init__(owner)
        self._app, self._server_id, self._week = app, server_id, week
        self.back.label = buttons.take_back()

    @discord.ui.button(style=discord.ButtonStyle.secondary)
    async def back(self, interaction: discord.Interaction[Any], _: discord.ui.Button["Guessed"]) -> None:
        """Take it back."""
        await acknowledge(interaction)
        await self._app.storage.games.guess(self._server_id, self._week, interaction.user.id, None)
        await replace_message(interaction, words.guess_gone(), view=None)


class Play(Lasting, needs=Needs(Who.MEMBER), template=re.compile("fp-play")):
    """The way to say yes to being asked about, or to take it back."""

    @classmethod
    def button(cls) -> Self:
        """The button under a question or an invitation."""
        return cls(discord.ui.Button(label=buttons.play(), custom_id="fp-play"))

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], item: discord.ui.Item[Any], __: re.Match[str], /
    ) -> Self:
        """The button that was pressed."""
        return cls(item)

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        """Say what it means and how it stands."""
        await defer(interaction)
        app, server_id = interaction.client.app, interaction.guild_id or 0
        said = await app.storage.yeses.said(interaction.user.id)
        yes = Yes(interaction.user.id, server_id, EVERYBODY, YesTo.GAME) in said
        view = Playing(app, interaction.user.id, server_id, yes=yes)
        await say(interaction, words.may_guess(yes=yes), view=view)


class Playing(OwnView, needs=Needs(Who.MEMBER)):
    """Whether others may guess what a member felt."""

    def __init__(self, app: App, owner: int, server_id: int, *, yes: bool) -> None:
        super().__init__(owner)
        self._app, self._yes = app, yes
        self._said = Yes(owner, server_id, EVERYBODY, YesTo.GAME)
        self.change.label = buttons.not_guess() if yes else buttons.let_guess()
        self.change.style = discord.ButtonStyle.secondary if yes else discord.ButtonStyle.primary

    @discord.ui.button()
    async def change(self, interaction: discord.Interaction[Any], _: discord.ui.Button["Playing"]) -> None:
        """Say yes, or take it back: a question about them that is open goes at once."""
        await acknowledge(interaction)
        if not self._yes and (why := ADDS_NOTHING.get(self._app.roster.standing(interaction.user.id))):
            await replace_message(interaction, sentence(why), view=None)
            return
        self.stop()
        await set_playing(self._app, self._said, yes=not self._yes)
        view = Playing(self._app, interaction.user.id, self._said.server_id, yes=not self._yes)
        await replace_message(interaction, words.may_guess(yes=not self._yes), view=view)


class QuestionCard(OwnLayout, needs=Needs(Who.ANYBODY)):
    """What everybody sees of a question."""

    def __init__(self, client: discord.Client, question: Question, text: str) -> None:
        super().__init__(0, timeout=None)
        self._owner = None
        described = (question.caption or pictures.picture())[:DESCRIPTION]
        picture = discord.MediaGalleryItem(f"attachment://{question.file}", description=described)
        self.add_item(
            discord.ui.Container(
                discord.ui.TextDisplay(text),
                discord.ui.MediaGallery(picture),
                *Guess.all(client, question),
                discord.ui.ActionRow(Play.button()),
                accent_colour=discord.Colour.teal(),
            )
        )


class GameInvitation(OwnLayout, needs=Needs(Who.ANYBODY)):
    """What everybody sees before there is a question."""

    def __init__(self) -> None:
        super().__init__(0, timeout=None)
        self._owner = None
        text: discord.ui.TextDisplay[Any] = discord.ui.TextDisplay(words.invitation())
        self.add_item(
            discord.ui.Container(text, discord.ui.ActionRow(Play.button()), accent_colour=discord.Colour.teal())
        )


async def set_playing(app: App, said: Yes, *, yes: bool) -> None:
    """Keep a yes to the game or take it back, and let the game in that server follow at once."""
    if yes:
        await app.storage.yeses.say(said, app.clock.now_ms())
    else:
        await app.storage.yeses.unsay(said)
    app.games.wake(said.server_id)
