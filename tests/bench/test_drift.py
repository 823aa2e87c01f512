"""People whose taste changes halfway, held-out seeds: care after deployment mends harm and costs nobody else.

Constants were chosen on dev seeds (1, 2, 3, 21, 22); these people, pictures and labels were not looked at before.
"""

import pytest

from tests.bench.drift import AFTER, CARES, KINDS, difference, measure, table, worse
from tests.bench.world import InProcess

pytestmark = pytest.mark.bench

HELD_OUT = 1010
"""What goes first where both a rule and its version fail was settled before these were looked at."""

NOTHING, ALL = "nothing", "roll back+forget"


async def test_harm_after_a_change_of_taste_is_mended_and_who_stays_the_same_pays_nothing() -> None:
    courses = await measure(InProcess(), KINDS, list(CARES), people=16, seed=HELD_OUT)
    print("\n" + table(courses))
    for kind in KINDS:
        of_kind = [c for c in courses if c.life.kind == kind]
        for care in CARES:
            mean, low, high = difference(of_kind, care, NOTHING)
            print(f"{kind}: {care} against {NOTHING}: {mean:+.2f} [{low:+.2f}, {high:+.2f}]")
    changed = [c for c in courses if c.life.kind in ("new", "turned")]
    last = len(AFTER) - 1
    harmed = {care: worse([c for c in changed if c.care == care], last, 1.0) for care in (NOTHING, ALL)}
    assert harmed[ALL] < harmed[NOTHING]
    assert difference(changed, ALL, NOTHING)[1] > 0.0
    assert difference([c for c in courses if c.life.kind == "same"], ALL, NOTHING)[0] > -1.0
