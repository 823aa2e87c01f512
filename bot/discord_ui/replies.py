"""Answers to interactions: each exactly once, personal ones for nobody else's eyes.

Whether an interaction was acknowledged, and whether it was answered, are two things (a deferred one is
the first but not the second); `say` knows both, so neither a command nor the error mapper needs to. Each is noted
after it is so. Where the outcome of an acknowledgement is unknown, the answer finds out, by editing.
"""

import asyncio
import io
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import discord
import structlog

from bot.discord_ui.mapper import sentence_for
from bot.discord_ui.sending import ACKNOWLEDGED_BEFORE, ACKNOWLEDGING_S, GONE, passes, tried
from bot.words import texts

_ANSWERED, _ACKNOWLEDGED, _UNTIL = "feelprint.answered", "feelprint.acknowledged", "feelprint.until"
_LIFE_S = 14.5 * 60
"""An interaction's token holds for 15 minutes."""

_MOMENT_S = 0.4
"""Well below Discord's three seconds."""

T = TypeVar("T")

log = structlog.get_logger(__name__)


DESCRIPTION = 256
"""Letters of a description that Discord takes."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of an answer, kept as bytes: what was read by one try must be there for the next.

    `description` and `spoiler` are for a picture that stands in no card, which would say them.
    """

    name: str
    data: bytes
    description: str | None = None
    spoiler: bool = False

    def file(self) -> discord.File:
        """The file for one try."""
        return discord.File(io.BytesIO(self.data), self.name, description=self.description, spoiler=self.spoiler)


def begin(interaction: discord.Interaction[Any]) -> None:
    """The running task works on an interaction, which gets a sentence where the bot leaves before the answer."""
    interaction.client.app.unanswered.began(partial(_leave, interaction))


def acknowledged(interaction: discord.Interaction[Any]) -> bool:
    """Whether Discord was told of us, or may have been: if so, only editing can answer."""
    return interaction.response.is_done() or _ACKNOWLEDGED in interaction.extras


async def defer(interaction: discord.Interaction[Any]) -> None:
    """Acknowledge within Discord's three seconds, once; the answer will be seen by this person alone."""
    if not acknowledged(interaction):
        await _called_back(interaction, partial(interaction.response.defer, ephemeral=True, thinking=True))


async def acknowledge(interaction: discord.Interaction[Any]) -> None:
    """Acknowledge a press or a form, once; the answer will change the message that it came from.

    What follows may not be undone, so where the outcome is not known, Discord is asked. Raises discord.NotFound
    where the press did not reach it: it may be pressed again.
    """
    if not acknowledged(interaction) and not await _called_back(interaction, interaction.response.defer):
        await tried(interaction.original_response, _seconds_left(interaction))


async def soon(interaction: discord.Interaction[Any], work: Coroutine[Any, Any, T]) -> T:
    """What the work comes to; where that takes more than a moment, the press is acknowledged meanwhile."""
    task = asyncio.ensure_future(work)
    done, _ = await asyncio.wait((task,), timeout=_MOMENT_S)
    if not done:
        await acknowledge(interaction)
    return await task


async def say(
    interaction: discord.Interaction[Any],
    text: str | None = None,
    *,
    view: discord.ui.View | discord.ui.LayoutView | None = None,
    files: Sequence[Upload] = (),
) -> None:
    """Answer an interaction once, ephemerally, deferred or not. Raises discord.HTTPException, OSError."""
    content = {} if text is None else {"content": text}

    async def send() -> None:
        given: dict[str, Any] = content if view is None else {**content, "view": view}
        uploads: dict[str, Any] = {"files": [file.file() for file in files]} if files else {}
        await interaction.response.send_message(ephemeral=True, **given, **uploads)

    if not acknowledged(interaction) and await _called_back(interaction, send):
        _answered(interaction)
        return
    await _edited(interaction, lambda: {**content, "view": view, "attachments": [file.file() for file in files]})


async def replace_message(
    interaction: discord.Interaction[Any],
    text: str | None = None,
    *,
    view: discord.ui.View | discord.ui.LayoutView | None = None,
    files: Sequence[Upload] | None = None,
) -> None:
    """Answer a press of a button by changing the message that holds it. Raises discord.HTTPException, OSError.

    `files` take the place of those that the message has; None: it keeps them.
    """
    said: dict[str, Any] = {"view": view} if text is None else {"view": view, "content": text}

    def given() -> dict[str, Any]:
        return said if files is None else {**said, "attachments": [file.file() for file in files]}

    async def change() -> None:
        await interaction.response.edit_message(**given())

    if not acknowledged(interaction) and await _called_back(interaction, change):
        _answered(interaction)
        return
    await _edited(interaction, given)


