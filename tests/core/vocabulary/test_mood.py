"""What is told of many tells of none: enough people, each alike, in steps, and of whole weeks."""

import pytest

from core.vocabulary.mood import FEWEST, WEEK_MS, last_week, mood_of

MONDAY = 1_700_438_400_000  # 20 November 2023, 00:00 UTC


def test_of_fewer_than_five_people_nothing_is_said() -> None:
    felt = {n: {"awe": 1.0} for n in range(FEWEST)}
    assert mood_of(felt) is not None
    felt.pop(0)
    assert mood_of(felt) is None
    assert mood_of({**felt, 9: {}}) is None, "who felt nothing is nobody here"


def test_each_counts_the_same_however_much_they_label() -> None:
    felt = {n: {"awe": 1.0} for n in range(5)} | {9: {"fear": 1000.0}, 10: {"fear": 2.0, "awe": 2.0}}
    mood = mood_of(felt)
    assert mood is not None
    assert mood.people == 7
    assert mood.shares == {"awe": 0.8, "fear": 0.2}


def test_shares_come_in_tenths_and_a_single_label_of_many_is_not_seen() -> None:
    felt = {n: {"awe": 10.0, "fear": 10.0} for n in range(9)}
    with_one_more = felt | {0: {"awe": 10.0, "fear": 10.0, "anger": 1.0}}
    assert mood_of(felt) == mood_of(with_one_more)


@pytest.mark.parametrize("within", [0, 1, WEEK_MS // 2, WEEK_MS - 1])
def test_a_week_begins_on_monday_and_only_one_that_is_over_is_looked_at(within: int) -> None:
    assert last_week(MONDAY + within) == MONDAY - WEEK_MS
