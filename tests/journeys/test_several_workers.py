"""Several `feelprint worker` over one PostgreSQL: nobody is tuned twice, and whoever ends hands its member on."""

import asyncio
from pathlib import Path

from bot.operations.health import told_at
from core.vocabulary.profile import ProfileKey
from core.vocabulary.server_settings import ServerSettings
from tests.effort import TIMES
from tests.journeys.conftest import bot_on, settings_for, text_of
from tests.journeys.test_health import figures, free_port
from tests.journeys.test_killed_while_tuning import LABELS, TOGETHER, Provider, label
from tests.journeys.worker_processes import Start, doing, ended, until
from tests.storage.test_migrations import run_sql

MEMBERS = range(1, 3 + TIMES)
"""More than there are workers."""


async def test_two_workers_tune_each_member_once_and_ask_nothing_twice(
    postgres_url: str, provider: tuple[Provider, str], worker: Start
) -> None:
    for member in MEMBERS:
        await label(postgres_url, member=member, seed=member)
    await asyncio.gather(worker(), worker())
    await until(lambda: len(ended(postgres_url)) >= len(MEMBERS), 120)
    await asyncio.sleep(3)
    assert ended(postgres_url) == list(MEMBERS)
    await until(lambda: run_sql(postgres_url, "SELECT count(*) FROM procrastinate_jobs") == [0], 60)
    calls, again = provider[0].answered.total(), provider[0].again
    print(f"{len(MEMBERS)} runs, {calls} calls, {again} a second time")
    assert again == 0
    assert run_sql(postgres_url, "SELECT count(*) FROM ledger WHERE outcome = 'ok'") == [calls]


async def test_a_worker_that_is_told_to_end_hands_its_member_on_at_once(
    postgres_url: str, provider: tuple[Provider, str], worker: Start
) -> None:
    await label(postgres_url, member=1)
    provider[0].pause = 3.0  # longer than it takes to end, also on a busy machine
    first = await worker()
    await until(lambda: doing(postgres_url), 60)
    await worker()
    await until(lambda: provider[0].answered.total() >= 10, 60)
    first.terminate()
    assert await asyncio.wait_for(first.wait(), 60) == 0
    assert ended(postgres_url) == []
    provider[0].pause, before = 0.0, provider[0].answered.total()
    await until(lambda: provider[0].answered.total() > before, 40)  # of a dead one that would be a minute
    await until(lambda: ended(postgres_url), 60)
    assert ended(postgres_url) == [1]
    assert provider[0].again <= TOGETHER


async def test_who_waits_for_a_worker_is_counted_by_a_bot_that_does_not_tune(
    postgres_url: str, folder: Path
) -> None:
    port = str(free_port())
    await label(postgres_url, member=1)
    async with bot_on(settings_for(folder, database=postgres_url), tunes=False) as (app, _), told_at(app, port):
        await until(lambda: run_sql(postgres_url, "SELECT lock FROM procrastinate_jobs"), 60)
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
