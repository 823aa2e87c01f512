"""The policies that every door asks: pictures, persons, how often."""

import ast
import inspect
from dataclasses import replace

import pytest

from core.collecting import doors, policy, refusals
from core.collecting.allowance import WINDOW_MS, Allowance
from core.collecting.doors import Needs, Person, Who, refused
from core.collecting.excluded import Exclusions
from core.collecting.policy import Picture, Spot, Use, may_use, may_use_image
from core.collecting.refusals import Refusal
from core.vocabulary.consent import CONSENT_VERSION, Membership, Standing, standing_of
from core.vocabulary.emotions import MIKELS, Emotion, LabelSet
from core.vocabulary.exclusions import By, Exclusion, What
from core.vocabulary.server_settings import (
    MIN_EMOTIONS,
    MIN_LABELS,
    ServerSettings,
    label_set_at,
    thresholds_at,
)
from tests.fakes import ManualClock

NONE = Exclusions()
PLACE = ServerSettings(1, channels=frozenset({2}))
SPOT = Spot(1, 2)
OPEN, HIDDEN = Picture("https://a"), Picture("https://b", spoiler=True)


@pytest.mark.parametrize("use", Use)
@pytest.mark.parametrize(
    ("picture", "spot", "why"),
    [
        (OPEN, SPOT, None),
        (HIDDEN, SPOT, Refusal.SPOILER),
        (OPEN, replace(SPOT, nsfw=True), Refusal.AGE_RESTRICTED),
    ],
)
def test_what_is_hidden_is_left_alone_whatever_it_is_wanted_for(use, picture, spot, why):
    assert may_use(picture, spot, PLACE, use, NONE) is why
    assert may_use(picture, replace(spot, server_id=None), None, use, NONE) is why
    assert may_use(picture, spot, replace(PLACE, allow_nsfw=True, allow_spoilers=True), use, NONE) is None


IN_MESSAGE = replace(SPOT, message_id=3, author_id=9)


@pytest.mark.parametrize("use", Use)
@pytest.mark.parametrize(
    ("said", "why"),
    [
        ((1, By.AUTHOR, What.MESSAGE, "3", 9), Refusal.WITHHELD),
        ((1, By.AUTHOR, What.AUTHOR, "9", 9), Refusal.WITHHELD),
        ((1, By.ADMIN, What.MESSAGE, "3", 0), Refusal.EXCLUDED),
        ((1, By.ADMIN, What.AUTHOR, "9", 9), Refusal.EXCLUDED),
        ((2, By.AUTHOR, What.AUTHOR, "9", 9), None),
        ((1, By.AUTHOR, What.AUTHOR, "8", 8), None),
        ((1, By.ADMIN, What.MESSAGE, "4", 0), None),
    ],
)
def test_what_is_excluded_is_refused_before_anything_is_downloaded(use, said, why):
    assert may_use(OPEN, IN_MESSAGE, PLACE, use, Exclusions([Exclusion(*said, True, 5)])) is why
    lifted = Exclusions([Exclusion(*said, True, 5), Exclusion(*said, False, 6)])
    assert may_use(OPEN, IN_MESSAGE, PLACE, use, lifted) is None
    assert lifted.since(IN_MESSAGE) == (6 if why else 0)


@pytest.mark.parametrize(
    ("said", "own", "theirs", "given"),
    [
        ((0, By.AUTHOR, What.PICTURE, "ab", 9), Refusal.WITHHELD, None, Refusal.WITHHELD),
        ((1, By.ADMIN, What.PICTURE, "ab", 0), Refusal.EXCLUDED, Refusal.EXCLUDED, Refusal.EXCLUDED),
        ((2, By.ADMIN, What.PICTURE, "ab", 0), None, None, None),
        ((1, By.ADMIN, What.PICTURE, "cd", 0), None, None, None),
    ],
)
def test_an_image_is_refused_in_its_authors_messages_and_where_nobody_shows_it(said, own, theirs, given):
    exclusions = Exclusions([Exclusion(*said, True, 5)])
    spots = (IN_MESSAGE, replace(IN_MESSAGE, author_id=8), SPOT)
    assert [may_use_image("ab", spot, exclusions) for spot in spots] == [own, theirs, given]
    unknown = replace(IN_MESSAGE, author_id=None)
    assert may_use_image("ab", unknown, exclusions) is theirs, "whose it is, is found out before it is taken away"


def test_reactions_count_in_chosen_channels_only_and_requests_anywhere():
    elsewhere = replace(SPOT, channel_id=3)
    assert may_use(OPEN, elsewhere, PLACE, Use.REACTION, NONE) is Refusal.OTHER_CHANNEL
    assert may_use(OPEN, elsewhere, PLACE, Use.REQUEST, NONE) is None
    assert may_use(OPEN, Spot(None, 9), None, Use.REACTION, NONE) is None


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        (Who.ANYBODY, set(Standing)),
        (Who.MEMBER, {Standing.JOINED, Standing.PAUSED, Standing.LAPSED}),
        (Who.JOINED, {Standing.JOINED}),
        (Who.MANAGER, set()),
    ],
)
def test_each_need_names_who_may(who, allowed):
    for standing in Standing:
        person = Person(standing, in_server=True, manages=False)
        assert (refused(Needs(who), person) is None) == (standing in allowed)


