"""Answers to interactions: each exactly once, personal ones for nobody else's eyes.

Whether an interaction was acknowledged, and whether it was answered, are two things (a deferred one is
the first but not the second); `say` knows both, so neither a command nor the error mapper needs to.
"""

from typing import Any

import discord
import structlog

from bot.discord_ui.mapper import sentence_for

_ANSWERED = "feelprint.answered"

log = structlog.get_logger(__name__)


async def defer(interaction: discord.Interaction[Any]) -> None:
    """Acknowledge within Discord's three seconds, once; the answer will be seen by this person alone."""
    if interaction.response.is_done():
        return
    await interaction.response.defer(ephemeral=True, thinking=True)


async def say(
    interaction: discord.Interaction[Any],
    text: str | None = None,
    *,
    view: discord.ui.View | discord.ui.LayoutView | None = None,
    files: tuple[discord.File, ...] = (),
) -> None:
    """Answer an interaction once, ephemerally, deferred or not."""
    interaction.extras[_ANSWERED] = True
    if interaction.response.is_done():
        given: dict[str, Any] = {"view": view, "attachments": list(files)}
        if text is not None:
            given["content"] = text
        await interaction.edit_original_response(**given)
        return
    sent: dict[str, Any] = {"ephemeral": True}
    if text is not None:
        sent["content"] = text
    if view is not None:
        sent["view"] = view
    if files:
        sent["files"] = list(files)
    await interaction.response.send_message(**sent)


async def replace_message(
    interaction: discord.Interaction[Any],
    text: str | None = None,
    *,
    view: discord.ui.View | discord.ui.LayoutView | None = None,
) -> None:
    """Answer a press of a button by changing the message that holds it."""
    interaction.extras[_ANSWERED] = True
    given: dict[str, Any] = {"view": view}
    if text is not None:
        given["content"] = text
    if interaction.response.is_done():
        await interaction.edit_original_response(**given)
    else:
        await interaction.response.edit_message(**given)


async def say_error(interaction: discord.Interaction[Any], error: BaseException) -> None:
    """Tell a person what went wrong, unless they have an answer already."""
    sentence = sentence_for(error)
    if interaction.extras.get(_ANSWERED):
        return
    try:
        await say(interaction, sentence)
    except discord.HTTPException as lost:
        log.warning("reply.lost", status=lost.status, code=lost.code)
