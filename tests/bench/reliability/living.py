"""A bot's life over real sockets: a process that is started, killed and started again, beside a busy Discord.

What Discord holds is the backend's state; what the bot holds is read from its database file, as any second
process may. `differences` compares the two: every reaction of a joined member that counts, and nothing else.
"""

import asyncio
import contextlib
import os
import random
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from core.vocabulary.clock import SystemClock
from core.vocabulary.consent import CONSENT_VERSION
from core.vocabulary.emotions import MIKELS, normalise_emoji
from core.vocabulary.server_settings import ServerSettings
from storage import open_storage
from tests.bench.reliability.discord_server import DiscordServer
from tests.journeys.conftest import picture

EMOJIS = tuple(emotion.emoji for emotion in MIKELS.emotions)
STARTS_S, ENDS_S = 180, 60
"""So long may a start and an end take on a busy machine; how fast they are is the claim of figures 30 and 42."""
Held = set[tuple[int, int, str]]
"""Reactions as (message, member, emoji)."""


class Life:
    """One bot, its Discord, and the people there."""

    def __init__(self, server: DiscordServer, folder: Path, rng: random.Random, **settings: str) -> None:
        self.server, self.folder, self.rng, self.settings = server, folder, rng, settings
        self.backend: Any = server.backend
        self.channels: list[int] = []
        self.guild_of: dict[int, int] = {}
        self.people: dict[int, list[int]] = {}
        self.joined: set[int] = set()
        self.posts: list[tuple[int, int]] = []
        self._process: asyncio.subprocess.Process | None = None

    async def furnish(self, *, servers: int, channels: int, people: int, joined: int) -> None:
        """Servers with channels that count and people in each, so many of whom have joined the bot."""
        settings = []
        for number in range(servers):
            owner = self.backend.make_user(f"owner{number}")
            guild = self.backend.create_guild(f"server {number}", owner_id=owner.id)
            own = [self.backend.create_channel(guild.id, f"pictures-{c}").id for c in range(channels)]
            self.people[guild.id] = []
            for person in range(people):
                user = self.backend.make_user(f"person{number}-{person}")
                self.backend.add_member(guild.id, user.id)
                self.people[guild.id].append(user.id)
                self.joined.update([user.id] if person < joined else [])
            self.channels += own
            self.guild_of |= dict.fromkeys(own, guild.id)
            settings.append(ServerSettings(guild.id, frozenset(own), seed_reactions=False))
        async with open_storage(str(self.database), clock=SystemClock()) as storage:
            for one in settings:
                await storage.servers.save(one)
            for member_id in self.joined:
                await storage.members.join(member_id, CONSENT_VERSION, 1)

    @property
    def database(self) -> Path:
        """The bot's file."""
        return self.folder / "feelprint.db"

    # -------------------------------------------------------------- the bot

    async def start(self) -> None:
        """Start the bot and wait until it is logged in. Raises RuntimeError where it ends instead."""
        (self.folder / "started").unlink(missing_ok=True)  # else a start after a kill waits for 90 seconds
        before = self.server.identified
        process = await self.launch()
        try:
            async with asyncio.timeout(STARTS_S):
                while self.server.identified == before and process.returncode is None:  # noqa: ASYNC110 - of two
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise RuntimeError(f"The bot was not logged in after {STARTS_S} s: {self._said()}") from None
        if process.returncode is not None:
            raise RuntimeError(f"The bot ended: {process.returncode}: {self._said()}")

    def _said(self) -> str:
        """The end of what the bot logged."""
        return (self.folder / "log").read_text(errors="replace")[-2000:]

    async def launch(self) -> asyncio.subprocess.Process:
        """Start the bot's process as it is, and do not wait."""
        environment = {
            **os.environ,
            "DISCORD_AT": f"http://127.0.0.1:{self.server.port}",
            "DISCORD_TOKEN": "a.simulated.token",
            "FEELPRINT_DATABASE": str(self.database),
            "FEELPRINT_STATE_DIR": str(self.folder),
            "FEELPRINT_IMAGE_WORKERS": "1",
            "FEELPRINT_LOG_LEVEL": "error",
            "CLOCK": str(self.folder / "clock"),
            **self.settings,
        }
        command = [sys.executable, "-m", "tests.bench.reliability.bot_process"]
        with (self.folder / "log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=log, stdout=log)
        return self._process

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid if self._process else 0

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.returncode is None

    async def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End the process and wait for it; its exit code."""
        if self._process is None or self._process.returncode is not None:
            return 0
        self._process.send_signal(how)
        try:
            return await asyncio.wait_for(self._process.wait(), ENDS_S)
        except TimeoutError:
            raise RuntimeError(f"The bot did not end in {ENDS_S} s: {self._said()}") from None

    def set_clock(self, seconds: float) -> None:
        """Set the bot's wall clock to so many seconds from the true time, while it runs or before it starts."""
        (self.folder / "clock").write_text(str(seconds))

    # ----------------------------------------------------------- the people

    def post(self) -> None:
        """Somebody posts a picture."""
        channel = self.rng.choice(self.channels)
        author = self.rng.choice(self.people[self.guild_of[channel]])
        shade = (self.rng.randrange(256), self.rng.randrange(256), self.rng.randrange(256))
        files = self.backend.store_attachments(channel, [("a.png", picture(*shade))])
        self.posts.append((channel, self.backend.create_message(channel, author, "", attachments=files).id))

    def act(self) -> None:
        """Somebody reacts, takes a reaction back, chats, clears or deletes."""
        draw = self.rng.random()
        if not self.posts or draw < 0.15:
            self.post()
            return
        channel, message = self.rng.choice(self.posts[-200:])
        if draw < 0.20:
            self.backend.create_message(channel, self.rng.choice(self.people[self.guild_of[channel]]), "chat")
        elif draw < 0.22:
            self.backend.delete_message(channel, message)
            self.posts.remove((channel, message))
        elif draw < 0.24:
            self.backend.clear_reactions(channel, message)
        else:
            person, emoji = self.rng.choice(self.people[self.guild_of[channel]]), self.rng.choice(EMOJIS)
            reaction = self.backend.get_message(channel, message).reaction_for(emoji)
            there = reaction is not None and person in reaction.user_ids
            self.backend.set_reaction(channel, message, emoji, person, not there)

    # -------------------------------------------------------------- compare

    def truth(self) -> Held:
        """What Discord holds of those who joined."""
        return {
            (message.id, user, normalise_emoji(reaction.emoji))
            for channel, message_id in self.posts
            for message in [self.backend.get_message(channel, message_id)]
            for reaction in message.reactions
            for user in reaction.user_ids
            if user in self.joined
        }

    def stored(self) -> Held:
        """What the bot holds."""
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            return set(connection.execute("SELECT message_id, member_id, emoji FROM reactions"))

    async def differences(self, seconds: float) -> Held:
        """In what they differ, as soon as in nothing, or after so many seconds."""
        until = time.monotonic() + seconds
        while True:
            began = time.monotonic()
            left = self.truth() ^ self.stored()
            if not left or began > until:
                return left
            await asyncio.sleep(max(0.25, 4 * (time.monotonic() - began)))  # Discord lives in this process, too

    def whole_round(self) -> int:
        """How many requests comparing everything with Discord takes at most.

        Each channel is read from end to end twice, and a page more for each span of what was listed about as long
        ago (`core.collecting.turns.ages`); each emoji under each picture is asked for once.
        """
        pages = [len(self.backend.messages.get(channel, ())) // 100 + 1 for channel in self.channels]
        spans = (self.server.identified + 1).bit_length()
        listed = sum(len(self.backend.get_message(*post).reactions) for post in self.posts)
        return listed + sum(2 * number + spans + 1 for number in pages)


@contextlib.asynccontextmanager
async def life(folder: Path, seed: int, **settings: str) -> AsyncIterator[Life]:
    """A life that ends with its process."""
    server = DiscordServer()
    async with server.listening():
        lived = Life(server, folder, random.Random(seed), **settings)
        try:
            yield lived
        finally:
            await lived.end(signal.SIGKILL)
