"""Every statement that runs often is answered from an index, on a filled database and on both kinds of it."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, insert, text

from core.ports import TuningPolicy
from core.vocabulary.changes import DropMessages, DropPicture, WithdrawCleared, Withhold
from core.vocabulary.exclusions import By, Exclusion, What
from storage import Storage, open_storage
from storage.schema.tables import (
    answers,
    images,
    labels,
    ledger,
    members,
    profiles,
    ratings,
    reactions,
    shadows,
    sightings,
)
from tests.fakes import ManualClock
from tests.storage.made import EMOJI, SET, T0, hash_of, key, rated, reacted, withdrew

MEMBERS, EACH = 2_000, 10
LARGE = ("answers", "images", "labels", "ledger", "members", "ratings", "reactions", "shadows", "sightings")
"""Tables that grow with what members do. `profiles` has a line for each member, read in the order of an index."""


def _fill(connection: Any) -> None:
    people, all_of = range(1, MEMBERS + 1), range(MEMBERS * EACH)
    mine = [{"member_id": n // EACH + 1, "label_set_id": SET, "image_hash": hash_of(n)} for n in all_of]
    connection.execute(
        insert(members),
        [{"member_id": n, "consent_version": 1, "joined_at": T0, "paused": False} for n in people],
    )
    picture = {"jpeg": b"x", "width": 1, "height": 1}
    connection.execute(insert(images), [{"hash": hash_of(n), **picture} for n in all_of])
    seen = {"channel_id": 50, "server_id": 5, "posted_at": T0}
    connection.execute(
        insert(sightings),
        [{**seen, "message_id": n, "channel_id": 50 + n // 100, "image_hash": hash_of(n)} for n in all_of],
    )
    reacted_once = {"emoji": EMOJI["awe"], "burst": False, "emotion": "awe", "at": T0}
    connection.execute(insert(reactions), [{**m, **reacted_once, "message_id": n} for n, m in enumerate(mine)])
    connection.execute(
        insert(ratings),
        [{**m, "emotions": ["awe"], "server_id": 5, "at": T0} for m in mine[: MEMBERS * EACH // 2]],
    )
    connection.execute(
        insert(labels), [{**m, "felt": {"awe": 1.0}, "first_at": T0, "updated_at": T0} for m in mine]
    )
    tested = {"version": 1, "at": T0, "distribution": [1.0], "hit": 1.0, "generic_hit": 0.0, "rules_held": {}}
    connection.execute(insert(shadows), [{**m, **tested} for m in mine])
    stand = {"counts": {"awe": EACH}, "emotions": 1, "labels": EACH, "labels_at_run": 0, "lasting": 0}
    more = {"min_labels": 12, "min_emotions": 3, "server_id": 5, "retry_at": 0, "unshadowed": False}
    connection.execute(
        insert(profiles),
        [{"member_id": n, "label_set_id": SET, "last_label_at": T0, **stand, **more} for n in people],
    )
    cost = {"prompt_tokens": 1, "completion_tokens": 1, "nano_usd": 1, "at": T0}
    kept = [{"key": str(n), "owner": m["member_id"], "about": m["image_hash"]} for n, m in enumerate(mine)]
    connection.execute(insert(answers), [{**one, "text": "{}", **cost} for one in kept])
    asked = {"purpose": "predict", "model": "m", "state": "settled", "outcome": "ok"}
    connection.execute(
        insert(ledger), [{"entry_id": n, "owner": m["member_id"], **asked, **cost} for n, m in enumerate(mine)]
    )


async def _filled(url: str) -> None:
    async with open_storage(url, clock=ManualClock()) as storage:
        await storage._database.write(_fill)
        await storage._database.maintain(
            lambda connection: connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
        )


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def filled_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database of each kind with 20,000 labels, as many reactions, pictures, answers and questions."""
    if request.param == "sqlite":
        url = str(shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path_factory.mktemp("filled")))
    else:
        postgres = request.getfixturevalue("postgres")
        url = postgres.url(postgres.create(request.getfixturevalue("postgres_template")))
    asyncio.run(_filled(url))
    return url


@pytest.fixture
async def filled(filled_url: str) -> AsyncIterator[Storage]:
    """That database, open; what these tests change in it is a few rows of many."""
    async with open_storage(filled_url, clock=ManualClock()) as storage:
        await storage.eraser.idle()  # a start looks once for what a killed one left
        yield storage


