"""`feelprint stats` on both databases: what was stored is counted, and nobody's id is in it."""

import json

import pytest
from rich.console import Console

from bot.operations.counting import as_data, show
from core.ports import Caps, Purchase
from core.vocabulary.calls import Payer
from core.vocabulary.feelprint import RuleRecord
from core.vocabulary.reasons import RuleReason, RuleStatus, RunResult, VersionStatus
from core.vocabulary.server_settings import ServerSettings
from storage import Storage
from tests.fakes import ManualClock
from tests.storage.lives import live, rule
from tests.storage.made import T0, key

ANN, BEN = 1_100_000_000_011, 1_100_000_000_012


@pytest.fixture
async def lived(storage: Storage) -> Storage:
    await live(storage, ANN, range(5))
    await live(storage, BEN, range(3, 7))
    await storage.members.pause(BEN, True)
    await storage.servers.save(ServerSettings(ANN))
    return storage


async def test_everything_is_counted_once(lived: Storage) -> None:
    found = await lived.statistics.all()
    assert (found.members, found.paused, found.servers) == (2, 1, 1)
    assert (found.labels, found.pictures) == (9, 7)
    assert found.versions == {VersionStatus.ACTIVE: 2}
    assert found.runs == {RunResult.DEPLOYED: 2}
    assert [(c.purpose, c.model, c.calls) for c in found.calls] == [("predict", "m", 11)]
    assert found.stopped == {}
    assert found.calls[0].usd == pytest.approx(11 * 0.005)
    assert found.bytes > 50_000


async def test_what_was_never_sent_is_no_call_and_a_rule_out_of_use_is_counted_by_its_reason(
    lived: Storage,
) -> None:
    purchase = Purchase(T0, "predict", ANN, "m", 0.01, Payer(ANN))
    assert await lived.answers.reserve(purchase, Caps()) is not None
    await lived.answers.release(purchase)
    dropped = RuleRecord(rule(2), RuleStatus.DROPPED, reason=RuleReason.NO_GAIN)
    await lived.runs.put_rules(key(ANN), [dropped])
    found = await lived.statistics.all()
    assert found.calls[0].calls == 11
    assert found.stopped == {RuleReason.NO_GAIN: 1}


async def test_nobodys_id_is_in_what_is_told(lived: Storage) -> None:
    found = await lived.statistics.all()
    console = Console(width=100)
    with console.capture() as told:
        show(found, console)
    for text in (json.dumps(as_data(found)), told.get()):
        assert str(ANN) not in text
        assert str(BEN) not in text
    assert "2 (+2), of whom 1 paused" in told.get()
    assert "A new version was deployed." in told.get()
    assert "predict" in told.get()


async def test_what_is_dated_is_of_the_last_thirty_days_and_sums_count_as_their_calls(
    lived: Storage, clock: ManualClock
) -> None:
    before = await lived.statistics.all()
    assert before.new == {"members": 2, "labels": 9, "feelprints": 2}
    clock.advance(seconds=29 * 24 * 3600)
    await lived.retention.sum_up(clock.now_ms(), limit=99)
    assert (await lived.statistics.all()).calls == before.calls
    clock.advance(seconds=2 * 24 * 3600)
    later = await lived.statistics.all()
    assert (later.members, later.labels, later.versions) == (2, 9, before.versions)
    assert (later.runs, later.calls) == ({}, ())
    assert later.new == {"members": 0, "labels": 0, "feelprints": 0}


async def test_how_it_grew_and_what_a_member_takes_beside_pictures_is_told(lived: Storage) -> None:
    console = Console(width=100)
    with console.capture() as told:
        show(await lived.statistics.all(), console)
    said = told.get()
    assert "9 (+9)" in said
    assert "Beside pictures, for each member" in said
    assert "Tuning runs of the last 30 days" in said


async def test_an_empty_database_is_counted_as_well(storage: Storage) -> None:
    found = await storage.statistics.all()
    assert (found.members, found.runs, found.calls) == (0, {}, ())
