"""`feelprint run` tells its health over a real gateway, and `feelprint healthy` asks it from another process."""

import asyncio
import os
import signal
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from core.offline.model import MODEL_NAME
from tests.bench.reliability.discord_server import DiscordServer
from tests.journeys.test_health import free_port
from tests.programs import Programs

pytestmark = pytest.mark.slow


async def test_another_process_learns_whether_the_bot_is_connected(
    tmp_path: Path, model_url: str, programs: Programs
) -> None:
    discord = DiscordServer()
    environment = {
        **os.environ,
        "DISCORD_TOKEN": "a.simulated.token",
        "OPENAI_BASE_URL": model_url,
        "FEELPRINT_MODEL": MODEL_NAME,
        "FEELPRINT_DATABASE": str(tmp_path / "x.db"),
        "FEELPRINT_STATE_DIR": str(tmp_path),
        "FEELPRINT_IMAGE_WORKERS": "1",
        "FEELPRINT_HEALTH": str(free_port()),
    }

    async def healthy() -> tuple[int, str]:
        asked = await asyncio.to_thread(programs.run, "bot", "healthy", env=environment)
        await asyncio.sleep(0.5)  # as whoever supervises a bot does not ask all the time, either
        return asked.returncode, asked.stdout

    async def until(code: int) -> str:
        async with asyncio.timeout(120):
            while (told := await healthy())[0] != code:
                pass
        return told[1]

    assert (await healthy())[0] == 1
    async with AsyncExitStack() as there:
        await there.enter_async_context(discord.listening())
        environment["DISCORD_AT"] = f"http://127.0.0.1:{discord.port}"
        bot = programs.start("tests.bench.reliability.bot_process", env=environment)
        try:
            assert "All is well" in await until(0)
            await there.aclose()
            assert "not connected to Discord" in await until(1)
        finally:
            bot.send_signal(signal.SIGTERM)
            await asyncio.to_thread(bot.wait, 30)
