"""Several `feelprint worker` over one PostgreSQL: nobody is tuned twice, and whoever dies is taken over from."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.operations.health import told_at
from core.offline.model import MODEL_NAME
from core.vocabulary.profile import ProfileKey
from core.vocabulary.server_settings import ServerSettings
from tests.effort import TIMES
from tests.journeys.conftest import bot_on, settings_for, text_of
from tests.journeys.test_health import figures, free_port
from tests.journeys.test_killed_while_tuning import LABELS, TOGETHER, Provider, label, serve
from tests.programs import Child, Programs
from tests.storage.test_migrations import run_sql

MEMBERS = range(1, 3 + TIMES)
"""More than there are workers."""
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
        await asyncio.wait_for(process.wait(), 20)
    print(*(log.read_text() for log in logs), sep="\n")


async def until(true: Callable[[], object], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - of other processes
            await asyncio.sleep(0.1)


def ended(url: str) -> list[int]:
    return run_sql(url, "SELECT member_id FROM runs WHERE result NOT IN ('running', 'stopped') ORDER BY member_id")


def doing(url: str) -> list[str]:
    return run_sql(url, "SELECT lock FROM procrastinate_jobs WHERE status = 'doing'")


async def test_two_workers_tune_each_member_once_and_ask_nothing_twice(
    postgres_url: str, provider: tuple[Provider, str], worker: Start
) -> None:
    for member in MEMBERS:
        await label(postgres_url, member=member, seed=member)
    await asyncio.gather(worker(), worker())
    await until(lambda: len(ended(postgres_url)) >= len(MEMBERS), 120)
    await asyncio.sleep(3)
    assert ended(postgres_url) == list(MEMBERS)
    await until(lambda: run_sql(postgres_url, "SELECT count(*) FROM procrastinate_jobs") == [0], 30)
    calls, again = provider[0].answered.total(), provider[0].again
    print(f"{len(MEMBERS)} runs, {calls} calls, {again} a second time")
    assert again == 0
    assert run_sql(postgres_url, "SELECT count(*) FROM ledger WHERE outcome = 'ok'") == [calls]


async def test_a_worker_that_is_killed_is_taken_over_from_within_a_minute(
    postgres_url: str, provider: tuple[Provider, str], worker: Start
) -> None:
    """Tuned by one worker at a time, and by another within a minute; only what was on its way is paid twice."""
    await label(postgres_url, member=1)
    counted = provider[0]
    counted.pause = 8.0  # the second takes that long to start on a busy machine
    first = await worker()
    await until(lambda: doing(postgres_url), 30)
    second = await worker()
    counted.pause = 1.0
    before = counted.answered.total()
    await until(lambda: counted.answered.total() >= before + 6, 30)
    assert ended(postgres_url) == []
    first.kill()
    killed = time.monotonic()
    await asyncio.sleep(5)
    assert doing(postgres_url), "nobody has taken it yet: whoever is slow for a moment keeps it"
    counted.pause = 0.0
    await until(lambda: ended(postgres_url), 90)
    print(f"tuned by another {time.monotonic() - killed:.0f} s after the kill")
    assert time.monotonic() - killed < 60
    assert second.returncode is None
    assert ended(postgres_url) == [1]
    lost = run_sql(postgres_url, "SELECT count(*) FROM ledger WHERE outcome <> 'ok'")[0]
    print(f"{lost} calls were in flight, {counted.again} were answered twice")
    assert lost <= TOGETHER
    assert counted.again <= lost


async def test_a_worker_that_is_told_to_end_hands_its_member_on_at_once(
    postgres_url: str, provider: tuple[Provider, str], worker: Start
) -> None:
    await label(postgres_url, member=1)
    provider[0].pause = 3.0  # longer than it takes to end, also on a busy machine
    first = await worker()
    await until(lambda: doing(postgres_url), 30)
    await worker()
    await until(lambda: provider[0].answered.total() >= 10, 30)
    first.terminate()
    assert await asyncio.wait_for(first.wait(), 15) == 0
    assert ended(postgres_url) == []
    provider[0].pause = 0.0
    await until(lambda: ended(postgres_url), 10)
    assert ended(postgres_url) == [1]
    assert provider[0].again <= TOGETHER


async def test_who_waits_for_a_worker_is_counted_by_a_bot_that_does_not_tune(
    postgres_url: str, folder: Path
) -> None:
    port = str(free_port())
    await label(postgres_url, member=1)
    async with bot_on(settings_for(folder, database=postgres_url), tunes=False) as (app, _), told_at(app, port):
        await until(lambda: run_sql(postgres_url, "SELECT lock FROM procrastinate_jobs"), 20)
        now = await figures(port)
        assert now["feelprint_queue_members[]"] == 1
        assert 0 <= now["feelprint_queue_members_oldest_seconds[]"] < 20


async def test_a_bot_shows_a_run_of_another_process_and_ends_it_before_its_member_is_forgotten(
    postgres_url: str, provider: tuple[Provider, str], worker: Start, folder: Path
) -> None:
    settings = settings_for(folder, database=postgres_url)
    async with bot_on(settings, tunes=False) as (app, env):
        guild = env.create_guild("Pictures")
        channel = guild.create_text_channel("pictures")
        ann = guild.add_member(env.create_user("ann"))
        await app.roster.save(ServerSettings(guild.id, frozenset({channel.id}), seed_reactions=False))
        await label(postgres_url, member=ann.id)
        await app.roster.refresh()
        provider[0].pause = 1.0
        await worker()
        app.worker.wake()
        await until(lambda: app.worker.progress_of(ProfileKey(ann.id, app.default_label_set.id)), 60)
        shown = text_of(await ann.slash(channel, "progress"))
        assert "Learning now: looking at your pictures.\n" in shown, "and how far it is"
        assert doing(postgres_url) == [str(ann.id)]

        assert await app.forget(ann.id) == LABELS
        assert doing(postgres_url) == []
        assert run_sql(postgres_url, "SELECT count(*) FROM procrastinate_jobs") == [0]
        asked = provider[0].answered.total()
        await app.roster.join(ann.id, app.clock.now_ms())
        await asyncio.sleep(5)
        assert provider[0].answered.total() <= asked + 4, "only what was on its way"
        for table in ("runs", "labels", "rules", "feelprints", "answers"):
            assert run_sql(postgres_url, f"SELECT count(*) FROM {table}") == [0], table
        assert app.worker.progress_of(ProfileKey(ann.id, app.default_label_set.id)) is None
