"""A running bot tells over HTTP whether it is well, and counts what it did, without anybody's id."""

import asyncio
import contextlib
import socket
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.errors import SettingsError, SettingsProblem
from bot.operations import health
from bot.operations.health import told_at
from bot.operations.healthy import asked
from bot.words import health as words
from core.offline.model import MODEL_NAME
from core.tending.worker import LONGEST_SLEEP_S
from core.vocabulary.calls import Failure
from core.vocabulary.reasons import RunReason, RunResult
from tests.journeys.conftest import deploy, picture


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
async def address(world) -> AsyncIterator[str]:
    port = str(free_port())
    async with told_at(world.app, port):
        yield port


async def got(address: str, path: str) -> tuple[int, str]:
    url = f"http://127.0.0.1:{address}{path}"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def figures(address: str) -> dict[str, float]:
    """Every sample of /metrics, by its name and labels."""
    _, text = await got(address, "/metrics")
    return {
        f"{one.name}{sorted(one.labels.items())}": one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


async def test_a_bot_that_is_well_says_so_to_this_machine(world, address):
    assert await got(address, "/healthz") == (
        200,
        '{"healthy": true, "gateway": true, "writer": true, "model": true, "worker": true}',
    )
    assert await asked(address) == (True, "All is well: Discord, database, model and tuning.")


@pytest.mark.parametrize("part", ["gateway", "writer", "locked", "model", "worker"])
async def test_what_is_not_well_is_named(world, address, monkeypatch, part):
    app, broken = world.app, contextlib.ExitStack()
    with broken:
        if part == "gateway":
            monkeypatch.setattr(app.client, "is_ready", lambda: False)
        elif part == "writer":
            app.intake.writing.cancel()
            await asyncio.gather(app.intake.writing, return_exceptions=True)
        elif part == "locked":
            monkeypatch.setattr(health, "_WRITE_S", 0.1)
            opened = sqlite3.connect(app.storage.address.path, check_same_thread=False)
            other = broken.enter_context(contextlib.closing(opened))
            await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")  # the bot may be writing, on this loop
        elif part == "model":
            app.gateway.line._breakers["m"].record(Failure.QUOTA, app.clock.now_ms())
        else:
            monkeypatch.setattr(app.worker, "beat", app.clock.now_ms() - round(2001 * LONGEST_SLEEP_S))
        named = {"locked": "writer"}.get(part, part)
        status, told = await got(address, "/healthz")
        assert status == 503
        assert f'"{named}": false' in told
        well, said = await asked(address)
    assert not well
    assert words.PARTS[named] in said


async def test_what_happened_is_counted_without_an_id(world, address):
    before = await figures(address)
    await world.join(world.bob)
    message = await world.post()
    await world.bob.react(message, "😂")
    await world.alice.react(message, "😂")
    await world.labels(world.bob)
    now = await figures(address)

    def more(name: str) -> float:
        return now[name] - before.get(name, 0.0)

    assert more("feelprint_events_total[('kind', 'Reacted')]") == 2
    assert more("feelprint_decisions_total[('reason', 'kept')]") == 1
    assert more("feelprint_decisions_total[('reason', 'not_joined')]") == 1
    assert now["feelprint_queue_facts[]"] == 0
    assert more("feelprint_database_seconds_count[('kind', 'write')]") > 0
    _, text = await got(address, "/metrics")
    ids = {str(one.id) for one in (world.alice, world.bob, world.channel, world.guild, message)}
    assert not [one for one in ids if one in text]


async def test_calls_dollars_and_runs_are_counted(world, address):
    await world.bob.slash(world.channel, "feel", image=("a.png", picture()))
    await world.join(world.bob)
    report = await deploy(world.app, world.bob.id, "When it is red, this person tends to feel awe.")
    await world.app._result(report)
    await world.app._result(replace(report, result=RunResult.KEPT, reason=RunReason.ROLLED_BACK))
    now = await figures(address)
    of = f"('model', '{MODEL_NAME}'), ('outcome', 'answer'), ('purpose', 'generic')"
    assert now[f"feelprint_model_calls_total[{of}]"] == 1
    dollars = f"feelprint_model_dollars_total[('model', '{MODEL_NAME}'), ('purpose', 'generic')]"
    assert now[dollars] == pytest.approx(world.app.gateway.line.usd)
    assert now[dollars] > 0
    assert now["feelprint_runs_total[('result', 'deployed')]"] == 1
    assert now["feelprint_versions_taken_back_total[]"] == 1


async def test_nobody_is_told_anything_unless_asked_to(world):
    async with told_at(world.app, None):
        pass
    with pytest.raises(SettingsError, match=SettingsProblem.NO_HEALTH):
        await asked(None)
    well, said = await asked(str(free_port()))
    assert not well
    assert said.startswith("No bot answers at 127.0.0.1:")


async def test_a_place_that_is_taken_is_refused_in_a_sentence(world, address):
    with pytest.raises(SettingsError, match=SettingsProblem.HEALTH):
        async with told_at(world.app, f"127.0.0.1:{address}"):
            pass
