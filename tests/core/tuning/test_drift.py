from core.emotions import MIKELS
from core.ports import Shadow
from core.tuning.drift import suspected, weights


def rows(hits: str) -> list[Shadow]:
    return [Shadow(1, f"{k:064x}", k, MIKELS.distribution({}), float(h), 0.0) for k, h in enumerate(hits)]


def test_a_clear_fall_on_the_latest_twelve_is_suspected() -> None:
    assert suspected(rows("1" * 14 + "0" * 12))


def test_the_same_rate_or_a_rise_is_not() -> None:
    assert not suspected(rows("1001" * 8))
    assert not suspected(rows("0" * 12 + "1" * 12))


def test_too_few_earlier_labels_say_nothing() -> None:
    assert not suspected(rows("111" + "0" * 12))
    assert not suspected(rows("1" * 14))


def test_weights_halve_every_twenty_labels_under_drift_only() -> None:
    assert weights(3, drifting=False) == [1.0, 1.0, 1.0]
    found = weights(41, drifting=True)
    assert found[-1] == 1.0
    assert found[-21] == 0.5
    assert found[0] == 0.25
