"""Two `feelprint run --shards` over one PostgreSQL: each has its servers, and knows what the other does."""

import asyncio
import itertools
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from core.offline.model import MODEL_NAME
from core.vocabulary.emotions import MIKELS
from core.vocabulary.server_settings import ServerSettings
from storage import open_storage
from tests.bench.reliability.asking import Asked, ask
from tests.bench.reliability.asking import until as until_true
from tests.bench.reliability.discord_server import DiscordServer
from tests.fakes import ManualClock
from tests.journeys.conftest import picture
from tests.programs import Child, Programs
from tests.storage.test_migrations import run_sql

pytestmark = pytest.mark.slow
AWE = MIKELS.emoji_of("awe")
HANGS_S = 120.0
"""Whatever takes so long has hung: a slow machine with coverage takes half a minute to end a process."""
Start = Callable[..., Awaitable[Child]]


class Town:
    """A server on each of two shards, with a channel that counts, and one person who is in both."""

    def __init__(self, discord: DiscordServer) -> None:
        self.backend: Any = discord.backend
        self.ann = self.backend.make_user("ann").id
        self.guilds: dict[int, int] = {}
        self.channels: dict[int, int] = {}

    async def furnish(self, url: str) -> None:
        owner = self.backend.make_user("owner").id
        for shard in (0, 1):
            guild = self.backend.create_guild(f"server {shard}", owner_id=owner, shard_id=shard, shard_count=2)
            self.guilds[shard] = guild.id
            self.channels[shard] = self.backend.create_channel(guild.id, "pictures").id
            self.backend.add_member(guild.id, self.ann)
        async with open_storage(url, clock=ManualClock()) as storage:
            for shard, guild_id in self.guilds.items():
                channels = frozenset({self.channels[shard]})
                await storage.servers.save(ServerSettings(guild_id, channels, seed_reactions=False))

    def post(self, shard: int) -> int:
        channel = self.channels[shard]
        files = self.backend.store_attachments(channel, [("a.png", picture(40 * shard))])
        return int(self.backend.create_message(channel, self.ann, "", attachments=files).id)

    def react(self, shard: int, message: int) -> None:
        self.backend.set_reaction(self.channels[shard], message, AWE, self.ann, True)


@pytest.fixture
async def discord() -> AsyncIterator[DiscordServer]:
    server = DiscordServer()
    async with server.listening():
        yield server


@pytest.fixture
async def run(
    discord: DiscordServer, postgres_url: str, tmp_path: Path, model_url: str, programs: Programs
) -> AsyncIterator[Start]:
    """Starts a bot with some shards; waits until they have identified, if it is to `arrive`."""
    processes: list[Child] = []

    async def start(*options: str, arrives: int = 1) -> Child:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("FEELPRINT_")},
            "DISCORD_AT": f"http://127.0.0.1:{discord.port}",
            "DISCORD_TOKEN": "a.simulated.token",
            "OPENAI_BASE_URL": model_url,
            "FEELPRINT_MODEL": MODEL_NAME,
            "FEELPRINT_DATABASE": postgres_url,
            "FEELPRINT_STATE_DIR": str(tmp_path),
            "FEELPRINT_IMAGE_WORKERS": "1",
        }
        before = discord.identified
        process = programs.begin(
            "tests.bench.reliability.bot_process",
            *options,
            env=environment,
            stderr=None if arrives else asyncio.subprocess.PIPE,
        )
        processes.append(process)
        async with asyncio.timeout(HANGS_S):
            while discord.identified < before + arrives and process.returncode is None:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        return process

    yield start
    for process in processes:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), HANGS_S)


