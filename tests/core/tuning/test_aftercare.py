"""What is done after deployment can be switched off piece by piece, so that the bench can say what pays."""

import pytest

from core.ports import Shadow
from core.tuning.constants import MAX_LABELS
from core.tuning.run import Tuner
from core.tuning.watch import Aftercare, review
from core.vocabulary.emotions import MIKELS
from core.vocabulary.feelprint import Feelprint
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import Mode, RunReason, RunResult
from storage import Storage
from tests.fakes import ManualClock
from tests.labelling import felt
from tests.scripted import ScriptedAsker, picture, rule

STORM, SEA = rule("storm", "excitement"), rule("sea", "disgust")
ACTIVE = Feelprint(7, MIKELS.id, 1, Mode.RULES, (STORM, SEA), "", 1000, 12, "run 1")
ME = ProfileKey(7, MIKELS.id)
NOTHING = Aftercare(retire=False, roll_back=False, forget=False)


def row(k: int, hit: float, generic: float, **rules: float) -> Shadow:
    return Shadow(1, f"{k:064x}", 5000 + k, MIKELS.distribution({}), hit, generic, rules)


SEA_FAILS = [row(k, 0.0, 1.0, **{SEA.id: 0.0}) for k in (0, 2, 4)]
SEA_FAILS += [row(k, 1.0, 0.0, **{STORM.id: 1.0}) for k in (1, 3, 5)]
ALL_FAILS = [row(k, 0.0, 1.0, **{SEA.id: 0.0, STORM.id: 0.0}) for k in range(3)]


@pytest.mark.parametrize("care", [Aftercare(roll_back=False, forget=False), Aftercare()])
def test_a_failing_rule_goes_while_rules_are_retired(care: Aftercare) -> None:
    decided = review(ACTIVE, [ACTIVE], SEA_FAILS, care)
    assert (decided.failed, decided.roll_back) == ({SEA.id}, False)


def test_where_rules_are_not_retired_only_the_whole_can_fail() -> None:
    care = Aftercare(retire=False)
    assert review(ACTIVE, [ACTIVE], SEA_FAILS, care) == review(ACTIVE, [ACTIVE], [], care)
    assert review(ACTIVE, [ACTIVE], ALL_FAILS, care).roll_back


def test_with_both_off_nothing_is_done() -> None:
    assert review(ACTIVE, [ACTIVE], ALL_FAILS, NOTHING) == review(ACTIVE, [ACTIVE], [], NOTHING)


async def changed_taste(storage: Storage) -> None:
    """Twenty labels; from the twelfth on the deployed rule is wrong."""
    shown = [picture(f"storm {k}") for k in range(20)]
    await felt(storage, 7, [(image, "fear" if k % 2 else "awe", 1000 + k) for k, image in enumerate(shown)])
    rows = [
        Shadow(1, image.hash, 1000 + k, MIKELS.distribution({}), float(k < 12), 0.0, {STORM.id: 1.0})
        for k, image in enumerate(shown)
    ]
    await storage.shadows.put(ME, rows)


@pytest.mark.parametrize(("care", "expected"), [(Aftercare(), 8), (Aftercare(forget=False), 20)])
async def test_labels_from_before_a_change_are_forgotten(
    sqlite_storage: Storage, care: Aftercare, expected: int
) -> None:
    await changed_taste(sqlite_storage)
    tuner = Tuner(sqlite_storage, ScriptedAsker({}), ManualClock(), care=care)
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
