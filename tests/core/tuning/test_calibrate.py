import pytest

from core.emotions import MIKELS
from core.ports import Shadow
from core.tuning.calibrate import MIN_RECORDS, fitted, tempered

SURE = MIKELS.distribution({"awe": 0.93, **dict.fromkeys(set(MIKELS.names) - {"awe"}, 0.01)})


def rows(count: int, right: int) -> list[Shadow]:
    return [Shadow(1, f"{k:064x}", k, SURE, float(k < right), 0.0) for k in range(count)]


def test_few_records_change_nothing() -> None:
    assert fitted(rows(MIN_RECORDS - 1, 5)) == 1.0
    assert tempered(SURE, 1.0) == SURE


def test_who_sounded_too_sure_sounds_as_sure_as_they_were_right() -> None:
    temperature = fitted(rows(60, 30))
    assert temperature > 1.0
    assert max(tempered(SURE, temperature)) == pytest.approx(0.5, abs=0.06)


def test_the_order_stays_and_it_still_sums_to_one() -> None:
    one = MIKELS.distribution({"awe": 4, "fear": 3, "anger": 2})
    for temperature in (0.5, 2.0, 8.0):
        found = tempered(one, temperature)
        assert sum(found) == pytest.approx(1.0)
        assert MIKELS.top(found) == "awe"
