"""The README's table of commands is the tree that Discord is told of."""

import re
from pathlib import Path

import discord

README = Path(__file__).parents[2] / "README.md"


async def test_the_readme_names_every_command_and_no_other(world):
    tree = world.app.client.tree
    typed = {f"/{c.qualified_name}" for c in tree.walk_commands() if not isinstance(c, discord.app_commands.Group)}
    menus = {
        c.name
        for kind in (discord.AppCommandType.message, discord.AppCommandType.user)
        for c in tree.walk_commands(type=kind)
    }
    text = README.read_text().split("## How it works")[0]
    told = set(re.findall(r"`(/[a-z]+(?: [a-z]+)?)`", text))
    assert told == typed
    assert set(re.findall(r"\*([A-Z][^*]+)\*", text)) >= menus
