"""`feelprint prune`: first only told, also beside a bot that runs; then done, and what is left still explained."""

from pathlib import Path

import pytest
from rich.console import Console

from bot.host.settings import Settings
from bot.operations.explaining import explain_member
from bot.operations.pruning import pruned
from core.ports import RunReport
from core.vocabulary.errors import StorageError
from core.vocabulary.explanation import Cost, Explanation
from core.vocabulary.feelprint import RuleRecord
from core.vocabulary.reasons import Mode, RuleStatus, RunReason, RunResult
from storage import open_storage
from tests.fakes import ManualClock
from tests.storage.lives import answer, live, rule
from tests.storage.made import SET, T0, key

ANN = 11


@pytest.fixture
async def settings(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A database of years ago, with a run of thirty ideas that came to nothing."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    ideas = [RuleRecord(rule(n), RuleStatus.UNUSED) for n in range(50, 80)]
    told = Explanation(candidates=tuple(one.rule.id for one in ideas), cost=Cost())
    report = RunReport(
        "look", ANN, SET, Mode.RULES, 1, 6, T0 + 900, T0 + 901, RunResult.KEPT, RunReason.STILL_BEST
    )
    async with open_storage(database_url, clock=ManualClock()) as storage:
        await live(storage, ANN, range(6))
        await answer(storage, "written", "text", owner=ANN)
        done = RunReport(**{**{n: getattr(report, n) for n in report.__slots__}, "explanation": told})
        assert await storage.runs.finish(done, rules=ideas)
    return Settings(_env_file=None, database=database_url)


async def test_it_is_told_what_would_go_then_what_went_and_that_it_is_gone(settings: Settings) -> None:
    async with open_storage(settings.database, clock=ManualClock()) as running:
        told = await pruned(settings, dry=True)
        assert told.startswith("This would go:")
        assert len(await running.runs.rules(key(ANN))) == 31
    done = await pruned(settings, dry=False)
    assert done == told.replace("This would go:", "This is gone:")
    assert "20 ideas that came to nothing" in done
    assert "8 lines about single calls" in done
    again = await pruned(settings, dry=True)
    assert "0 ideas" in again
    console = Console(width=200)
    with console.capture() as shown:
        await explain_member(settings, ANN, console)
    assert "20 more ideas of this look were not tried, and are no longer kept." in shown.get()


async def test_a_file_that_a_bot_has_is_refused(sqlite_url: str) -> None:
    settings = Settings(_env_file=None, database=sqlite_url)
    async with open_storage(Path(sqlite_url), clock=ManualClock()):
        with pytest.raises(StorageError):
            await pruned(settings, dry=False)
