from core.ports import Shadow
from core.tuning.limits import MAX_LABELS
from core.tuning.watch import Trial, changed, failed, lasting, newest, spoken, watch
from core.vocabulary.emotions import MIKELS
from core.vocabulary.label import Label

WIN, RIGHT, LOSS, MISS = (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)


def trials(*hits: tuple[float, float]) -> list[Trial]:
    return [Trial(at, *pair) for at, pair in enumerate(hits)]


def failed_by(tried: list[Trial]) -> bool:
    return failed(tried) is not None


def row(k: int, hit: float, generic: float, version: int = 1, **rules: float) -> Shadow:
    return Shadow(version, f"{k:064x}", k, MIKELS.distribution({}), hit, generic, rules)


def test_three_failures_fail_where_most_people_are_right_and_none_where_they_are_wrong_too() -> None:
    assert failed_by(trials(*[LOSS] * 3))
    assert failed_by(trials(LOSS, MISS, RIGHT, LOSS, MISS, LOSS))
    assert not failed_by(trials(*[LOSS] * 2))
    assert not failed_by(trials(*[MISS] * 50))


def test_no_version_is_taken_back_that_lost_nothing() -> None:
    assert not failed_by(trials(WIN, *[MISS] * 9, WIN, *[RIGHT] * 9, *[MISS] * 9))


def test_who_is_right_twice_as_often_as_most_people_keeps_what_they_have() -> None:
    """Half of all pictures against a quarter, in any order that brings each kind again soon."""
    assert not failed_by(trials(*[MISS, WIN, MISS, LOSS, WIN, RIGHT] * 20))


def test_a_success_that_most_people_had_not_makes_up_for_two_failures_and_a_common_one_for_none() -> None:
    assert not failed_by(trials(LOSS, LOSS, WIN, LOSS, LOSS))
    assert failed_by(trials(LOSS, LOSS, RIGHT, LOSS, LOSS))


def test_what_was_won_long_ago_does_not_vouch_for_a_rule() -> None:
    assert failed(trials(*[WIN] * 20, LOSS, LOSS, LOSS)) == 22


def test_half_a_hit_is_half_a_failure() -> None:
    assert not failed_by(trials(*[(0.5, 1.0)] * 4))
    assert failed_by(trials(*[(0.5, 1.0)] * 5))


def test_only_pictures_where_a_rule_or_the_answer_tells_a_version_from_most_people_are_trials() -> None:
    rows = [row(0, 0.0, 1.0), row(1, 1.0, 0.0, a=1.0), row(2, 1.0, 1.0), row(3, 0.0, 0.0, b=0.0), row(4, 0.0, 0.0)]
    assert spoken(rows) == [Trial(0, 0.0, 1.0), Trial(1, 1.0, 0.0), Trial(3, 0.0, 0.0)]


def test_a_picture_that_several_versions_were_tried_on_counts_once() -> None:
    rows = [row(1, 0.0, 1.0, version=2, a=0.0), row(1, 1.0, 1.0, version=1, a=1.0), row(0, 1.0, 0.0, a=1.0)]
    assert [(s.version, s.at) for s in newest(rows)] == [(1, 0), (2, 1)]


def test_labels_from_before_the_change_do_not_last() -> None:
    labels = [Label.of(7, f"{k:064x}", ["fear"], k) for k in range(8)]
    steady = [row(k, 1.0, 0.0, a=1.0) for k in range(4)]
    failing = [row(k, 0.0, 1.0, a=0.0) for k in range(4, 8)]
    assert lasting(labels, watch(None, steady).since) == labels
    assert lasting(labels, watch(None, steady + failing[:1]).since) == labels
    assert lasting(labels, watch(None, steady + failing).since) == labels[4:]


def test_who_fails_as_often_early_as_late_has_not_changed() -> None:
    """The same failures in a row: after successes they are news, after as many failures they are not."""
    half = [WIN, LOSS, LOSS, WIN, LOSS, LOSS]
    assert failed_by(trials(*half, *[LOSS] * 5))
    assert changed(trials(*half, *[LOSS] * 5)) is None
    assert changed(trials(*[LOSS] * 5)) is None
    assert changed(trials(*[WIN] * 6, *[LOSS] * 5)) == 6


def test_who_is_right_as_often_as_not_has_five_misses_in_a_row_without_a_change() -> None:
    """In 36 trials that happens to two of five, so it tells nothing."""
    assert changed(trials(*[LOSS, WIN] * 4, *[MISS] * 5, *[WIN, LOSS] * 4)) is None


def test_taste_may_change_to_what_nobody_knows_though_nothing_is_taken_back_for_it() -> None:
    assert changed(trials(*[WIN] * 6, *[MISS] * 5)) == 6
    assert not failed_by(trials(*[WIN] * 6, *[MISS] * 5))


def test_what_came_after_a_change_does_not_take_it_back() -> None:
    assert changed(trials(*[WIN] * 6, *[LOSS] * 5, *[WIN] * 12)) == 6


def test_of_several_changes_the_latest_counts() -> None:
    assert changed(trials(*[WIN] * 6, *[LOSS] * 6, *[WIN] * 9, *[LOSS] * 6)) == 21


def test_what_is_older_than_the_labels_that_count_tells_nothing_of_a_change() -> None:
    assert changed(trials(*[WIN] * 6, *[LOSS] * (MAX_LABELS - 6))) == 6
    assert changed(trials(*[WIN] * 6, *[LOSS] * MAX_LABELS)) is None
