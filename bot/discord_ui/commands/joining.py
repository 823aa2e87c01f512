"""Joining and pausing: `/join`, the Join button of the panel, `/pause`.

The panel outlives restarts, so its button has a fixed id and no state of its own.
"""

import asyncio
from contextlib import suppress
from contextvars import copy_context
from typing import Any

import discord

from bot.app import App
from bot.discord_ui.deck import StartDeck
from bot.discord_ui.doors import asks
from bot.discord_ui.own_pictures import OfferMine
from bot.discord_ui.replies import defer, say
from bot.discord_ui.tree import FeelprintTree
from bot.discord_ui.views import Choice, Guarded
from bot.intake.counting import Counted
from bot.words import buttons, commands, texts
from core.collecting.doors import Needs, Who
from core.vocabulary.consent import Past

JOIN_BUTTON = "feelprint:join"


class JoinButton(discord.ui.Button[Any]):
    """Joins whoever presses it."""

    def __init__(self, app: App, *, custom_id: str | None = JOIN_BUTTON) -> None:
        label, style = buttons.join(), discord.ButtonStyle.success
        if custom_id is None:
            super().__init__(label=label, style=style)
        else:
            super().__init__(label=label, style=style, custom_id=custom_id)
        self._app = app

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Join."""
        await join(interaction, self._app)


class JoinPanel(Guarded, discord.ui.LayoutView, needs=Needs(Who.ANYBODY)):
    """The invitation that /setup posts in a channel."""

    def __init__(self, app: App) -> None:
        super().__init__(timeout=None)
        words = discord.ui.TextDisplay[Any](f"{texts.panel_title()}\n{texts.panel_text()}")
        row: discord.ui.ActionRow[Any] = discord.ui.ActionRow(JoinButton(app))
        self.add_item(discord.ui.Container(words, row, accent_colour=discord.Colour.teal()))


class JoinFirst(Guarded, discord.ui.View, needs=Needs(Who.ANYBODY)):
    """A Join button under the sentence that says why."""

    def __init__(self, app: App) -> None:
        super().__init__(timeout=600)
        self.add_item(JoinButton(app, custom_id=None))


class CountPast(Choice, needs=Needs(Who.JOINED)):
    """Asks whether reactions from before joining count."""

    def __init__(self, app: App, owner: int, server_id: int) -> None:
        super().__init__(owner, buttons.count_them(), buttons.start_fresh())
        self._app, self._server_id, self.then = app, server_id, StartDeck(owner)

    async def answer(self, interaction: discord.Interaction[Any], agreed: bool) -> str:
        """Keep what was said; look through the pictures of before, or don't."""
        past = Past(interaction.user.id, self._server_id, wanted=agreed, moment=interaction.id)
        await self._app.roster.noes.answer(past, self._app.clock.now_ms())
        if not agreed:
            return texts.fresh_start()

        theirs = copy_context()  # their language

        async def say_so(counted: Counted) -> None:
            with suppress(discord.HTTPException):  # after a quarter of an hour nothing can be said any more
                text = texts.counted_past(counted.found, counted.back_to, counted.unread)
                await interaction.followup.send(text, ephemeral=True)

        async def tell(counted: Counted) -> None:
            await asyncio.create_task(say_so(counted), context=theirs)

        self._app.catchup.count_past(past, interaction.channel_id or 0, tell)
        return texts.counting_past()


async def join(interaction: discord.Interaction[Any], app: App) -> None:
    """Record consent, say in four lines what is kept, ask about the past, and offer the first deck."""
    await defer(interaction)
    is_new = await app.roster.join(interaction.user.id, app.clock.now_ms(), interaction.id)
    place = app.roster.place(interaction.guild_id)
    said = texts.joined() if is_new else texts.joined_before()
    if place is None or not place.channels:
        await say(interaction, f"{said}\n\n{texts.no_channel_here()}", view=OfferMine(interaction.user.id))
    elif not is_new:
        await say(interaction, said, view=StartDeck(interaction.user.id))
    else:
        view = CountPast(app, interaction.user.id, place.server_id)
        await say(interaction, f"{texts.joined()}\n\n{texts.count_past()}", view=view)


def add(tree: FeelprintTree, app: App) -> None:
    """Put the commands on the tree."""
    tree.invitation = lambda: JoinFirst(app)

    @tree.command(name="join", description=commands.JOIN)
    @asks(Who.ANYBODY)
    async def join_command(interaction: discord.Interaction[Any]) -> None:
        await join(interaction, app)

    @tree.command(name="pause", description=commands.PAUSE)
    @asks(Who.MEMBER)
    async def pause(interaction: discord.Interaction[Any]) -> None:
        await defer(interaction)
        await app.roster.pause(interaction.user.id)
        await say(interaction, texts.paused())