async def say_also(
    interaction: discord.Interaction[Any],
    text: str,
    files: Sequence[Upload] = (),
    *,
    view: discord.ui.View | None = None,
) -> None:
    """Say more beside an answer that was given. Raises discord.HTTPException, OSError."""

    async def send() -> None:
        said = {"content": text, "view": view, "attachments": [file.file() for file in files]}
        await _beside(interaction, said)

    await tried(send, _seconds_left(interaction))


async def say_aloud_too(interaction: discord.Interaction[Any], view: discord.ui.LayoutView) -> None:
    """Beside an acknowledged press, a message that everybody sees. Raises discord.HTTPException, OSError."""
    await tried(lambda: interaction.followup.send(view=view), _seconds_left(interaction))


async def tell_news(interaction: discord.Interaction[Any]) -> None:
    """Beside an answer that was given, tell what could not be told before. Raises discord.HTTPException,
    OSError.
    """
    announcer = interaction.client.app.announcer
    for news in await announcer.untold(interaction.user.id):
        await say_also(interaction, news.text, view=await announcer.way_of(interaction.user.id))
        await announcer.told(news)


async def say_aloud(
    interaction: discord.Interaction[Any], view: discord.ui.LayoutView, files: Sequence[Upload] = ()
) -> None:
    """Answer a press by a message that everybody sees. Raises discord.HTTPException, OSError."""

    async def send() -> None:
        await interaction.response.send_message(view=view, files=[file.file() for file in files])

    await _called_back(interaction, send)
    _answered(interaction)


async def delete_message(interaction: discord.Interaction[Any]) -> None:
    """Answer an acknowledged press by deleting the message that holds the button. Raises discord.HTTPException."""
    await tried(interaction.delete_original_response, _seconds_left(interaction))
    _answered(interaction)


async def show_form(interaction: discord.Interaction[Any], form: discord.ui.Modal) -> None:
    """Answer a press of a button by a form."""
    if not await _called_back(interaction, partial(interaction.response.send_modal, form)):
        interaction.client._connection.store_view(form)  # it may be on the screen: hear it
    _answered(interaction)


async def say_error(interaction: discord.Interaction[Any], error: BaseException) -> None:
    """Tell a person what went wrong, unless they have an answer already."""
    cause = getattr(error, "original", error)
    if isinstance(cause, discord.NotFound) and cause.code in GONE:
        log.warning("reply.lost", status=cause.status, code=cause.code)
        return
    sentence = sentence_for(error)
    if interaction.extras.get(_ANSWERED):
        return
    try:
        await say(interaction, sentence)
    except discord.HTTPException as lost:
        log.warning("reply.lost", status=lost.status, code=lost.code)
    except Exception as lost:
        if not passes(lost):
            raise
        log.warning("reply.lost", why=type(lost).__name__)


async def _called_back(interaction: discord.Interaction[Any], request: Callable[[], Awaitable[Any]]) -> bool:
    """Send an interaction's first response; False where it may be one that we sent before. Raises a refusal."""
    _seconds_left(interaction)
    try:
        await tried(request, ACKNOWLEDGING_S)
    except Exception as error:
        known = isinstance(error, discord.HTTPException) and error.code == ACKNOWLEDGED_BEFORE
        if not known and not passes(error):
            raise
    else:
        return True
    interaction.extras[_ACKNOWLEDGED] = True
    return False


async def _edited(interaction: discord.Interaction[Any], given: Callable[[], dict[str, Any]]) -> None:
    """Answer an acknowledged interaction; where its own message cannot be changed, by one beside it."""
    try:
        await tried(lambda: interaction.edit_original_response(**given()), _seconds_left(interaction))
    except discord.HTTPException as refused:
        if passes(refused) or refused.code in GONE:
            raise
        log.info("reply.refused", status=refused.status, code=refused.code)
        await tried(lambda: _beside(interaction, given()), _seconds_left(interaction))
    _answered(interaction)


async def _beside(interaction: discord.Interaction[Any], given: dict[str, Any]) -> None:
    view, files = given.pop("view", None), given.pop("attachments", [])
    shown = {**given, "view": view} if view is not None else given
    await interaction.followup.send(ephemeral=True, files=files, **shown)


def _seconds_left(interaction: discord.Interaction[Any]) -> float:
    until: float = interaction.extras.setdefault(_UNTIL, time.monotonic() + _LIFE_S)
    return until - time.monotonic()


def _answered(interaction: discord.Interaction[Any]) -> None:
    interaction.extras[_ANSWERED] = True
    interaction.client.app.unanswered.answered()


async def _leave(interaction: discord.Interaction[Any]) -> None:
    """End an interaction because the bot leaves."""
    if not interaction.extras.get(_ANSWERED):
        interaction.client.app.voices.answer(str(interaction.locale))
        await say(interaction, texts.leaving())
