"""Where the bot can be invited, with no more rights than it uses."""

from urllib.parse import parse_qs, urlsplit

import discord

from bot.discord_ui.invitation import invitation
from bot.words.overview import PERMISSIONS


def test_it_asks_for_what_setup_checks_and_for_commands() -> None:
    asked = parse_qs(urlsplit(invitation(42)).query)
    assert asked["client_id"] == ["42"]
    assert set(asked["scope"][0].split()) == {"bot", "applications.commands"}
    granted = {name for name, given in discord.Permissions(int(asked["permissions"][0])) if given}
    assert granted == {name if name != "view_channel" else "read_messages" for name in PERMISSIONS}
