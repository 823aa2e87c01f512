"""`/me`: what a member felt how often, how often guesses were right, and what is still needed, as one picture."""

import asyncio
from typing import Any

import discord

from bot.app import App
from bot.discord_ui.doors import asks, own_label_set
from bot.discord_ui.looking_back import side_by_side, tested
from bot.discord_ui.progress import progress_state
from bot.discord_ui.replies import DESCRIPTION, Upload, defer, say, tell_news
from bot.discord_ui.tree import FeelprintTree
from bot.discord_ui.views import OwnLayout
from bot.words import buttons, commands
from bot.words import me as words
from bot.words.drawing import draw
from bot.words.several_moods import told_in_mood
from core.collecting.doors import Needs, Who
from core.vocabulary.emotions import LabelSet
from core.vocabulary.profile import ProfileKey

_FILE = "you.png"
_WRONG = 10


class MeCard(OwnLayout, needs=Needs(Who.MEMBER)):
    """The chart, the figures in words, and the way to the guesses that were wrong."""

    def __init__(
        self, app: App, owner: int, label_set: LabelSet, chart: tuple[bytes, str], blocks: list[str], *, wrong: int
    ) -> None:
        super().__init__(owner)
        self._app, self._label_set = app, label_set
        data, said = chart
        self.uploads = (Upload(_FILE, data),)
        frame: discord.ui.Container[Any] = discord.ui.Container(
            discord.ui.TextDisplay(told_in_mood(words.title(), label_set)),
            discord.ui.MediaGallery(
                discord.MediaGalleryItem(f"attachment://{_FILE}", description=said[:DESCRIPTION])
            ),
            accent_colour=discord.Colour.teal(),
        )
        for block in blocks:
            if block:
                frame.add_item(discord.ui.TextDisplay(block))
        if wrong:
            button: discord.ui.Button[Any] = discord.ui.Button(label=buttons.wrong_ones(wrong))
            button.callback = self._wrong  # type: ignore[method-assign]
            frame.add_item(discord.ui.ActionRow(button))
        self.add_item(frame)

    async def _wrong(self, interaction: discord.Interaction[Any]) -> None:
        await defer(interaction)
        key = ProfileKey(interaction.user.id, self._label_set.id)
        wrong = [row for row in await tested(self._app, key) if row.hit == 0]
        if not wrong:
            await say(interaction, words.none_wrong())
            return
        last = wrong[:_WRONG]
        await side_by_side(interaction, self._app, self._label_set, last, words.wrong_ones(len(wrong), len(last)))


def add(tree: FeelprintTree, app: App) -> None:
    """Put the command on the tree."""

    @tree.command(name="me", description=commands.ME)
    @asks(Who.MEMBER, invites=True)
    async def me(interaction: discord.Interaction[Any]) -> None:
        await defer(interaction)
        member_id, label_set = interaction.user.id, own_label_set(interaction, app)
        key = ProfileKey(member_id, label_set.id)
        profile, rows = await app.storage.labels.profile(key), await tested(app, key)
        counts = profile.counts if profile else {}
        chart = words.chart(counts, label_set, rows)
        picture = await asyncio.to_thread(draw, words.drawn(counts, label_set, rows))
        wrong = sum(row.hit == 0 for row in rows)
        blocks = [
            words.numbered(chart),
            words.right(len(rows) - wrong, len(rows)),
            await progress_state(app, member_id, label_set, interaction.guild_id),
        ]
        card = MeCard(app, member_id, label_set, (picture, words.described(chart)), blocks, wrong=wrong)
        await say(interaction, view=card, files=card.uploads)
        await tell_news(interaction)
