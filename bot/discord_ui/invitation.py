"""The address that lets the bot into a server, with the permissions that it needs and no others."""

import discord

from bot.words.overview import PERMISSIONS


def invitation(application_id: int) -> str:
    """For whoever manages a server: where Discord asks them whether the bot may come in."""
    needed = discord.Permissions(**dict.fromkeys(PERMISSIONS, True))
    return discord.utils.oauth_url(application_id, permissions=needed, scopes=("bot", "applications.commands"))
