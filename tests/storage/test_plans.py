"""Every statement that runs often is answered from an index, on a filled database and on both kinds of it."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import insert, text

from core.vocabulary.feelprint import RuleRecord
from core.vocabulary.reasons import RuleStatus
from storage import Storage, open_storage
from storage.schema.codec import record_out
from storage.schema.tables import (
    answers,
    feelprints,
    images,
    labels,
    learned,
    ledger,
    members,
    profiles,
    ratings,
    reactions,
    rules,
    runs,
    shadows,
    sightings,
    snapshots,
)
from tests.fakes import ManualClock
from tests.storage.hot import NEWEST, Place, batches, noes, plans, questions, reserves, scanned, watched
from tests.storage.lives import rule
from tests.storage.made import EMOJI, SET, T0, hash_of, key

MEMBERS, EACH = 400, 10


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
    tested = {"version": 1, "distribution": [1.0], "hit": 1.0, "generic_hit": 0.0, "rules_held": {}}
    connection.execute(insert(shadows), [{**m, **tested, "at": T0 + n} for n, m in enumerate(mine)])
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
    connection.execute(insert(ledger), [{"owner": m["member_id"], **asked, **cost} for m in mine])
    _fill_learnt(connection, mine)


def _fill_learnt(connection: Any, mine: list[dict[str, Any]]) -> None:
    """What runs left: for each label a rule, a run, a picture learned from, a look; a version for each member."""
    ours = [{name: one[name] for name in ("member_id", "label_set_id")} for one in mine]
    run = {"mode": "rules", "seed": 1, "n_labels": 1, "started_at": T0, "finished_at": T0, "result": "nothing"}
    connection.execute(
        insert(runs), [{**o, **run, "run_id": str(n), "explanation": {}} for n, o in enumerate(ours)]
    )
    kept = {"status": "dropped", "record": record_out(RuleRecord(rule(1), RuleStatus.DROPPED)), "first_at": T0}
    connection.execute(insert(rules), [{**o, **kept, "rule_id": str(n)} for n, o in enumerate(ours)])
    connection.execute(insert(learned), [{**one, "version": 1} for one in mine])
    made = {"mode": "rules", "rules": [], "text": "", "created_at": T0, "n_labels": 1, "run_id": "", "version": 1}
    connection.execute(
        insert(feelprints),
        [{**o, **made, "verify": {"held": 1, "right": 1, "wrong": 0}, "status": "active"} for o in ours[::EACH]],
    )
    look = {"round": 1, "mark": 0, "others": {}}
    connection.execute(
        insert(snapshots),
        [{**look, "message_id": n, "channel_id": 50 + n // 100} for n in range(len(mine))],
    )


async def _filled(url: str) -> None:
    async with open_storage(url, clock=ManualClock()) as storage:
        await storage._database.write(_fill)
        if not storage._database.is_sqlite:  # it does so by itself a minute later; SQLite is never told to
            await storage._database.maintain(
                lambda connection: connection.execution_options(isolation_level="AUTOCOMMIT").execute(
                    text("ANALYZE")
                )
            )


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def filled_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database of each kind with 4,000 labels, as many reactions, pictures, answers and questions."""
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


PLACE = Place(
    key(7), hash_of(70), 70, [70, 80, *range(100, 198)], channel=50, server=5, author=77, answer="7", now=T0 + 1
)


@pytest.mark.parametrize("work", [batches, questions, noes, reserves])
async def test_what_runs_often_is_answered_from_an_index(filled: Storage, work: Any) -> None:
    with watched(filled) as said:
        await work(filled, PLACE)
    found = await plans(filled, said)
    assert len(found) > 3
    bad = {statement: plan for statement, plan in found.items() if scanned(plan)}
    assert not bad, "\n\n".join(f"{statement}\n{plan}" for statement, plan in bad.items())


async def test_the_newest_of_all_are_read_in_the_order_of_an_index(filled: Storage) -> None:
    with watched(filled) as said:
        await NEWEST[1](filled, PLACE)
    (plan,) = (await plans(filled, said)).values()
    assert not scanned(plan, broad=False), plan
    assert scanned(plan) == ["shadows"], "and would be seen where there is no limit"


async def test_a_scan_would_be_seen(filled: Storage) -> None:
    statement = "SELECT count(*) FROM labels WHERE updated_at = 0"
    assert scanned((await plans(filled, {statement: ()}))[statement]) == ["labels"]
