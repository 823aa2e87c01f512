"""What is kept for a time only goes by itself, in a bot that runs for long and in one where nothing happens."""

import asyncio

from sqlalchemy import insert, select

from core.ports import RunReport
from core.vocabulary.feelprint import RuleRecord
from core.vocabulary.reasons import Mode, RuleStatus, RunResult
from storage import open_storage
from storage.schema.tables import snapshots, tombstones
from tests.fakes import ManualClock
from tests.journeys.conftest import bot_on, settings_for
from tests.storage.lives import live, rule
from tests.storage.made import SET, T0, key


async def test_a_bot_in_which_nothing_happens_forgets_what_is_gone_all_the_same(folder):
    look = {"message_id": 7, "channel_id": 50, "round": 1, "mark": 0, "others": {"😂": [3, 0]}}
    async with open_storage(settings_for(folder).database, clock=ManualClock()) as storage:
        await storage._database.write(
            lambda c: (
                (c.execute(insert(tombstones), {"gone_id": 5, "at": 1}), c.execute(insert(snapshots), look))[0]
                and None
            )
        )
    async with bot_on(settings_for(folder)) as (app, _):
        async with asyncio.timeout(60):
            while await app.storage._database.read(_kept):  # noqa: ASYNC110 - of a database
                await asyncio.sleep(0.02)


async def test_a_bot_that_runs_lets_go_of_ideas_that_came_to_nothing(folder):
    ideas = [RuleRecord(rule(n), RuleStatus.UNUSED) for n in range(30)]
    report = RunReport("look", 11, SET, Mode.RULES, 1, 6, T0 + 900, T0 + 901, RunResult.KEPT)
    async with open_storage(settings_for(folder).database, clock=ManualClock()) as storage:
        await live(storage, 11, range(6))
        assert await storage.runs.finish(report, rules=ideas)
    async with bot_on(settings_for(folder)) as (app, _):
        async with asyncio.timeout(60):
            while len(await app.storage.runs.rules(key(11))) > 11:  # noqa: ASYNC110 - of a database
                await asyncio.sleep(0.02)
        assert (await app.storage.labels.profile(key(11))).labels == 6


def _kept(connection):
    return [*connection.scalars(select(tombstones.c.gone_id)), *connection.scalars(select(snapshots.c.message_id))]
