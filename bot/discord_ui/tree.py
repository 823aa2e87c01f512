"""The command tree: one door, one place for errors, and commands announced to Discord only when they changed.

Discord allows few announcements a day, so the tree's hash is noted in the state folder; what Discord
itself lists is asked each time, since another bot's token or a portal visit may have changed it.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import discord
import structlog
from discord import app_commands

from bot.discord_ui.doors import needs_of, refusal_of
from bot.discord_ui.replies import say, say_error
from bot.host.state import StateFolder
from bot.words import texts
from bot.words.refused import sentence
from core.collecting.refusals import Refusal

_NOTE = "commands"

log = structlog.get_logger(__name__)


class FeelprintTree(app_commands.CommandTree[discord.Client]):
    """All commands of the bot. `invitation` makes the Join button for who has not joined; `mentions` are the
    commands by name, as Discord makes each one that can be pressed.
    """

    invitation: Callable[[], discord.ui.View]
    mentions: Mapping[str, str] = {}

    async def interaction_check(self, interaction: discord.Interaction[discord.Client], /) -> bool:
        """Ask at the door what the command declares; a command that declares nothing runs for nobody."""
        try:
            return await self._admitted(interaction)
        except Exception as error:
            await say_error(interaction, error)
            return False

    async def _admitted(self, interaction: discord.Interaction[discord.Client]) -> bool:
        command = interaction.command
        needs = None if command is None else needs_of(command)
        if needs is None:
            raise TypeError(f"a command does not say what it asks: {command}")
        refused = await refusal_of(interaction, needs)
        if refused is None:
            return True
        if needs.invites and refused.why is Refusal.NOT_JOINED:
            await say(interaction, texts.join_first(), view=self.invitation())
        else:
            await say(interaction, sentence(refused.why, refused.seconds))
        return False

    async def on_error(
        self, interaction: discord.Interaction[discord.Client], error: app_commands.AppCommandError, /
    ) -> None:
        """Tell the person who asked."""
        await say_error(interaction, error)

    async def fingerprint(self, application_id: int) -> str:
        """A hash over everything that an announcement would say, in all languages."""
        translator = self.translator
        commands = [
            await command.get_translated_payload(self, translator) if translator else command.to_dict(self)
            for command in self._all()
        ]
        content = json.dumps([application_id, commands], sort_keys=True, default=str)
        return hashlib.sha256(content.encode()).hexdigest()

    async def announce(self, state: StateFolder) -> bool:
        """Announce the commands if they are not what Discord has; whether that was needed."""
        mark = await self.fingerprint(self.client.application_id or 0)
        known = await self.fetch_commands()
        listed = {(command.name, command.type) for command in known}
        ours = {(command.name, _kind(command)) for command in self._all()}
        if listed == ours and await asyncio.to_thread(state.read, _NOTE) == mark:
            self.mentions = dict(_mentions(known))
            return False
        self.mentions = dict(_mentions(await self.sync()))
        await asyncio.to_thread(state.write, _NOTE, mark)
        log.info("commands.announced", count=len(ours))
        return True

    def _all(self) -> list[Any]:
        kinds = (discord.AppCommandType.chat_input, discord.AppCommandType.message, discord.AppCommandType.user)
        return [command for kind in kinds for command in self.get_commands(type=kind)]


def _mentions(known: Iterable[app_commands.AppCommand]) -> Iterator[tuple[str, str]]:
    for command in known:
        if command.type is discord.AppCommandType.chat_input:
            yield command.name, command.mention
        for part in command.options:
            if isinstance(part, app_commands.AppCommandGroup):
                yield part.qualified_name, part.mention


def _kind(command: Any) -> discord.AppCommandType:
    return command.type if isinstance(command, app_commands.ContextMenu) else discord.AppCommandType.chat_input
