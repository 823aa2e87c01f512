"""What another process does over the same PostgreSQL is taken over at once; each roster below is one process's."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.intake.elsewhere import Elsewhere
from bot.intake.roster import Roster
from core.collecting.policy import Spot
from core.ports import Told, Topic
from core.vocabulary.consent import Standing
from core.vocabulary.exclusions import By, Exclusion, What
from core.vocabulary.own_moods import FIRST
from core.vocabulary.server_settings import ServerSettings
from storage import Storage, open_storage
from tests.fakes import ManualClock
from tests.storage.test_migrations import run_sql

pytestmark = pytest.mark.slow
ANN, HERE = 7, 5
AT_ONCE_S = 10.0
"""On a busy machine; all is read anew once a minute."""


@dataclass
class Process:
    """What one process knows, and what was handed on in it."""

    storage: Storage
    roster: Roster = field(init=False)
    handed_on: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        stored = self.storage
        self.roster = Roster(stored.members, stored.servers, stored.exclusions, stored.own_moods)
        self.roster.on_saved = lambda server_id: self.handed_on.append(("saved", server_id))
        self.elsewhere = Elsewhere(
            self.storage.news,
            self.roster,
            on_progress=self.handed_on.append,
            on_forgotten=lambda member_id: self.handed_on.append(("forgotten", member_id)),
            on_pictures=lambda: self.handed_on.append("pictures"),
            on_handover=self.handed_on.append,
        )


@pytest.fixture
async def two(postgres_url: str) -> AsyncIterator[tuple[Process, Process]]:
    async with AsyncExitStack() as stack:
        found = []
        for _ in range(2):
            process = Process(await stack.enter_async_context(open_storage(postgres_url, clock=ManualClock())))
            listening = asyncio.create_task(process.elsewhere.run())
            stack.callback(listening.cancel)
            await asyncio.wait_for(process.elsewhere.missed.wait(), AT_ONCE_S)
            process.elsewhere.missed.clear()
            found.append(process)
        yield found[0], found[1]


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(AT_ONCE_S):
        while not true():  # noqa: ASYNC110 - of the database
            await asyncio.sleep(0.02)


async def test_joining_pausing_and_leaving_are_known_in_the_other_process(two: tuple[Process, Process]) -> None:
    one, other = two
    await one.roster.join(ANN, 1, moment=99)
    await until(lambda: other.roster.joined(ANN))
    assert other.roster.noes.counts_from(ANN, HERE) == 99
    await one.roster.pause(ANN)
    await until(lambda: other.roster.standing(ANN) is Standing.PAUSED)
    await one.roster.forget(ANN)
    await until(lambda: other.roster.standing(ANN) is Standing.ABSENT)
    assert other.handed_on == [("forgotten", ANN)]
    assert one.handed_on == [], "what a process does itself it is not told"


async def test_an_own_mood_is_known_in_the_other_process(two: tuple[Process, Process]) -> None:
    one, other = two
    await one.roster.join(ANN, 1)
    made = await one.roster.moods.make(ANN, "evening", 1)
    assert made is not None
    await until(lambda: other.roster.moods.of(ANN) == made)
    await one.roster.moods.rename(ANN, made.number, "night")
    await until(lambda: other.roster.moods.of(ANN).name == "night")
    await one.roster.moods.switch(ANN, FIRST.number)
    await until(lambda: other.roster.moods.of(ANN) == FIRST)
    await one.roster.moods.switch(ANN, made.number)
    await until(lambda: other.roster.moods.of(ANN) == made)
    await one.roster.moods.erase(ANN, made.number)
    await until(lambda: other.roster.moods.of(ANN) == FIRST)
    await one.roster.moods.make(ANN, "evening", 1)
    await until(lambda: other.roster.moods.of(ANN) != FIRST)
    await one.roster.forget(ANN)
    await until(lambda: other.roster.moods.of(ANN) == FIRST)


async def test_settings_and_noes_are_known_in_the_other_process(two: tuple[Process, Process]) -> None:
    one, other = two
    chosen = ServerSettings(HERE, frozenset({9}))
    await one.roster.save(chosen)
    await until(lambda: other.roster.places == (chosen,))
    assert other.handed_on == [("saved", HERE)]
    said = Exclusion(HERE, By.ADMIN, What.MESSAGE, "77", 0, True, 1)
    await one.storage.exclusions.put([said])
    await until(lambda: "pictures" in other.handed_on)
    assert other.roster.exclusions.refusal(Spot(HERE, 9, message_id=77)) is not None


async def test_a_server_of_another_process_is_known_and_not_walked_here(two: tuple[Process, Process]) -> None:
    one, other = two
    other.roster.mine = lambda server_id: server_id != HERE
    await one.roster.save(ServerSettings(HERE, frozenset({9})))
    await until(lambda: other.roster.place(HERE) == ServerSettings(HERE, frozenset({9})))
    assert (other.roster.places, other.handed_on) == ((), [])


async def test_how_far_a_run_is_is_handed_on(two: tuple[Process, Process]) -> None:
    told = Told(Topic.PROGRESS, ANN, ("mikels", "write", "1", "5"))
    await two[0].storage.news.tell(told)
    await until(lambda: two[1].handed_on == [told])


async def test_what_was_missed_while_the_connection_was_lost_is_looked_at(
    two: tuple[Process, Process], postgres_url: str
) -> None:
    (cut,) = run_sql(
        postgres_url,
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND query IN ('LISTEN \"feelprint\"', 'SELECT 1')",
    )
    assert cut >= 2
    for one in two:
        await asyncio.wait_for(one.elsewhere.missed.wait(), AT_ONCE_S)
    await two[0].roster.join(ANN, 1)
    await until(lambda: two[1].roster.joined(ANN))