async def until(true: Callable[[], object], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - of other processes
            await asyncio.sleep(0.1)


async def test_two_bots_share_a_token_and_each_has_its_servers(
    discord: DiscordServer, postgres_url: str, run: Start, programs: Programs
) -> None:
    """
    One identifies at a time; whoever joins in one is counted in the other at once, and is forgotten there; and a
    server of the other is not taken for one that was left.
    """
    town = Town(discord)
    await town.furnish(postgres_url)
    first, second = await asyncio.gather(
        run("--shards", "0/2", arrives=2), run("--shards", "1-1/2", "--no-tuning", arrives=2)
    )
    assert sorted(shard for _, shard in discord.identified_at) == [0, 1]
    assert abs(discord.identified_at[0][0] - discord.identified_at[1][0]) >= 5.0

    twin = await run("--shards", "1/2", arrives=0)
    _, wrong = await asyncio.wait_for(twin.communicate(), 60)
    assert twin.returncode == 4
    assert "Another Feelprint runs with this token" in " ".join(wrong.decode().split())

    async def joined(shard: int) -> None:
        token = discord.command(town.ann, town.guilds[shard], town.channels[shard], "join")
        await until(lambda: token in discord.acknowledged, HANGS_S)
        await until(lambda: run_sql(postgres_url, "SELECT member_id FROM members") == [town.ann], HANGS_S)

    def reacted_in() -> list[int]:
        return run_sql(postgres_url, "SELECT s.server_id FROM reactions r JOIN sightings s USING (message_id)")

    message = town.post(1)
    town.react(1, message)  # of a stranger: it does not count
    await asyncio.sleep(2)
    assert reacted_in() == []
    await joined(0)
    async with asyncio.timeout(40):  # all is read anew once a minute: this was told
        while not reacted_in():
            town.react(1, town.post(1))
            await asyncio.sleep(0.5)
    assert set(reacted_in()) == {town.guilds[1]}

    command = programs.begin(
        *("bot", "forget", str(town.ann), "--yes", "--env-file", os.devnull),
        env={**os.environ, "FEELPRINT_DATABASE": postgres_url},
    )
    assert await asyncio.wait_for(command.wait(), 60) == 0
    await asyncio.sleep(3)
    for shard in (0, 1):
        town.react(shard, town.post(shard))
    await asyncio.sleep(2)
    assert run_sql(postgres_url, "SELECT count(*) FROM members") == [0]
    assert reacted_in() == []
    assert sorted(run_sql(postgres_url, "SELECT server_id FROM servers")) == sorted(town.guilds.values())
    assert (first.returncode, second.returncode) == (None, None)


async def test_a_rolling_restart_loses_no_label_and_answers_whatever_a_process_has_heard(
    discord: DiscordServer, postgres_url: str, run: Start
) -> None:
    """
    Each process is followed by another while people react and ask in its servers. The first is taken over from,
    and every question is answered, once. The second ends before the other begins: what is reacted meanwhile is
    found, and a question that nobody hears Discord answers itself: while nobody is there, and the last few that
    are on their way when the bot hangs up.
    """
    town = Town(discord)
    await town.furnish(postgres_url)
    options = (("--shards", "0/2"), ("--shards", "1/2", "--no-tuning"))
    parts = list(await asyncio.gather(*(run(*some, arrives=2) for some in options)))
    assert await until_true(lambda: all(hears(discord, shard) for shard in (0, 1)), HANGS_S)
    joining = ask(discord, (town.guilds[0], town.channels[0]), town.ann, "join")
    await until(lambda: joining.said, HANGS_S)
    reacted, asked, over = {0: set[int](), 1: set[int]()}, {0: list[Asked](), 1: list[Asked]()}, asyncio.Event()

    async def live() -> None:
        for shard in itertools.cycle((0, 1)):
            message = town.post(shard)
            town.react(shard, message)
            reacted[shard].add(message)
            if shard == 0 or hears(discord, shard):
                where = (town.guilds[shard], town.channels[shard])
                asked[shard].append(ask(discord, where, town.ann, "progress"))
            await asyncio.sleep(0.1)
            if over.is_set():
                return

    living = asyncio.create_task(live())
    discord.faults.kinds = ("429", "cut before", "slow")  # what was not done: another try is no second answer
    discord.faults.rate = 0.05
    await asyncio.sleep(2)
    before, parts[0] = parts[0], await run(*options[0], "--take-over")
    assert await asyncio.wait_for(before.wait(), HANGS_S) == 0
    parts[1].send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(parts[1].wait(), HANGS_S) == 0
    unheard = list(itertools.takewhile(lambda one: not one.acknowledged, reversed(asked[1])))
    parts[1] = await run(*options[1])
    await asyncio.sleep(2)
    over.set()
    await living
    stored = reacted[0] | reacted[1]
    await until(lambda: set(run_sql(postgres_url, "SELECT message_id FROM reactions")) == stored, HANGS_S)
    spoken_to = [one for one in asked[0] + asked[1] if one not in unheard]
    assert await until_true(lambda: all(one.said for one in spoken_to), HANGS_S)
    assert len(unheard) <= 3
    assert len(asked[0]) == len(reacted[0]) > 20
    assert len(asked[1]) < len(reacted[1])
    assert discord.faults.drawn > 5
    assert 400 not in discord.statuses, "something was answered twice"


def hears(discord: DiscordServer, shard: int) -> bool:
    """Whether a process has that shard now."""
    return any(session.socket is not None and session.shard[0] == shard for session in discord.sessions.values())
