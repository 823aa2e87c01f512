"""What is done after deployment can be switched off piece by piece, so that the bench can say what pays."""

import pytest

from core.emotions import MIKELS
from core.feelprint import Feelprint
from core.ports import Shadow
from core.tuning.drift import Aftercare
from core.tuning.run import Tuner
from core.tuning.shadow import review
from tests.fakes import ManualClock
from tests.fakes_tuning import MemoryLabels, MemoryTuning
from tests.scripted import ScriptedAsker, rule

STORM, SEA = rule("storm", "excitement"), rule("sea", "disgust")
ACTIVE = Feelprint(7, MIKELS.id, 1, "rules", (STORM, SEA), "", 1000, 12, "run 1")
NOTHING = Aftercare(retire=False, roll_back=False, weigh=False)


def row(k: int, hit: float, generic: float, **rules: float) -> Shadow:
    return Shadow(1, f"{k:064x}", 5000 + k, MIKELS.distribution({}), hit, generic, rules)


SEA_FAILS = [row(k, 0.0, 1.0, **{SEA.id: 0.0}) for k in range(2)] + [row(9, 1.0, 0.0, **{STORM.id: 1.0})]
ALL_FAILS = [row(k, 0.0, 1.0, **{SEA.id: 0.0, STORM.id: 0.0}) for k in range(2)]


@pytest.mark.parametrize("care", [Aftercare(roll_back=False, weigh=False), Aftercare()])
def test_a_failing_rule_goes_while_rules_are_retired(care: Aftercare) -> None:
    decided = review(ACTIVE, [ACTIVE], SEA_FAILS, care)
    assert (decided.failed, decided.roll_back) == ({SEA.id}, False)


def test_where_rules_are_not_retired_only_the_whole_can_fail() -> None:
    care = Aftercare(retire=False)
    assert review(ACTIVE, [ACTIVE], SEA_FAILS, care) == review(ACTIVE, [ACTIVE], [], care)
    assert review(ACTIVE, [ACTIVE], ALL_FAILS, care).roll_back


def test_with_both_off_nothing_is_done() -> None:
    assert review(ACTIVE, [ACTIVE], ALL_FAILS, NOTHING) == review(ACTIVE, [ACTIVE], [], NOTHING)


@pytest.mark.parametrize(("care", "expected"), [(Aftercare(), True), (Aftercare(weigh=False), False)])
async def test_a_change_is_looked_for_only_while_labels_are_weighed(care: Aftercare, expected: bool) -> None:
    labels = MemoryLabels()
    tuning = MemoryTuning(labels)
    for k in range(26):
        await tuning.put_shadow(7, MIKELS.id, row(k, float(k < 14), 0.0))
    tuner = Tuner(labels, tuning, ScriptedAsker({}), ManualClock(), care=care)
    assert await tuner.drifting(7, MIKELS.id) is expected