def test_managing_and_owning_are_asked_whoever_it_is():
    manager = Person(Standing.ABSENT, in_server=True, manages=True)
    assert refused(Needs(Who.MANAGER), manager) is None
    assert refused(Needs(Who.MANAGER), replace(manager, manages=False)) is Refusal.NOT_A_MANAGER
    assert refused(Needs(Who.MANAGER), replace(manager, in_server=False)) is Refusal.NOT_IN_A_SERVER
    for who in Who:
        assert refused(Needs(who), replace(manager, standing=Standing.JOINED, owns=False)) is Refusal.NOT_YOURS


def test_a_pause_outranks_a_lapsed_consent_and_both_are_no_absence():
    today = Membership(7, CONSENT_VERSION, 1)
    old = replace(today, consent_version=CONSENT_VERSION - 1)
    standings = [
        standing_of(m) for m in (None, today, old, replace(today, paused=True), replace(old, paused=True))
    ]
    assert standings == [
        Standing.ABSENT,
        Standing.JOINED,
        Standing.LAPSED,
        Standing.PAUSED,
        Standing.PAUSED,
    ]


def test_a_person_has_so_many_at_once_and_then_one_each_so_many_seconds():
    clock = ManualClock()
    allowance = Allowance(6, clock)
    assert [allowance.take(1) for _ in range(6)] == [0.0] * 6
    assert allowance.take(1) == pytest.approx(10.0)
    assert allowance.take(2) == 0.0
    clock.advance(seconds=9)
    assert allowance.take(1) == pytest.approx(1.0)
    clock.advance(seconds=1)
    assert allowance.take(1) == 0.0
    assert allowance.take(1) == pytest.approx(10.0)


def test_what_was_refused_costs_nothing_and_a_minute_restores_all():
    clock = ManualClock()
    allowance = Allowance(2, clock)
    for _ in range(50):
        allowance.take(1)
    clock.advance(seconds=WINDOW_MS / 1000)
    assert [allowance.take(1) > 0 for _ in range(3)] == [False, False, True]


def test_a_clock_that_is_set_back_keeps_nobody_waiting_longer():
    clock = ManualClock()
    allowance = Allowance(6, clock)
    for _ in range(6):
        allowance.take(1)
    clock.advance(seconds=-3600)
    assert allowance.take(1) <= 10.0


def test_with_all_that_somebody_posts_only_copies_that_are_left_alone_are_allowed_again():
    def copy(subject, *, excluded, what=What.PICTURE, author=7, server=1):
        return Exclusion(server, By.AUTHOR, what, subject, author, excluded, 5)

    alone, allowed = copy("a", excluded=True), copy("b", excluded=False)
    others = [copy("c", excluded=True, author=8), copy("d", excluded=True, server=2)]
    exclusions = Exclusions([alone, allowed, *others, copy("9", excluded=True, what=What.MESSAGE)])
    assert exclusions.copies(1, By.AUTHOR, 7) == [alone]


def test_people_who_have_not_asked_for_a_minute_are_not_remembered():
    clock = ManualClock()
    allowance = Allowance(6, clock)
    for person in range(3000):
        allowance.take(person)
        clock.advance(seconds=1)
    assert len(allowance._used_until) <= 1001


def test_thresholds_stand_once_and_others_cannot_be_made():
    assert thresholds_at(None) == (MIN_LABELS.default, MIN_EMOTIONS.default)
    assert thresholds_at(replace(PLACE, min_labels=20, min_emotions=4)) == (20, 4)
    for wrong in (
        {"min_labels": MIN_LABELS.least - 1},
        {"min_labels": 101},
        {"min_emotions": 1},
        {"min_emotions": 9},
    ):
        with pytest.raises(ValueError, match="no such thresholds"):
            ServerSettings(1, **wrong)


def test_nobody_waits_for_more_emotions_than_there_are():
    two = replace(PLACE, label_set=LabelSet((Emotion("calm", "😌"), Emotion("wild", "🤩"))))
    assert thresholds_at(two) == (12, 2)
    assert thresholds_at(replace(two, label_set=MIKELS)) == (12, 3)


def test_the_default_label_set_holds_where_there_is_no_server():
    assert label_set_at(None) is MIKELS


@pytest.mark.parametrize(
    "kind", [refusals.Refusal, Standing, policy.Use, doors.Who, doors.Pace], ids=lambda kind: kind.__name__
)
def test_every_reason_says_what_it_means(kind):
    (body,) = ast.parse(inspect.getsource(kind)).body
    members = [n for n, node in enumerate(body.body) if isinstance(node, ast.Assign)]
    assert len(members) == len(kind)
    for n in members:
        said = body.body[n + 1] if n + 1 < len(body.body) else None
        assert isinstance(said, ast.Expr), ast.unparse(body.body[n])
