from dataclasses import replace

import pytest

from core.ports import Profile, RunReport, TuningPolicy
from core.predicting.readiness import Standing, standing
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import Mode, ProfileState

POLICY = TuningPolicy()
NOW = 1_000_000_000


def profile(labels: int, emotions: int, *, ran: int = 0, last: int = 0, retry: int = 0) -> Profile:
    return Profile(
        ProfileKey(1, "set"), labels, {f"e{k}": 1 for k in range(emotions)}, last, ran, 12, 3, retry, ran
    )


def at(found: Profile | None, run: RunReport | None = None, **more: bool) -> Standing:
    return standing(found, None, run, NOW, POLICY, **more)  # type: ignore[arg-type]


def test_before_the_first_label_everything_is_missing() -> None:
    found = at(None)
    assert (found.state, found.labels_needed, found.emotions_needed, found.first) == (
        ProfileState.COLLECTING,
        12,
        3,
        True,
    )
    assert (found.labels, found.emotions, found.labels_goal) == (0, 0, 12)


def test_what_is_missing_is_counted() -> None:
    found = at(profile(9, 2))
    assert (found.state, found.labels_needed, found.emotions_needed) == (ProfileState.COLLECTING, 3, 1)


def test_enough_labels_wait_for_a_quiet_minute() -> None:
    found = at(profile(12, 3, last=NOW - 10_000))
    assert (found.state, found.ready_at) == (ProfileState.SETTLING, NOW + 50_000)
    assert at(profile(12, 3, last=NOW - 60_000)).state == ProfileState.DUE


@pytest.mark.parametrize(("ran", "goal"), [(12, 16), (20, 24), (21, 26), (100, 120)])
def test_the_next_run_needs_four_or_a_fifth_more(ran: int, goal: int) -> None:
    found = at(profile(ran + 1, 1, ran=ran))
    assert (found.labels_goal, found.labels_needed, found.emotions_needed) == (goal, goal - ran - 1, 0)


def test_a_stopped_run_says_when_it_is_tried_again() -> None:
    found = at(profile(12, 3, retry=NOW + 5))
    assert (found.state, found.ready_at) == (ProfileState.LATER, NOW + 5)


def test_what_a_clock_wrote_while_it_was_ahead_keeps_nobody_waiting() -> None:
    hours = 6 * 3_600_000
    assert at(profile(12, 3, retry=NOW + hours)).state == ProfileState.LATER
    assert at(profile(12, 3, retry=NOW + hours + 1)).state == ProfileState.DUE
    assert at(profile(12, 3, last=NOW + 60_000)).state == ProfileState.SETTLING
    assert at(profile(12, 3, last=NOW + 60_001)).state == ProfileState.DUE


def test_a_run_under_way_is_told() -> None:
    run = RunReport("r", 1, "set", Mode.RULES, 0, 12, 0)
    assert at(profile(12, 3), run).state == ProfileState.RUNNING


def test_where_taste_has_changed_the_share_is_of_the_labels_that_still_count() -> None:
    found = at(replace(profile(101, 1, ran=100), lasting=30))
    assert (found.labels_goal, found.labels_needed) == (106, 5)


def test_whatever_else_a_run_waits_for_is_named() -> None:
    assert at(profile(12, 3), busy=True).state == ProfileState.BEHIND
    assert at(profile(12, 3, retry=NOW + 5), busy=True).state == ProfileState.LATER
    assert at(profile(12, 3), paused=True).state == ProfileState.PAUSED
    assert at(profile(9, 2), paused=True).state == ProfileState.PAUSED
