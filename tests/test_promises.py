"""Every sentence of `/privacy`, and the tests that hold it: a promise without a test is not made.

Whoever changes a sentence finds here which tests to look at. A sentence that stands in no line fails, and so does
a line whose sentence or test is gone. A line without a test promises nothing: it says what we do not know or do.
"""

import re
from pathlib import Path

import pytest

from bot.words import texts

ROOT = Path(__file__).parents[1]
JOINING, FEEL = "tests/journeys/test_joining.py", "tests/journeys/test_feel.py"
REACTIONS, MEMBERS = "tests/journeys/test_reactions.py", "tests/storage/test_members.py"
LEFT = "tests/journeys/test_server_left.py"
WHOSE = "tests/journeys/test_whose_picture.py"
CALIBRATE = "tests/core/predicting/test_calibrate.py"
MODEL, SOMEBODY = "some-model", "somebody"

HELD: dict[str, tuple[str, ...]] = {
    "Nothing that you feel is kept until you join.": (
        f"{REACTIONS}::test_a_reaction_of_somebody_who_has_not_joined_stores_and_downloads_nothing",
        f"{FEEL}::test_asking_leaves_no_trace_of_the_asker",
        "tests/core/collecting/test_deleted.py::test_a_deleted_message_is_remembered_only_where_reactions_count",
    ),
    "If you ask me about a picture before, the answer about the picture is kept if the picture is, without who "
    "asked.": (
        f"{FEEL}::test_asking_leaves_no_trace_of_the_asker",
        "tests/storage/test_payers.py::test_a_strangers_question_about_a_picture_that_is_kept_is_kept_with_it",
    ),
    "Once you join, I keep your reactions with the emotion emojis on pictures in the chosen channels, your "
    "answers to “Rate this image”, a small copy of those pictures, and what was learned from them.": (
        f"{REACTIONS}::test_other_channels_do_not_count",
        f"{REACTIONS}::test_a_joined_members_reaction_becomes_a_label",
        f"{MEMBERS}::test_an_export_holds_every_row_about_the_member_and_nobody_elses",
    ),
    "Who sees it?": (),
    "Here only you, until you press “Show everyone” under an answer or your feelprint.": (
        "tests/journeys/test_portrait.py::test_a_feelprint_is_shown_to_everybody_once_its_owner_is_sure",
        "tests/journeys/test_answer.py::test_an_answer_is_shown_to_everybody_without_its_rule_and_taken_back",
        f"{FEEL}::test_feel_answers_an_uploaded_picture_for_this_person_only",
        f"{JOINING}::test_the_export_is_a_private_file_with_the_members_own_data",
    ),
    "People who manage the server cannot; whoever runs this bot can.": (
        "tests/bot/discord_ui/test_views.py::test_somebody_elses_press_is_refused_in_private",
    ),
    f"The pictures and feelings are sent to the model that answers ({MODEL}), without your name or id.": (
        f"{FEEL}::test_what_the_model_is_sent_names_nobody",
    ),
    "Each request asks it not to store that.": (
        "tests/core/model/test_learning.py::test_a_server_is_asked_not_to_store_unless_it_refuses_that",
    ),
    "It is not asked not to store that, as it does not take the question.": (
        "tests/core/model/test_learning.py::test_a_server_is_asked_not_to_store_unless_it_refuses_that",
    ),
    "What was felt about pictures in a server that I am removed from is erased after 30 days, unless I am invited "
    "back.": (
        f"{LEFT}::test_after_thirty_days_it_is_erased_and_others_stay",
        f"{LEFT}::test_for_thirty_days_everything_is_kept_and_found_by_who_comes_back",
    ),
    "Your own pictures: of a picture that a member labelled I keep who posted it, joined or not.": (
        f"{WHOSE}::test_an_author_takes_along_what_is_kept_of_their_pictures",
    ),
    "“Do not use my picture” (Apps, on your message) and /pictures off take yours out, for everybody.": (
        f"{WHOSE}::test_an_author_who_has_never_joined_takes_a_picture_away_from_all",
        f"{WHOSE}::test_all_that_somebody_posts_here_is_left_alone_until_they_say_otherwise",
    ),
    "What its provider keeps of them, and what for, is as its own terms say: I cannot know it.": (),
    "The pictures stay on the machine that runs this bot: its small offline model answers.": (
        "tests/core/offline/test_server.py::test_the_server_can_be_reached_from_this_machine_only",
    ),
    "What do others have of it?": (),
    "Numbers: how sure I may sound is learned from how often I was right with at least three members "
    "together, without names.": (
        f"{CALIBRATE}::test_everybody_is_pooled_and_too_few_people_are_not",
        "tests/journeys/test_feel.py::test_how_sure_it_sounds_is_said_beside_how_often_that_was_right",
    ),
    "Whoever manages the server is told how many labels, of all members together, a change of its settings would "
    "hide, how many labels and members there are, and what at least five people together felt in a week.": (
        "tests/journeys/test_setup.py::test_what_would_hide_labels_is_asked_about_first_and_comes_back",
        "tests/journeys/test_managing.py::test_it_tells_labels_members_spend_health_and_mood",
        "tests/journeys/test_managing.py::test_of_four_people_nothing_is_said",
        "tests/journeys/test_managing.py::test_of_five_people_no_mood_follows_who_leaves",
    ),
    "Somebody to whom you said yes, and who said yes to you, learns how often you two felt the same; whom you "
    "let ask, what I guess of you (/match).": (
        "tests/journeys/test_matching.py::test_a_yes_that_was_taken_back_ends_it_at_once",
        "tests/journeys/test_matching.py::test_both_say_yes_and_each_learns_one_number_and_how_sure_it_is",
        "tests/journeys/test_asking_about_friends.py::"
        "test_who_lets_somebody_ask_is_guessed_and_labels_and_rules_are_not_told",
    ),
    "If you said yes to the weekly game, everybody in that server learns now and then what you felt about a "
    "picture, with your name; of whoever guesses there, that they were right.": (
        "tests/journeys/test_game.py::test_a_question_is_asked_guessed_at_and_answered",
        "tests/journeys/test_game.py::test_whatever_it_needs_and_is_gone_takes_the_question_away",
        "tests/journeys/test_game.py::test_what_was_guessed_is_told_of_nobody_who_was_wrong",
    ),
    "If you said yes to research (below), files for it hold what you felt on which day, without your name, ids or "
    "pictures.": (
        "tests/journeys/test_research.py::test_a_member_says_yes_and_what_they_felt_is_in_the_next_file",
        "tests/bot/operations/test_researching.py::test_a_file_holds_what_donors_felt_and_nothing_that_names_them",
    ),
    "Nothing else.": ("tests/core/asking/test_asker.py::test_what_one_member_asks_is_cached_apart_from_another",),
    "Taking it back: remove a reaction and its label is gone; delete a picture and what was felt about it in that "
    "message is gone.": (
        f"{REACTIONS}::test_taking_a_reaction_back_takes_the_label_back",
        f"{REACTIONS}::test_whatever_goes_on_discord_goes_here",
        f"{WHOSE}::test_a_rating_goes_with_its_message",
    ),
    "/pause stops collecting, /export hands you everything, /forget erases it at once.": (
        f"{REACTIONS}::test_a_pause_keeps_what_is_there_and_collects_nothing_new",
        f"{JOINING}::test_the_export_is_a_private_file_with_the_members_own_data",
        f"{JOINING}::test_an_export_that_is_too_large_for_one_file_comes_in_several",
        f"{JOINING}::test_forgetting_asks_first_and_then_leaves_nothing",
    ),
    f"Questions? {SOMEBODY}": (f"{JOINING}::test_privacy_names_the_model_and_whom_to_ask",),
}


def _sentences(text: str) -> set[str]:
    plain = text.replace("**", "").replace("`", "")
    return {part.strip() for line in plain.splitlines() for part in re.split(r"(?<=[.?]) (?=[A-Z/“])", line)}


@pytest.fixture
def said() -> set[str]:
    """What `/privacy` says, with the offline model and with another."""
    every = set()
    for offline, asks in ((True, True), (False, True), (False, False)):
        every |= _sentences(texts.privacy(MODEL, SOMEBODY, offline=offline, asks_not_to_store=asks))
    return every


def test_every_sentence_of_privacy_has_its_line(said: set[str]) -> None:
    assert said - {f"Questions? {SOMEBODY}", "Questions?", SOMEBODY} == HELD.keys() - {f"Questions? {SOMEBODY}"}


@pytest.mark.parametrize("test", sorted({test for tests in HELD.values() for test in tests}))
def test_the_tests_that_hold_a_promise_are_there(test: str) -> None:
    path, _, name = test.partition("::")
    assert re.search(rf"^(async )?def {name}\(", (ROOT / path).read_text(), re.MULTILINE)
