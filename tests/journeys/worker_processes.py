"""`feelprint worker` as processes of their own over one PostgreSQL, and the provider that they all ask."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from core.offline.model import MODEL_NAME
from tests.journeys.test_killed_while_tuning import Provider, serve
from tests.programs import Child, Programs
from tests.storage.test_migrations import run_sql

Start = Callable[[], Awaitable[Child]]


@pytest.fixture
async def provider() -> AsyncIterator[tuple[Provider, str]]:
    provider = Provider()
    runner, url = await serve(provider)
    yield provider, url
    await runner.cleanup()


@pytest.fixture
async def worker(
    postgres_url: str, provider: tuple[Provider, str], tmp_path: Path, programs: Programs
) -> AsyncIterator[Start]:
    """Starts a `feelprint worker`."""
    processes: list[Child] = []
    logs: list[Path] = []
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("FEELPRINT_")},
        "OPENAI_BASE_URL": provider[1],
        "OPENAI_API_KEY": "none",
        "FEELPRINT_MODEL": MODEL_NAME,
        "FEELPRINT_PRICE_IN": "1",
        "FEELPRINT_PRICE_OUT": "1",
        "FEELPRINT_DATABASE": postgres_url,
        "FEELPRINT_IMAGE_WORKERS": "1",
        "FEELPRINT_USD_PER_DAY": "100",
        "FEELPRINT_MEMBER_USD_PER_DAY": "50",
    }

    async def start() -> Child:
        said = tmp_path / f"worker-{len(logs)}.log"
        logs.append(said)
        with said.open("w") as log:
            process = programs.begin("bot", "worker", "--env-file", os.devnull, env=environment, stderr=log)
        processes.append(process)
        await until(lambda: "worker.ready" in said.read_text(), 60)
        return process

    yield start
    for process in processes:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), 60)
    print(*(log.read_text() for log in logs), sep="\n")


async def until(true: Callable[[], object], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - of other processes
            await asyncio.sleep(0.1)


def ended(url: str) -> list[int]:
    return run_sql(url, "SELECT member_id FROM runs WHERE result NOT IN ('running', 'stopped') ORDER BY member_id")


def doing(url: str) -> list[str]:
    return run_sql(url, "SELECT lock FROM procrastinate_jobs WHERE status = 'doing'")
