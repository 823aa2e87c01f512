"""Pruning, and dropping a server, killed before or after any statement: nothing is half gone, and it goes on."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiosqlite
import psycopg
import pytest

from core.model.config import ModelSettings
from core.ports import RunReport
from core.tending import retention
from core.tending.retention import DAY_MS, Retention
from core.vocabulary.changes import DropServer, LeaveServer
from core.vocabulary.feelprint import Evidence, RuleRecord
from core.vocabulary.reasons import Mode, RuleStatus, RunResult
from core.vocabulary.server_settings import ServerSettings
from storage import Storage, open_storage
from storage.database.address import parse
from storage.labelling import dropping
from tests.bench.reliability.forks import Moments, alone, spread
from tests.databases import Postgres
from tests.databases import copied as copy_of
from tests.effort import TIMES
from tests.fakes import ManualClock
from tests.storage.lives import answer, live, rule
from tests.storage.made import SET, T0, hash_of, key

pytestmark = pytest.mark.slow
ANN, BEN = 11, 12
CALLS = ((aiosqlite.core.Connection, "_execute"), (psycopg.AsyncConnection, "wait"))
MODEL, LATER = ModelSettings("http://offline", "none", "m"), ManualClock(T0 + 90 * DAY_MS)
KILLS = 5 if TIMES == 1 else 8 * TIMES
"""Of some hundreds of moments; `docs/measured.md` tells of all."""


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 4)
    monkeypatch.setattr(dropping, "AT_ONCE", 2)


Says = Callable[[Storage], Awaitable[Any]]


async def lived(url: str) -> None:
    """Two members of long ago, with ideas, runs, answers and lines of the ledger that are old."""
    async with open_storage(url, clock=ManualClock()) as storage:
        await storage.servers.save(ServerSettings(ANN))
        await live(storage, ANN, range(6))
        await live(storage, BEN, range(3, 9))
        for n in range(14):
            report = RunReport(f"look {n}", ANN, SET, Mode.RULES, 1, 6, T0 + 500 + n, T0 + 501 + n, RunResult.KEPT)
            ideas = [RuleRecord(rule(100 * n + m), RuleStatus.UNUSED, Evidence(1, m, 0.0)) for m in range(3)]
            assert await storage.runs.finish(report, rules=ideas)
        await answer(storage, "loose", "text", owner=None, about=hash_of(77), by=ANN)


class Trial:
    """The same database again and again, and some work on it that is killed."""

    def __init__(self, url: str, copy: Callable[[], str]) -> None:
        self.lived, self._copy, self.moments = url, copy, Moments()

    async def killed(self, work: Callable[[str], Awaitable[object]], number: int) -> str:
        """Do the work on a copy until it is killed at a moment (0: never); the copy."""
        url = self._copy()
        self.moments.start(number)
        with self.moments.around(*CALLS):
            code = await alone(lambda: work(url))
        assert (code == 0) == (number == 0)
        return url


@pytest.fixture
async def trial(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Trial:
    await lived(database_url)
    if parse(database_url).path is None:
        server: Postgres = request.getfixturevalue("postgres")
        name = database_url.partition("?")[0].rsplit("/", 1)[1]
        return Trial(database_url, lambda: server.url(server.create(name)))

    def copied() -> str:
        for old in tmp_path.glob("killed.db*"):
            old.unlink()
        return str(copy_of(Path(database_url), tmp_path / "killed.db"))

    return Trial(database_url, copied)


async def swept(trial: Trial, work: Callable[[str], Awaitable[object]], says: Says, always: Says) -> None:
    """Wherever a kill comes: what `always` holds did not change, and doing it again ends as without one."""
    async with open_storage(trial.lived, clock=LATER) as storage:
        first = await always(storage)
    whole = await trial.killed(work, 0)
    moments = trial.moments.passed
    async with open_storage(whole, clock=LATER) as storage:
        wanted = await says(storage)
    assert moments > KILLS
    for number in spread(moments, KILLS):
        url = await trial.killed(work, number)
        async with open_storage(url, clock=LATER) as storage:
            assert await always(storage) == first, number
        await work(url)
        async with open_storage(url, clock=LATER) as storage:
            assert await says(storage) == wanted, number


async def prune(url: str) -> None:
    async with open_storage(url, clock=LATER) as storage:
        await Retention(storage, MODEL, LATER, keep_days=7, pause_s=0.0).prune()


async def told(storage: Storage) -> Any:
    """What somebody has after it all, whatever numbers rows have."""
    copies = [await storage.members.export(member) for member in (ANN, BEN)]
    for copy in copies:
        copy["ledger"] = sorted(str({**line, "entry_id": 0}) for line in copy["ledger"])
    return copies, await storage.answers.get("loose")


async def needed(storage: Storage) -> Any:
    """What pruning must never change."""
    return (
        [await storage.answers.spent(0, member) for member in (ANN, BEN)],
        [await storage.answers.calls(owner=member) for member in (ANN, BEN)],
        [await storage.versions.all(key(member)) for member in (ANN, BEN)],
        [await storage.labels.labels(key(member)) for member in (ANN, BEN)],
        {r.rule.id for r in await storage.runs.rules(key(ANN)) if r.status is RuleStatus.DEPLOYED},
        await storage.runs.last(key(ANN)),
    )


async def test_pruning_may_be_killed_at_any_statement(trial: Trial) -> None:
    await swept(trial, prune, told, needed)


async def drop(url: str) -> None:
    async with open_storage(url, clock=LATER) as storage:
        await storage.labels.apply([LeaveServer(ANN, 9, T0 + 800)])
        change = DropServer(ANN, T0 + 900)
        while (await storage.labels.apply([change])).left:
            pass


async def others(storage: Storage) -> Any:
    """What a server's going never touches; and that of its labels and profile one never tells of the other's."""
    profile, labels = await storage.labels.profile(key(ANN)), await storage.labels.labels(key(ANN))
    assert profile is not None
    assert profile.labels == len(labels)
    if labels != () and len(labels) > 1:
        assert [place.server_id for place in await storage.servers.all()] == [ANN], "a start would go on"
    return await storage.labels.labels(key(BEN)), await storage.labels.image(hash_of(8)) is not None


async def test_dropping_a_server_may_be_killed_at_any_statement(trial: Trial) -> None:
    await swept(trial, drop, told, others)
