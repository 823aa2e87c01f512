"""What later labels ask for is done; another step in place of `watch` has only what it asks for done."""

import pytest

from core.ports import Shadow
from core.tending.run import Tuner
from core.tuning.limits import MAX_LABELS
from core.tuning.watch import Verdict, Watch, watch
from core.vocabulary.emotions import MIKELS
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import RunReason, RunResult
from storage import Storage
from tests.fakes import ManualClock
from tests.labelling import felt
from tests.scripted import ScriptedAsker, picture, rule

STORM = rule("storm", "excitement")
ME = ProfileKey(7, MIKELS.id)


async def changed_taste(storage: Storage) -> None:
    """Twenty labels; from the twelfth on the deployed rule is wrong, and most people's answer right."""
    shown = [picture(f"storm {k}") for k in range(20)]
    await felt(storage, 7, [(image, "fear" if k % 2 else "awe", 1000 + k) for k, image in enumerate(shown)])
    rows = [
        Shadow(1, image.hash, 1000 + k, MIKELS.distribution({}), float(k < 12), float(k >= 12), {STORM.id: 1.0})
        for k, image in enumerate(shown)
    ]
    await storage.shadows.put(ME, rows)


@pytest.mark.parametrize(("step", "expected"), [(watch, 8), (lambda *_: Verdict(), 20)])
async def test_labels_from_before_a_change_are_forgotten(
    sqlite_storage: Storage, step: Watch, expected: int
) -> None:
    await changed_taste(sqlite_storage)
    tuner = Tuner(sqlite_storage, ScriptedAsker({}), ManualClock(), watch=step)
    assert len(await tuner.lasting(ME)) == expected


async def test_a_run_learns_only_from_what_lasts_and_counts_all_labels(sqlite_storage: Storage) -> None:
    await changed_taste(sqlite_storage)
    asker = ScriptedAsker({"storm": "fear"})
    report = await Tuner(sqlite_storage, asker, ManualClock()).tune(ME)
    assert (report.explanation.taste_changed, report.explanation.pictures, report.n_labels) == (True, 8, 20)
    assert {example.image.hash for hand in asker.shown for example in hand} <= {
        picture(f"storm {k}").hash for k in range(12, 20)
    }


async def test_with_too_few_labels_since_the_change_a_member_is_told_why(sqlite_storage: Storage) -> None:
    await changed_taste(sqlite_storage)
    await felt(sqlite_storage, 7, [(picture(f"storm {k}"), [], 2000) for k in range(12, 15)])
    report = await Tuner(sqlite_storage, ScriptedAsker({}), ManualClock()).tune(ME)
    assert (report.result, report.reason) == (RunResult.NOTHING, RunReason.TOO_FEW_SINCE_CHANGE)


async def test_a_run_over_the_newest_labels_counts_all_so_that_it_is_not_due_again_at_once(
    sqlite_storage: Storage,
) -> None:
    feelings = [(picture(f"storm {k}"), "fear" if k % 2 else "awe", 1000 + k) for k in range(MAX_LABELS + 50)]
    await felt(sqlite_storage, 7, feelings)
    report = await Tuner(sqlite_storage, ScriptedAsker({}), ManualClock()).tune(ME)
    assert (report.explanation.pictures, report.n_labels) == (MAX_LABELS, MAX_LABELS + 50)
