"""How alike two people feel: with its uncertainty, beside chance, and nothing of single pictures."""

import pytest

from core.predicting.alike import FEWEST, Verdict, alike
from core.vocabulary.label import Label

EMOTIONS = ("awe", "fear", "amusement", "sadness")


def pairs(*felt: tuple[str, str]) -> list[tuple[Label, Label]]:
    return [
        (Label.of(1, f"{n}", one.split("+"), n), Label.of(2, f"{n}", other.split("+"), n))
        for n, (one, other) in enumerate(felt)
    ]


def same(n: int, of: int) -> list[tuple[Label, Label]]:
    turned = [(EMOTIONS[k % 4], EMOTIONS[(k + (k >= n)) % 4]) for k in range(of)]
    return pairs(*turned)


def test_of_few_pictures_nothing_is_said() -> None:
    assert alike(same(7, FEWEST - 1)) is None
    assert alike(same(8, FEWEST)) is not None


def test_two_who_feel_the_same_are_alike_and_two_who_never_do_are_not() -> None:
    one, other = alike(same(20, 20)), alike(same(0, 20))
    assert one is not None
    assert other is not None
    assert (one.share, one.verdict, one.chance) == (1.0, Verdict.MORE, 0.25)
    assert (other.share, other.verdict) == (0.0, Verdict.LESS)
    assert one.low < 1.0
    assert other.high > 0.0


def test_two_who_mostly_feel_one_thing_are_not_called_alike_for_that() -> None:
    usual = pairs(*[("awe", "awe")] * 16, *[("awe", "fear")] * 2, *[("fear", "awe")] * 2)
    found = alike(usual)
    assert found is not None
    assert found.share == 0.8
    assert found.chance == 0.8
    assert found.verdict is Verdict.OPEN


def test_half_a_feeling_in_common_counts_half() -> None:
    found = alike(pairs(*[("awe+fear", "awe")] * 10))
    assert found is not None
    assert found.share == 0.5


@pytest.mark.parametrize("of", [8, 40, 160])
def test_the_interval_holds_the_share_and_narrows_with_pictures(of: int) -> None:
    found = alike(same(of // 2, of))
    assert found is not None
    assert found.low <= found.share <= found.high
    assert found.high - found.low <= {8: 0.61, 40: 0.31, 160: 0.21}[of]


def test_what_is_told_comes_in_steps() -> None:
    found = alike(same(9, 21))
    assert found is not None
    for number in (found.share, found.low, found.high, found.chance):
        assert number * 20 == pytest.approx(round(number * 20))
