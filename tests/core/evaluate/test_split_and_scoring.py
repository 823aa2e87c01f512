"""Sides never overlap; scores mean what they say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.evaluate.dataset import Sample
from core.evaluate.scoring import calibration_error, interval, score, share
from core.evaluate.split import Sides, split
from core.vocabulary.emotions import MIKELS


def samples(count, splits=None):
    return tuple(Sample(f"{i}.png", {"awe": 1.0}, (splits or {}).get(i)) for i in range(count))


@given(st.integers(0, 60), st.integers(1, 40), st.integers(1, 40), st.integers(0, 9), st.booleans())
def test_no_image_is_ever_on_both_sides(count, train, test, seed, shuffle):
    left, right = split("u", samples(count), Sides(train, test, seed, shuffle))
    assert not {s.image for s in left} & {s.image for s in right}
    assert len(left) <= train
    assert len(right) <= test


def test_more_training_extends_less_and_the_test_stays():
    small = split("u", samples(60), Sides(16, 20, 1, shuffle=True))
    large = split("u", samples(60), Sides(32, 20, 1, shuffle=True))
    assert large[0][:16] == small[0]
    assert large[1] == small[1]
    assert small != split("u", samples(60), Sides(16, 20, 2, shuffle=True))


def test_a_datasets_own_split_wins():
    left, right = split(
        "u", samples(6, {0: "test", 1: "train", 2: "train", 5: "test"}), Sides(1, 9, 0, shuffle=True)
    )
    assert [s.image for s in left] == ["1.png"]
    assert [s.image for s in right] == ["0.png", "5.png"]


def test_accuracy_and_macro_f1_of_a_hand_counted_case():
    guess = [MIKELS.distribution({name: 1}) for name in ("awe", "awe", "fear", "anger")]
    felt = [{"awe": 1.0}, {"fear": 1.0}, {"fear": 1.0}, {"anger": 0.5, "awe": 0.5}]
    result = score(MIKELS, list(zip(guess, felt, strict=True)))
    assert (result.accuracy, result.correct, result.total) == (0.75, 3.0, 4)
    assert result.macro_f1 == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)


def test_distances_of_a_hand_counted_case():
    guess = [MIKELS.distribution({"awe": 0.75, "fear": 0.25}), MIKELS.distribution({"awe": 1})]
    felt = [{"fear": 1.0}, {"awe": 1.0}]
    result = score(MIKELS, list(zip(guess, felt, strict=True)))
    assert result.brier == pytest.approx((0.75**2 + 0.75**2 + 0) / 2)
    assert result.skew == pytest.approx(0.75 / 2)
    assert result.certain == ((0.75, 0.0), (1.0, 1.0))
    fair = score(MIKELS, list(zip(guess, [{"awe": 0.75, "fear": 0.25}, {"awe": 1.0}], strict=True)))
    assert (fair.brier, fair.skew) == (0.0, 0.0)


def test_being_as_sure_as_one_is_right_is_no_error_and_boasting_is():
    honest = [(0.75, 1.0)] * 3 + [(0.75, 0.0)]
    assert calibration_error(honest) == pytest.approx(0)
    assert calibration_error([(1.0, right) for _, right in honest]) == pytest.approx(0.25)
    assert calibration_error([*honest, *[(0.25, 1.0)] * 4]) == pytest.approx(0.375)
    assert calibration_error([]) is None


def test_the_interval_holds_the_mean_narrows_with_people_and_repeats_with_its_seed():
    few, many = interval([0.0, 10.0] * 4, seed=1), interval([0.0, 10.0] * 100, seed=1)
    assert few[0] < 5 < few[1]
    assert many[1] - many[0] < few[1] - few[0]
    assert few == interval([0.0, 10.0] * 4, seed=1)
    assert share([]) == 0.0
