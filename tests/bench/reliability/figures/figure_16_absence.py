"""Figure 16: after an absence, stored reactions and Discord agree within a number of walks computed beforehand.

Two channels in each server, five changes a server while nobody listens: reactions made and taken back, pictures
posted, messages deleted. A walk has the budget that is shipped. A whole round asks for at most two pages of every
channel and once for every emoji under every picture; at the end of a walk at most two requests are for nothing.
"""

import asyncio
import contextlib
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simcord.env import Env

from bot.bootstrap import open_app
from bot.host.settings import Settings
from bot.intake.comparing import Comparer
from core.offline.model import MODEL_NAME
from core.vocabulary.consent import CONSENT_VERSION
from core.vocabulary.emotions import MIKELS, normalise_emoji
from core.vocabulary.server_settings import ServerSettings
from tests.bench.reliability.figure import Figure, Trials
from tests.journeys.conftest import picture

EMOJIS = tuple(emotion.emoji for emotion in MIKELS.emotions)[:4]
CHANGES, POSTS, PEOPLE, JOINED = 5, 2, 12, 8
WASTED = 2
"""Requests at the end of a walk: a page of which nothing more could be listed, a listing that did not fit."""


class _Discord:
    """What is true, and what people do there."""

    def __init__(self, backend: Any, rng: random.Random) -> None:
        self.backend, self.rng = backend, rng
        self.people = [backend.make_user(f"person{n}").id for n in range(PEOPLE)]
        self.joined = set(self.people[:JOINED])
        self.servers: dict[int, list[int]] = {}
        self.posts: list[tuple[int, int]] = []
        self.shown = [picture(30 * n) for n in range(4)]

    def furnish(self, servers: int) -> None:
        """Servers with two channels each and something in them."""
        for number in range(servers):
            guild = self.backend.create_guild(f"server {number}", owner_id=self.people[0])
            for person in self.people[1:]:
                self.backend.add_member(guild.id, person)
            self.servers[guild.id] = [self.backend.create_channel(guild.id, f"c{n}").id for n in range(2)]
            for channel in self.servers[guild.id] * POSTS:
                self.post(channel)
                self.react(len(self.posts) - 1)

    def post(self, channel: int) -> None:
        files = self.backend.store_attachments(channel, [("a.png", self.rng.choice(self.shown))])
        message = self.backend.create_message(channel, self.people[-1], "", attachments=files)
        self.posts.append((channel, message.id))

    def react(self, index: int) -> None:
        channel, message = self.posts[index]
        person, emoji = self.rng.choice(self.people), self.rng.choice(EMOJIS)
        reaction = self.backend.get_message(channel, message).reaction_for(emoji)
        there = reaction is not None and person in reaction.user_ids
        self.backend.set_reaction(channel, message, emoji, person, not there)

    def change(self) -> None:
        draw = self.rng.random()
        if draw < 0.03 or not self.posts:
            self.post(self.rng.choice(self.rng.choice(list(self.servers.values()))))
        elif draw < 0.06:
            channel, message = self.posts.pop(self.rng.randrange(len(self.posts)))
            self.backend.delete_message(channel, message)
        else:
            self.react(self.rng.randrange(len(self.posts)))

    def truth(self) -> set[tuple[int, int, str]]:
        return {
            (message, person, normalise_emoji(reaction.emoji))
            for channel, message in self.posts
            for reaction in self.backend.get_message(channel, message).reactions
            for person in reaction.user_ids
            if person in self.joined
        }

    def requests(self) -> int:
        """The most that a whole round asks for."""
        listed = sum(len(self.backend.get_message(*post).reactions) for post in self.posts)
        return sum(2 * len(channels) for channels in self.servers.values()) + listed


async def body(trials: Trials) -> None:
    """Be there, be away, come back and walk; compare after as many walks as were computed."""
    settings = _settings(trials.folder)
    rng = random.Random(trials.seed)
    async with open_app(settings) as app:
        app.start()
        env = Env(app.client, shard_count=1, settle_timeout=60.0)
        await env.start()
        discord = _Discord(env.backend, rng)
        discord.furnish(max(1, trials.n // CHANGES))
        for server_id, channels in discord.servers.items():
            await app.roster.save(ServerSettings(server_id, frozenset(channels), seed_reactions=False))
        for person in discord.joined:
            await app.storage.members.join(person, CONSENT_VERSION, 1)
        await app.roster.refresh()
        await _walks(app, 10**6)
    for _ in range(trials.n):
        discord.change()
    async with open_app(settings) as app:
        app.catchup.run = _nothing  # type: ignore[method-assign]
        app.start()
        await env.restart_bot(app.client)
        needed = -(-discord.requests() // (settings.catchup_calls - WASTED))
        before = len(env.http_requests)
        made = await _walks(app, needed)
        rows = await app.storage.labels.reactions_on([message for _, message in discord.posts])
        stored = {(message, member, emoji) for message, member, emoji, _ in rows}
        wrong = stored ^ discord.truth()
        trials.check(not wrong, f"{len(wrong)} reactions differ after {made} walks", times=trials.n)
        asked = [r for r in env.http_requests[before:] if r.method == "GET"]
        trials.check(len(asked) <= needed * settings.catchup_calls, f"{len(asked)} requests")
        trials.note(f"{len(discord.servers)} servers, {made} of {needed} walks, {len(asked)} requests")
    await env.shutdown()


async def _walks(app: Any, at_most: int) -> int:
    made = 0
    app.catchup._round_wanted = True
    while app.catchup._due() and made < at_most:
        await app.catchup._walk()
        await app.intake.drained()
        made += 1
    return made


async def _nothing() -> None:
    """No walks but those that are counted."""
    await asyncio.Event().wait()


def _settings(folder: Path) -> Settings:
    chosen: dict[str, Any] = {
        "database": str(folder / "feelprint.db"),
        "state_dir": folder,
        "image_workers": 1,
        "model": MODEL_NAME,
    }
    return Settings(_env_file=None, **chosen)


@contextlib.contextmanager
def without() -> Iterator[None]:
    """Nothing is listed, whatever the numbers say."""
    was = Comparer._is_news
    Comparer._is_news = lambda *_: False  # type: ignore[method-assign]
    try:
        yield
    finally:
        Comparer._is_news = was  # type: ignore[method-assign]


FIGURE = Figure(16, "After an absence Discord and database agree", body, without, 100, 5_000, 50)
