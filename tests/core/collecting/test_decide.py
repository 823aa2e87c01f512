"""The pure decision, claim by claim."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.collecting.decide import Ignore, NeedMessage, Record, Write, decide
from core.collecting.policy import MessageView, Picture, wants_seeds
from core.collecting.refusals import Refusal
from core.vocabulary.changes import (
    DropChannel,
    DropMessages,
    DropServer,
    RecordRating,
    Sighting,
    WithdrawCleared,
    WithdrawReaction,
)
from core.vocabulary.consent import CONSENT_VERSION, Membership, Standing, may_collect, must_ask_again
from core.vocabulary.emotions import MIKELS
from core.vocabulary.facts import ChannelGone, Cleared, MessagesGone, Rated, Reacted, ServerGone
from core.vocabulary.server_settings import ServerSettings

JOINED, ABSENT = Standing.JOINED, Standing.ABSENT
PLACE = ServerSettings(server_id=1, channels=frozenset({2}))
REACTED = Reacted(True, 7, 3, 2, 1, "😂", burst=False, by_bot=False, at=5)
PICTURE = Picture("https://cdn.discordapp.com/a.png")
MESSAGE = MessageView(3, 2, 1, 4, (PICTURE,))


def test_a_joined_members_reaction_to_the_only_picture_counts():
    assert decide(REACTED, PLACE, JOINED, MESSAGE) == Record(PICTURE, "amusement", MIKELS)


def test_a_message_that_was_found_usable_before_is_not_looked_at_again():
    seen = Sighting(3, 2, 1, "ab", 4)
    assert decide(REACTED, PLACE, JOINED, seen) == Record(seen, "amusement", MIKELS)


def test_the_message_is_needed_only_when_all_else_fits():
    assert decide(REACTED, PLACE, JOINED, None) == NeedMessage()


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
    assert decide(fact, place, standing, None) == Ignore(reason)


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
    assert decide(REACTED, PLACE, JOINED, message) == Ignore(reason)
    assert not wants_seeds(message, PLACE)


def test_an_admin_may_allow_spoilers_and_age_restricted_channels():
    place = replace(PLACE, allow_nsfw=True, allow_spoilers=True)
    hidden = replace(MESSAGE, nsfw=True, pictures=(replace(PICTURE, spoiler=True),))
    assert isinstance(decide(REACTED, place, JOINED, hidden), Record)


def test_in_direct_messages_the_default_emotions_count():
    told, message = replace(REACTED, server_id=None), replace(MESSAGE, server_id=None)
    assert decide(told, None, JOINED, message) == Record(PICTURE, "amusement", MIKELS)


@given(
    standing=st.sampled_from(Standing),
    by_bot=st.booleans(),
    emoji=st.sampled_from(["😂", "🍕", "123456789012345678"]),
    place=st.sampled_from([None, PLACE, replace(PLACE, channels=frozenset())]),
    message=st.sampled_from([None, MESSAGE, replace(MESSAGE, pictures=())]),
)
def test_a_removal_never_depends_on_anything_else(standing, by_bot, emoji, place, message):
    fact = Reacted(False, 7, 3, 2, 1, emoji, True, by_bot, 5)
    assert decide(fact, place, standing, message) == Write(WithdrawReaction(7, 3, emoji, True, 5))


@pytest.mark.parametrize(
    ("fact", "change"),
    [
        (Cleared(3, 2, None), WithdrawCleared(3, None)),
        (Cleared(3, 2, "😂"), WithdrawCleared(3, "😂")),
        (MessagesGone((3, 4)), DropMessages((3, 4), 9)),
        (ChannelGone(2), DropChannel(2, 9)),
        (ServerGone(1), DropServer(1, 9)),
    ],
)
def test_whatever_is_gone_is_dropped_without_asking(fact, change):
    assert decide(fact, None, Standing.ABSENT, None, now=9) == Write(change)


def test_an_answer_by_button_counts_for_members_and_known_emotions_only():
    rated = Rated(7, "ab", frozenset({"awe"}), 1, 5)
    assert decide(rated, PLACE, JOINED, None) == Write(RecordRating(7, "ab", frozenset({"awe"}), MIKELS.id, 1, 5))
    assert decide(rated, PLACE, ABSENT, None) == Ignore(Refusal.NOT_JOINED)
    assert isinstance(decide(replace(rated, emotions=frozenset({"hunger"})), PLACE, JOINED, None), Ignore)


@pytest.mark.parametrize(
    ("standing", "reason"), [(Standing.PAUSED, Refusal.PAUSED), (Standing.LAPSED, Refusal.LAPSED)]
)
def test_a_pause_bars_what_is_new_and_not_what_is_taken_back(standing, reason):
    rated = Rated(7, "ab", frozenset({"awe"}), 1, 5)
    assert decide(REACTED, PLACE, standing, MESSAGE) == Ignore(reason)
    assert decide(rated, PLACE, standing, None) == Ignore(reason)
    assert isinstance(decide(replace(rated, narrows=True), PLACE, standing, None), Write)
    assert decide(replace(rated, narrows=True), PLACE, ABSENT, None) == Ignore(Refusal.NOT_JOINED)


def test_seeds_go_under_one_usable_picture_in_a_chosen_channel():
    assert wants_seeds(MESSAGE, PLACE)
    assert not wants_seeds(MESSAGE, replace(PLACE, seed_reactions=False))
    assert not wants_seeds(replace(MESSAGE, channel_id=99), PLACE)


def test_consent_lapses_when_more_is_kept_than_was_agreed_to():
    today = Membership(7, CONSENT_VERSION, 1)
    assert may_collect(today)
    assert not may_collect(None)
    assert not may_collect(replace(today, paused=True))
    assert must_ask_again(replace(today, consent_version=CONSENT_VERSION - 1))
    assert not may_collect(replace(today, consent_version=CONSENT_VERSION - 1))
