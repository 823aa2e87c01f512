"""How long each large read, write and upkeep keeps the event loop from everything else.

A transaction's Python runs on the loop, so what meets thousands of rows must give it turns. Figures are of a
member who did far more than most: 10,000 labels, 2,000 rules, 5,000 shadow records, 40 runs of 24 texts.
"""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from bot.operations.running import settle
from core.ports import RunReport
from core.vocabulary.explanation import Explanation, Wording
from core.vocabulary.feelprint import Evidence, Rule, RuleRecord
from core.vocabulary.images import reference_of
from core.vocabulary.reasons import Mode, RuleStatus, RunReason, RunResult
from storage import Storage
from storage.schema.tables import members, shadows
from tests.storage.made import SET, T0, hash_of, key, rated, reacted

MEMBER, MANY = 11, 12
LABELS, RULES, SHADOWS, RUNS, MEMBERS = 10_000, 2_000, 5_000, 40, 50_000


def rule(n: int) -> RuleRecord:
    words = f"there is thing {n}"
    made = Rule(words, "awe", f"When {words}, this person tends to feel awe.")
    held, seen = (tuple(reference_of(hash_of(n + i)) for i in range(count)) for count in (12, 30))
    return RuleRecord(made, RuleStatus.DROPPED, Evidence(2, 1.0, 0.0), held_on=held, seen=seen)


def run(n: int) -> RunReport:
    texts = tuple(Wording(f"This person tends to feel {i}. " * 20, i / 7, i) for i in range(24))
    report = RunReport(f"run{n}", MEMBER, SET, Mode.PAPER, 7, LABELS, T0 + n, T0 + n, RunResult.KEPT)
    return replace(report, reason=RunReason.FOUND, explanation=Explanation(wordings=texts))


def fill(connection: Connection) -> None:
    joined = {"consent_version": 1, "joined_at": T0, "paused": False}
    connection.execute(insert(members), [{"member_id": 1000 + n, **joined} for n in range(MEMBERS)])
    own = {"member_id": MEMBER, "label_set_id": SET, "version": 1, "at": T0}
    scored = {"distribution": [0.125] * 8, "hit": 1.0, "generic_hit": 0.5, "rules_held": {"a" * 16: 1.0}}
    connection.execute(insert(shadows), [{**own, "image_hash": hash_of(n), **scored} for n in range(SHADOWS)])


async def stall(work: Awaitable[Any]) -> tuple[float, float]:
    """The longest time in which nothing else ran, and how long the work took, in ms."""
    worst, begun = 0.0, time.perf_counter()
    working = asyncio.ensure_future(work)
    while not working.done():
        start = time.perf_counter()
        await asyncio.sleep(0)
        worst = max(worst, time.perf_counter() - start)
    await working
    return 1000 * worst, 1000 * (time.perf_counter() - begun)


@pytest.fixture
async def full(storage: Storage) -> Storage:
    await storage.members.join(MEMBER, 1, T0)
    for first in range(0, LABELS, 500):
        await storage.labels.apply([reacted(MEMBER, n, "awe", at=n) for n in range(first, first + 500)])
    await storage.runs.put_rules(key(MEMBER), [rule(n) for n in range(RULES)])
    for n in range(RUNS):
        await storage.runs.start(run(n))
        assert await storage.runs.finish(run(n))
    await storage._database.write(fill)
    return storage


@pytest.mark.bench
async def test_nothing_keeps_the_loop_for_long(
    full: Storage, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    labels, runs, who = full.labels, full.runs, key(MEMBER)
    records = [rule(n) for n in range(RULES)]
    steps: dict[str, Callable[[], Awaitable[Any]]] = {
        "labels": lambda: labels.labels(who),
        "reactions_on": lambda: labels.reactions_on(range(LABELS)),
        "rules": lambda: runs.rules(who),
        "runs": lambda: runs.latest(who, limit=RUNS),
        "shadows": lambda: full.shadows.all(who),
        "pooled": lambda: full.shadows.pooled(SET, limit=SHADOWS, members=1),
        "standings": full.members.standings,
        "export": lambda: full.members.export(MEMBER),
        "put_rules": lambda: runs.put_rules(who, records),
        "finish_run": lambda: runs.finish(run(99), rules=records[:200]),
        "apply 200": lambda: labels.apply([reacted(MEMBER, 20_000 + n, "awe", at=n) for n in range(200)]),
        "rate 200": lambda: labels.apply([rated(MEMBER, n, "fear", at=99_999) for n in range(200)]),
    }
    if full.address.path is not None:
        steps["backup"] = lambda: full.backup(tmp_path / "copy.db")
    steps["forget"] = lambda: full.members.forget(MEMBER)
    settle()
    print(f"\n{request.node.name}:")
    for name, step in steps.items():
        gc.collect()
        kept, took = await stall(step())
        print(f"    {name}: kept the loop {kept:.1f} ms of {took:.0f} ms")
        assert took < 40 or kept < 0.6 * took
