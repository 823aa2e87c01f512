"""Who is due, among 100,000 members: time and plan of the query, for a usual crowd and for two bad ones."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.dialects import sqlite

from core.ports import TuningPolicy
from storage import Storage
from storage.schema.tables import feelprints, labels, members, profiles, shadows
from storage.stores.due import due_query
from tests.storage.made import SET, T0, hash_of

MEMBERS = 100_000
HOUR = 3_600_000
POLICY = TuningPolicy()


def usual(n: int) -> dict[str, int]:
    """Most have a few labels or ran lately; one in a thousand is due."""
    if n % 1000 == 0:
        return {"labels": 40, "labels_at_run": 20, "lasting": 20}
    return [
        {"labels": n % 8, "labels_at_run": 0, "lasting": 0},
        {"labels": 42, "labels_at_run": 40, "lasting": 40},
        {"labels": 14, "labels_at_run": 12, "lasting": 12},
    ][n % 3]


def nearly(_n: int) -> dict[str, int]:
    """Everybody has new labels, nobody enough."""
    return {"labels": 43, "labels_at_run": 40, "lasting": 40}


def all_due(_n: int) -> dict[str, int]:
    """Everybody is due at once."""
    return {"labels": 40, "labels_at_run": 0, "lasting": 0}


def fill(connection: Any, crowd: Callable[[int], dict[str, int]]) -> None:
    connection.execute(insert(members), [person(n) for n in range(MEMBERS)])
    connection.execute(insert(profiles), [{**profile(n), **crowd(n)} for n in range(MEMBERS)])
    connection.execute(insert(feelprints), [version(n) for n in range(MEMBERS)])
    connection.execute(insert(labels), [label(n) for n in range(MEMBERS)])
    connection.execute(insert(shadows), [shadow(n) for n in range(MEMBERS)])


def tidy(connection: Any) -> None:
    """What PostgreSQL does by itself a minute later."""
    if connection.dialect.name == "postgresql":
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))


def person(n: int) -> dict[str, Any]:
    return {"member_id": n, "consent_version": 1, "joined_at": T0, "paused": n % 50 == 7}


def profile(n: int) -> dict[str, Any]:
    return {
        "member_id": n,
        "label_set_id": SET,
        "counts": {"awe": 9, "fear": 9, "anger": 9},
        "emotions": 3,
        "last_label_at": T0 + n * 7919 % HOUR,
        "min_labels": 12,
        "min_emotions": 3,
        "server_id": 5,
        "retry_at": 0,
        "unshadowed": False,
    }


def version(n: int) -> dict[str, Any]:
    row = dict.fromkeys(("version", "n_labels"), 1) | dict.fromkeys(("text", "run_id"), "")
    return {
        **row,
        "member_id": n,
        "label_set_id": SET,
        "mode": "rules",
        "rules": [],
        "created_at": T0,
        "verify": {},
        "status": "active",
    }


def label(n: int) -> dict[str, Any]:
    """One label later than the version, ..."""
    own = {"member_id": n, "label_set_id": SET, "image_hash": hash_of(0)}
    return {**own, "felt": {"awe": 1.0}, "first_at": T0 + 1, "updated_at": T0 + 1}


def shadow(n: int) -> dict[str, Any]:
    """... which it was tested on already."""
    own = {"member_id": n, "label_set_id": SET, "image_hash": hash_of(0), "version": 1, "at": T0 + 2}
    return {**own, "distribution": [1.0], "hit": 1.0, "generic_hit": 0.0, "rules_held": {}}


def plan(connection: Any) -> str:
    query = due_query(POLICY).params(now=T0 + HOUR, most=10)
    words = str(query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN (ANALYZE, COSTS OFF) "
    if connection.dialect.name != "sqlite":
        words = words.replace("paused IS 0", "paused IS false")
    return "\n".join("    " + str(row[-1]) for row in connection.execute(text(explain + words)))


@pytest.mark.bench
@pytest.mark.parametrize("crowd", [usual, nearly, all_due])
async def test_due_among_a_hundred_thousand_members(
    storage: Storage, crowd: Callable[[int], dict[str, int]], request: pytest.FixtureRequest
) -> None:
    await storage._database.write(fill, crowd)
    await storage._database.maintain(tidy)

    async def best(ask: Callable[[], Any]) -> tuple[float, Any]:
        times = []
        for _ in range(7):
            start = time.perf_counter()
            found = await ask()
            times.append(time.perf_counter() - start)
        return 1000 * sorted(times)[3], found

    now = T0 + 2 * HOUR
    due_ms, found = await best(lambda: storage.due.for_run(now, POLICY, limit=10))
    next_ms, _ = await best(lambda: storage.due.next_run_at(T0 + HOUR // 2, POLICY))
    shadow_ms, _ = await best(lambda: storage.due.for_shadows(limit=10))
    print(f"\n{request.node.name}: due {due_ms:.1f} ms, next {next_ms:.1f} ms, shadow_due {shadow_ms:.1f} ms")
    print(await storage._database.read(plan))
    assert len(found) == (0 if crowd is nearly else 10)
