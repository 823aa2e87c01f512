"""The pure decision, claim by claim."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.collecting.decide import Ignore, NeedMessage, Record, Write, decide
from core.collecting.excluded import Exclusions
from core.collecting.policy import MessageView, Picture, wants_seeds
from core.collecting.refusals import Refusal
from core.vocabulary.changes import (
    DropChannel,
    DropMessages,
    DropServer,
    LeaveServer,
    Origin,
    RecordRating,
    Restate,
    ReturnToServer,
    Sighting,
    WithdrawCleared,
    WithdrawReaction,
)
from core.vocabulary.consent import CONSENT_VERSION, Membership, Standing, may_collect, must_ask_again
from core.vocabulary.emotions import MIKELS
from core.vocabulary.exclusions import By, Exclusion, What
from core.vocabulary.facts import (
    ChannelGone,
    Cleared,
    MessagesGone,
    Rated,
    Reacted,
    ServerBack,
    ServerGone,
    ServerLeft,
    Shown,
)
from core.vocabulary.server_settings import ServerSettings

NONE = Exclusions()
JOINED, ABSENT = Standing.JOINED, Standing.ABSENT
PLACE = ServerSettings(server_id=1, channels=frozenset({2}))
REACTED = Reacted(True, 7, 3, 2, 1, "😂", burst=False, by_bot=False, at=5)
PICTURE = Picture("https://cdn.discordapp.com/a.png")
MESSAGE = MessageView(3, 2, 1, 4, (PICTURE,))


def test_a_joined_members_reaction_to_the_only_picture_counts():
    assert decide(REACTED, PLACE, JOINED, MESSAGE, NONE) == Record(PICTURE, "amusement", MIKELS)


def test_a_message_that_was_found_usable_before_is_not_looked_at_again():
    seen = Sighting(3, 2, 1, "ab", 4)
    assert decide(REACTED, PLACE, JOINED, seen, NONE) == Record(seen, "amusement", MIKELS)


def test_a_message_that_was_found_usable_before_is_judged_by_what_is_allowed_now():
    seen = Sighting(3, 2, 1, "ab", 4, "/a.png", 9, None, True, True)
    allowed = replace(PLACE, allow_spoilers=True, allow_nsfw=True)
    assert decide(REACTED, allowed, JOINED, seen, NONE) == Record(seen, "amusement", MIKELS)
    assert decide(REACTED, replace(allowed, allow_nsfw=False), JOINED, seen, NONE) == Ignore(
        Refusal.AGE_RESTRICTED
    )
    assert decide(REACTED, replace(allowed, allow_spoilers=False), JOINED, seen, NONE) == Ignore(Refusal.SPOILER)
    for what, subject in ((What.MESSAGE, "3"), (What.AUTHOR, "9"), (What.PICTURE, "ab")):
        said = Exclusions([Exclusion(1, By.AUTHOR, what, subject, 9, True, 5)])
        assert decide(REACTED, allowed, JOINED, seen, said) == Ignore(Refusal.WITHHELD)


def test_a_rating_of_what_is_excluded_is_refused_and_taking_back_is_not():
    rated = Rated(7, "ab", frozenset({"awe"}), 1, 5, origin=Origin(3, 2, 9, "/a.png"))
    for what, subject in ((What.MESSAGE, "3"), (What.AUTHOR, "9"), (What.PICTURE, "ab")):
        said = Exclusions([Exclusion(1, By.ADMIN, what, subject, 9, True, 5)])
        assert decide(rated, PLACE, JOINED, None, said) == Ignore(Refusal.EXCLUDED)
        assert isinstance(decide(replace(rated, narrows=True), PLACE, JOINED, None, said), Write)


def test_the_message_is_needed_only_when_all_else_fits():
    assert decide(REACTED, PLACE, JOINED, None, NONE) == NeedMessage()


@pytest.mark.parametrize(
    ("fact", "place", "standing", "reason"),
    [
        (replace(REACTED, by_bot=True), PLACE, JOINED, Refusal.BY_BOT),
        (REACTED, PLACE, ABSENT, Refusal.NOT_JOINED),
        (REACTED, replace(PLACE, channels=frozenset()), JOINED, Refusal.OTHER_CHANNEL),
        (REACTED, None, JOINED, Refusal.OTHER_CHANNEL),
        (replace(REACTED, emoji="🍕"), PLACE, JOINED, Refusal.OTHER_EMOJI),
    ],
)
def test_the_cheapest_ground_rejects_before_the_message_is_fetched(fact, place, standing, reason):
    assert decide(fact, place, standing, None, NONE) == Ignore(reason)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (replace(MESSAGE, pictures=()), Refusal.NO_PICTURE),
        (replace(MESSAGE, pictures=(PICTURE, PICTURE)), Refusal.SEVERAL_PICTURES),
        (replace(MESSAGE, nsfw=True), Refusal.AGE_RESTRICTED),
        (replace(MESSAGE, pictures=(replace(PICTURE, spoiler=True),)), Refusal.SPOILER),
    ],
)
def test_what_the_message_shows_can_rule_it_out(message, reason):
    assert decide(REACTED, PLACE, JOINED, message, NONE) == Ignore(reason)
    assert not wants_seeds(message, PLACE, NONE)


def test_an_admin_may_allow_spoilers_and_age_restricted_channels():
    place = replace(PLACE, allow_nsfw=True, allow_spoilers=True)
    hidden = replace(MESSAGE, nsfw=True, pictures=(replace(PICTURE, spoiler=True),))
    assert isinstance(decide(REACTED, place, JOINED, hidden, NONE), Record)


def test_in_direct_messages_the_default_emotions_count():
    told, message = replace(REACTED, server_id=None), replace(MESSAGE, server_id=None)
    assert decide(told, None, JOINED, message, NONE) == Record(PICTURE, "amusement", MIKELS)


@given(
    standing=st.sampled_from(Standing),
    by_bot=st.booleans(),
    emoji=st.sampled_from(["😂", "🍕", "123456789012345678"]),
    place=st.sampled_from([None, PLACE, replace(PLACE, channels=frozenset())]),
    message=st.sampled_from([None, MESSAGE, replace(MESSAGE, pictures=())]),
)
def test_a_removal_never_depends_on_anything_else(standing, by_bot, emoji, place, message):
    fact = Reacted(False, 7, 3, 2, 1, emoji, True, by_bot, 5)
    assert decide(fact, place, standing, message, NONE) == Write(WithdrawReaction(7, 3, emoji, True, 5))


@pytest.mark.parametrize(
    ("fact", "change"),
    [
        (Cleared(3, 2, None), WithdrawCleared(3, None)),
        (Cleared(3, 2, "😂"), WithdrawCleared(3, "😂")),
        (MessagesGone((3, 4)), DropMessages((3, 4), 9)),
        (ChannelGone(2), DropChannel(2, 9)),
        (ServerLeft(1, 5), LeaveServer(1, 5, 9)),
        (ServerBack(1), ReturnToServer(1)),
        (ServerGone(1), DropServer(1, 9)),
    ],
)
def test_whatever_is_gone_is_dropped_without_asking(fact, change):
    assert decide(fact, None, Standing.ABSENT, None, NONE, now=9) == Write(change)


def test_how_a_message_stands_is_news_whoever_looked():
    seen = Sighting(3, 2, 1, "ab", 4, "/a.png", 9, None, True, False)
    assert decide(Shown(3, seen), None, Standing.ABSENT, None, NONE) == Write(Restate(seen))


def test_an_answer_by_button_counts_for_members_and_known_emotions_only():
    rated = Rated(7, "ab", frozenset({"awe"}), 1, 5)
    assert decide(rated, PLACE, JOINED, None, NONE) == Write(
        RecordRating(7, "ab", frozenset({"awe"}), MIKELS.id, 1, 5)
    )
    assert decide(rated, PLACE, ABSENT, None, NONE) == Ignore(Refusal.NOT_JOINED)
    assert isinstance(decide(replace(rated, emotions=frozenset({"hunger"})), PLACE, JOINED, None, NONE), Ignore)


@pytest.mark.parametrize(("roles", "counts"), [(None, True), (frozenset({8}), True), (frozenset({9}), False)])
def test_what_a_server_leaves_to_roles_counts_of_nobody_else(roles, counts):
    """None: they were found standing, and looked at before."""
    place = replace(PLACE, label_roles=frozenset({8}))
    refused = Ignore(Refusal.NO_ROLE)
    assert (decide(replace(REACTED, roles=roles), place, JOINED, None, NONE) != refused) == counts
    rated = Rated(7, "ab", frozenset({"awe"}), 1, 5, roles=roles or frozenset({8}))
    assert (decide(rated, place, JOINED, None, NONE) != refused) == counts
    assert isinstance(decide(replace(rated, narrows=True), place, JOINED, None, NONE), Write)
    assert isinstance(decide(replace(REACTED, roles=roles, added=False), place, JOINED, None, NONE), Write)


@pytest.mark.parametrize(
    ("standing", "reason"), [(Standing.PAUSED, Refusal.PAUSED), (Standing.LAPSED, Refusal.LAPSED)]
)
def test_a_pause_bars_what_is_new_and_not_what_is_taken_back(standing, reason):
    rated = Rated(7, "ab", frozenset({"awe"}), 1, 5)
    assert decide(REACTED, PLACE, standing, MESSAGE, NONE) == Ignore(reason)
    assert decide(rated, PLACE, standing, None, NONE) == Ignore(reason)
    assert isinstance(decide(replace(rated, narrows=True), PLACE, standing, None, NONE), Write)
    assert decide(replace(rated, narrows=True), PLACE, ABSENT, None, NONE) == Ignore(Refusal.NOT_JOINED)


def test_seeds_go_under_one_usable_picture_in_a_chosen_channel():
    assert wants_seeds(MESSAGE, PLACE, NONE)
    assert not wants_seeds(MESSAGE, replace(PLACE, seed_reactions=False), NONE)
    assert not wants_seeds(replace(MESSAGE, channel_id=99), PLACE, NONE)


def test_consent_lapses_when_more_is_kept_than_was_agreed_to():
    today = Membership(7, CONSENT_VERSION, 1)
    assert may_collect(today)
    assert not may_collect(None)
    assert not may_collect(replace(today, paused=True))
    assert must_ask_again(replace(today, consent_version=CONSENT_VERSION - 1))
    assert not may_collect(replace(today, consent_version=CONSENT_VERSION - 1))
