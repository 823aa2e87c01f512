"""What a self-hoster does for a member by an id: one that is nobody's is said to be so, and nothing is made."""

import asyncio
import io
from pathlib import Path

import pytest
from rich.console import Console

from bot.errors import LookupProblem, NothingStored
from bot.host.settings import Settings
from bot.operations.explaining import explain_member, exported, forgotten
from bot.operations.pruning import pruned
from core.ports import RunReport
from core.vocabulary.emotions import MIKELS
from core.vocabulary.errors import StorageError, StorageProblem
from core.vocabulary.explanation import Explanation
from core.vocabulary.feelprint import Evidence, Rule, RuleRecord
from core.vocabulary.reasons import Mode, RuleReason, RuleStatus, RunResult
from storage import open_storage
from tests.fakes import ManualClock
from tests.storage.made import T0, reacted

ANN = 11


async def test_a_rule_that_a_run_did_not_weigh_stands_apart_with_what_earlier_ones_said(database_url: str) -> None:
    mountains = Rule("mountains", "awe", "When a picture shows mountains, this person tends to feel awe.")
    hills = Rule("hills", "awe", "When a picture shows hills, this person tends to feel awe.")
    records = [
        RuleRecord(mountains, RuleStatus.UNUSED, Evidence(9, 3, 1), reason=RuleReason.REFUTED),
        RuleRecord(hills, RuleStatus.UNUSED, Evidence(9, 4, 1), reason=RuleReason.TOO_LITTLE_EVIDENCE),
    ]
    known = Explanation(candidates=(mountains.id,), taste_changed=True, pictures=9)
    report = RunReport("run", ANN, MIKELS.id, Mode.RULES, 7, 48, T0, T0, RunResult.KEPT, explanation=known)
    async with open_storage(database_url, clock=ManualClock()) as storage:
        await storage.members.join(ANN, 1, T0)
        await storage.runs.start(report)
        await storage.runs.finish(report, rules=records)
    shown = io.StringIO()
    await explain_member(Settings(_env_file=None, database=database_url), ANN, Console(file=shown, width=200))
    said = shown.getvalue()
    assert "48 labels, of which only those since a change of taste count" in said
    weighed, earlier = said.split("Not weighed in this run")
    assert mountains.text in weighed
    assert "refuted: " in weighed
    assert f"{hills.text}\n    Kept in mind · " in earlier
    assert hills.text not in weighed


async def test_an_id_that_is_nobodys_is_not_taken_for_erased(database_url: str) -> None:
    async with open_storage(database_url, clock=ManualClock()) as storage:
        await storage.members.join(ANN, 1, T0)
        await storage.labels.apply([reacted(ANN, 1, "awe")])
    settings = Settings(_env_file=None, database=database_url)
    with pytest.raises(NothingStored, match=LookupProblem.NOBODY):
        await forgotten(settings, ANN + 1)
    assert await forgotten(settings, ANN) == 1
    assert not any((await exported(settings, ANN)).values())
    with pytest.raises(NothingStored, match=LookupProblem.NOBODY):
        await forgotten(settings, ANN)


async def test_a_database_that_is_not_there_is_not_made_to_take_something_out_of_it(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, database=str(tmp_path / "data" / "x.db"))
    with pytest.raises(StorageError, match=StorageProblem.NOT_OPENED):
        await forgotten(settings, ANN)
    with pytest.raises(StorageError, match=StorageProblem.NOT_OPENED):
        await pruned(settings, dry=False)
    assert not await asyncio.to_thread(lambda: list(tmp_path.iterdir()))
