"""`feelprint run` over PostgreSQL: it ends when it is told to, also where the server hangs; and it runs once."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from tests.bench.reliability.discord_server import DiscordServer
from tests.programs import Program, Programs
from tests.storage.servers import Own, own_server

pytestmark = pytest.mark.slow
ENDS_S = 12.0
"""Docker kills after ten seconds, our compose.yaml after twenty; a busy machine takes longer to begin with."""

Run = Callable[..., Awaitable[Program]]


@pytest.fixture(scope="module")
def server() -> Iterator[Own]:
    with own_server() as own:
        yield own


@pytest.fixture
async def run(server: Own, tmp_path: Path, programs: Programs) -> AsyncIterator[Run]:
    """Starts the bot as a process, and waits until it is logged in if it is to `arrive`."""
    discord, name, processes = DiscordServer(), server.create(), []

    async def start(*, arrives: bool = True) -> Program:
        (tmp_path / "started").unlink(missing_ok=True)
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")},
            "DISCORD_AT": f"http://127.0.0.1:{discord.port}",
            "DISCORD_TOKEN": "a.simulated.token",
            "FEELPRINT_DATABASE": server.url(name),
            "FEELPRINT_STATE_DIR": str(tmp_path),
            "FEELPRINT_IMAGE_WORKERS": "1",
        }
        before = discord.identified
        process = programs.start("tests.bench.reliability.bot_process", env=environment)
        processes.append(process)
        async with asyncio.timeout(60):
            while arrives and discord.identified == before and process.returncode is None:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        return process

    async with discord.listening():
        yield start
        server.thaw()
        for process in processes:
            process.kill()
            process.wait()
    server.drop(name)


async def _ends(process: Program) -> tuple[int, float]:
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    code = await asyncio.to_thread(process.wait, 2 * ENDS_S)
    return code, time.monotonic() - began


def _hears_sigterm(pid: int) -> bool:
    """Whether the process handles SIGTERM by itself by now."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)


async def test_sigterm_ends_a_bot_whose_server_hangs(server: Own, run: Run) -> None:
    process = await run()
    server.freeze()
    await asyncio.sleep(0.5)
    code, seconds = await _ends(process)
    assert seconds < ENDS_S
    assert code >= 0, "by itself"


async def test_sigterm_ends_a_bot_that_is_just_opening_a_server_that_hangs(server: Own, run: Run) -> None:
    server.freeze()
    process = await run(arrives=False)
    async with asyncio.timeout(60):
        while not _hears_sigterm(process.pid):  # noqa: ASYNC110 - of another process
            await asyncio.sleep(0.05)
    await asyncio.sleep(1)
    assert process.returncode is None, "it is just waiting for the server"
    code, seconds = await _ends(process)
    assert seconds < ENDS_S
    assert code >= 0


async def test_a_second_process_with_the_same_token_is_refused_in_a_sentence(run: Run) -> None:
    first = await run()
    second = await run(arrives=False)
    said, wrong = await asyncio.to_thread(second.communicate, 60)
    assert second.returncode == 4, wrong
    assert "Another Feelprint runs with this token" in " ".join((said + wrong).split())
    assert first.returncode is None


async def test_a_process_that_was_killed_leaves_its_place(run: Run) -> None:
    first = await run()
    first.kill()
    first.wait()
    second = await run()
    assert second.returncode is None
    code, seconds = await _ends(second)
    assert (code, seconds < ENDS_S) == (0, True)
