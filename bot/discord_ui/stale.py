"""Buttons and forms that nobody listens to any more: after a restart, or after their quarter of an hour.

discord.py drops such a press without a word, and Discord then shows that it failed, which tells nobody what to do.
"""

from typing import Any

import discord

from bot.discord_ui.replies import acknowledged, begin, say, say_error
from bot.words import texts


def is_unheard(interaction: discord.Interaction[Any]) -> bool:
    """Whether discord.py found no buttons and no form of ours for an interaction: what it looks for itself."""
    data: Any = interaction.data or {}
    store = interaction.client._connection._view_store
    if acknowledged(interaction):
        return False
    if interaction.type is discord.InteractionType.modal_submit:
        return data["custom_id"] not in store._modals
    if interaction.type is not discord.InteractionType.component:
        return False
    if any(form.fullmatch(data["custom_id"]) for form in store._dynamic_items):
        return False
    key = (data["component_type"], data["custom_id"])
    shown_in = (interaction.message.id if interaction.message else None, None)
    return not any(key in store._views.get(where, {}) for where in shown_in)


async def say_unheard(interaction: discord.Interaction[Any]) -> None:
    """Tell whoever pressed what they can do."""
    begin(interaction)
    interaction.client.app.voices.answer(str(interaction.locale))
    try:
        await say(interaction, texts.no_longer_heard())
    except Exception as error:
        await say_error(interaction, error)
