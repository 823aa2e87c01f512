"""A question asked aloud: a message that mentions the bot, as a reply to a picture or with one of its own.

Discord lets only presses and commands be answered privately, so what everybody sees is a button and nothing of an
answer; whoever presses it, the asker or another, gets their own, by the same doors as with `/feel`.
"""

import re
from typing import Any, Self

import discord
import structlog

from bot.app import App
from bot.discord_ui.choosing import choose
from bot.discord_ui.commands.feel import WhichToFeel
from bot.discord_ui.replies import defer, say
from bot.discord_ui.sending import tried
from bot.discord_ui.views import Lasting, OwnLayout
from bot.host.logs import follow
from bot.intake.event_facts import roles_of
from bot.intake.shown_pictures import pictures_of, view_of
from bot.words import buttons
from bot.words import shown_answers as words
from bot.words.refused import sentence
from core.collecting.doors import Act, Needs, Pace, Who, lacks_role
from core.collecting.policy import Use, may_use
from core.collecting.refusals import Refusal

_FETCHING_S = 10.0

log = structlog.get_logger(__name__)


class ShowMe(
    Lasting, needs=Needs(Who.ANYBODY, Pace.COSTS, act=Act.ASK), template=re.compile(r"fp-ask:(?P<message>\d+)")
):
    """Answers whoever presses it about the picture of a message in this channel."""

    def __init__(self, item: discord.ui.Item[Any], message_id: int) -> None:
        super().__init__(item)
        self._message_id = message_id

    @classmethod
    def about(cls, message_id: int) -> Self:
        """The button under a question."""
        label, custom_id = buttons.show_me(), f"fp-ask:{message_id}"
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=label, style=discord.ButtonStyle.primary, custom_id=custom_id
        )
        return cls(button, message_id)

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button that was pressed."""
        return cls(item, int(match["message"]))

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        """Answer for nobody else's eyes; by now the message may be gone, or its picture not to be used."""
        await defer(interaction)
        app: App = interaction.client.app
        channel = app.client.get_partial_messageable(interaction.channel_id or 0, guild_id=interaction.guild_id)
        try:
            message = await tried(lambda: channel.fetch_message(self._message_id), _FETCHING_S)
        except (discord.NotFound, discord.Forbidden):
            await say(interaction, sentence(Refusal.OUT_OF_REACH))
            return
        await choose(interaction, app, list(pictures_of(message)), WhichToFeel, message)


class Invitation(OwnLayout, needs=Needs(Who.ANYBODY)):
    """What everybody sees under a question."""

    def __init__(self, message_id: int) -> None:
        super().__init__(0, timeout=None)
        self._owner = None
        self.add_item(discord.ui.TextDisplay(words.only_you_see()))
        self.add_item(discord.ui.ActionRow(ShowMe.about(message_id)))


def asked_about(message: discord.Message, me: int) -> discord.Message | None:
    """The message whose picture a new message asks about; None: it does not mention the bot, or there is none."""
    if message.author.bot or message.webhook_id is not None or me not in message.raw_mentions:
        return None
    reference = message.reference
    if reference is None:
        return message if any(pictures_of(message)) else None
    shown = reference.resolved
    return shown if isinstance(shown, discord.Message) and any(pictures_of(shown)) else None


async def invite(app: App, message: discord.Message, shown: discord.Message) -> None:
    """Put the button under a question, if one of the pictures may be used there and the asker has not asked too
    often; whatever Discord refuses is let go.
    """
    follow()
    view, said = view_of(shown), app.roster.exclusions
    place = app.roster.place(view.server_id)
    if shown.channel.id != message.channel.id or app.unanswered.closing:
        return
    if lacks_role(Act.ASK, place, roles_of(message.author)):
        return
    if not any(may_use(one, view.spot, place, Use.REQUEST, said) is None for one in view.pictures):
        return
    if app.allowance.take(message.author.id):
        return
    if message.guild is not None:
        app.voices.answer(str(message.guild.preferred_locale))
    try:
        await message.reply(view=Invitation(shown.id), mention_author=False)
    except (discord.HTTPException, OSError) as error:
        log.info("invitation.refused", why=type(error).__name__)