@contextmanager
def _watched(storage: Storage) -> Iterator[dict[str, Any]]:
    """The statements that run meanwhile, with the parameters of one run each."""
    said: dict[str, Any] = {}

    def keep(_c: Any, _k: Any, statement: str, parameters: Any, _x: Any, many: bool) -> None:
        said[statement] = parameters[0] if many else parameters

    engines = {storage._database._writer.sync_engine, storage._database._reader.sync_engine}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", keep)
    yield said
    for engine in engines:
        event.remove(engine, "before_cursor_execute", keep)


async def _plans(storage: Storage, said: dict[str, Any]) -> dict[str, str]:
    """The plan of each statement."""
    explain = "EXPLAIN QUERY PLAN " if storage._database.is_sqlite else "EXPLAIN "

    def ask(connection: Any) -> dict[str, str]:
        return {
            statement: "\n".join(
                str(row[-1]) for row in connection.exec_driver_sql(explain + statement, parameters)
            )
            for statement, parameters in said.items()
            if re.match(r"\s*(SELECT|UPDATE|DELETE|INSERT|WITH)", statement)
        }

    return await storage._database.write(ask)


def _scanned(plan: str) -> list[str]:
    """The large tables that a plan goes through as a whole."""
    found = re.findall(r"SCAN (\w+)(?! USING)\b|Seq Scan on (\w+)", plan)
    return [table for pair in found for table in pair if table in LARGE]


async def _batches(storage: Storage) -> None:
    several = range(1, 9)
    await storage.labels.apply([reacted(n, 10 * n, "fear", at=5) for n in several])
    await storage.labels.apply([rated(n, 10 * n, "fear", at=6) for n in several])
    await storage.labels.apply([withdrew(n, 10 * n, "fear", at=7) for n in several])
    await storage.labels.apply([rated(n, 10 * n, at=8) for n in several])
    await storage.labels.apply([WithdrawCleared(10 * n + 1, None) for n in several])
    await storage.labels.apply([DropMessages(tuple(10 * n + 2 for n in several), T0)])


async def _questions(storage: Storage) -> None:
    profile = key(7)
    await storage.labels.seen(70)
    await storage.labels.reactions_on([70, 71, 72])
    await storage.labels.labels(profile)
    await storage.labels.label(profile, hash_of(70))
    await storage.labels.image(hash_of(70))
    await storage.labels.profile(profile)
    await storage.versions.active(profile)
    await storage.versions.all(profile)
    await storage.shadows.unshadowed(profile, limit=5)
    await storage.shadows.all(profile)
    await storage.runs.last(profile)
    await storage.runs.rules(profile)
    await storage.answers.get("7")
    await storage.answers.spent(T0, owner=7)
    for now in (T0 + 1, T0 + 10**8):
        await storage.due.for_run(now, TuningPolicy(), limit=9)
        await storage.due.next_run_at(now, TuningPolicy())
    await storage.due.for_shadows(limit=9)
    await storage.members.membership(7)


async def _noes(storage: Storage) -> None:
    who, image = 77, hash_of(70)
    said = [
        Exclusion(5, By.AUTHOR, What.MESSAGE, "70", who, True, 1),
        Exclusion(5, By.AUTHOR, What.AUTHOR, str(who), who, True, 1),
        Exclusion(0, By.AUTHOR, What.PICTURE, image, who, True, 1),
        Exclusion(5, By.ADMIN, What.PICTURE, image, 0, True, 1),
    ]
    await storage.exclusions.put(said)
    for one in said:
        await storage.exclusions.covered(one, limit=50)
    await storage.labels.apply([Withhold((70,), (image,), T0), DropPicture(80, (), T0)])
    await _batches(storage)
    await storage.walks.below(50, 90)
    await storage.walks.known([70, 80])


@pytest.mark.parametrize("work", [_batches, _questions, _noes])
async def test_what_runs_often_is_answered_from_an_index(filled: Storage, work: Any) -> None:
    with _watched(filled) as said:
        await work(filled)
    plans = await _plans(filled, said)
    assert len(plans) > 10
    bad = {statement: plan for statement, plan in plans.items() if _scanned(plan)}
    assert not bad, "\n\n".join(f"{statement}\n{plan}" for statement, plan in bad.items())


async def test_a_scan_would_be_seen(filled: Storage) -> None:
    statement = "SELECT count(*) FROM labels WHERE updated_at = 0"
    assert _scanned((await _plans(filled, {statement: ()}))[statement]) == ["labels"]
