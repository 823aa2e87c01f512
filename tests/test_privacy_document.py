"""Every sentence of PRIVACY.md, of README's part about people and of `/join`, and the tests that hold it.

As in `test_promises` for `/privacy`: a sentence is named by how it begins, a line without a test promises nothing.
"""

import re
from pathlib import Path

import pytest

from bot.words import texts

ROOT = Path(__file__).parents[1]
J, S = "tests/journeys/test_", "tests/storage/test_"
WHOSE, REACTIONS, FEEL, JOINING = f"{J}whose_picture.py", f"{J}reactions.py", f"{J}feel.py", f"{J}joining.py"
FORGET, MEMBERS, PAYERS = f"{S}forget.py", f"{S}members.py", f"{S}payers.py"
NO, CATCHING, LEFT = f"{J}a_no_is_kept.py", f"{J}catching_up.py", f"{J}server_left.py"
ROWS = (
    f"{MEMBERS}::test_every_table_about_a_member_is_erased_with_them",
    f"{FORGET}::test_no_byte_is_left_in_file_log_or_backups",
)
STRANGER = f"{REACTIONS}::test_a_reaction_of_somebody_who_has_not_joined_stores_and_downloads_nothing"
GOES = f"{REACTIONS}::test_whatever_goes_on_discord_goes_here"
WITHDRAWN = f"{REACTIONS}::test_taking_a_reaction_back_takes_the_label_back"
DECK = "tests/journeys/test_deck.py"
EXPORT = f"{JOINING}::test_the_export_is_a_private_file_with_the_members_own_data"
POOLED = "tests/core/predicting/test_calibrate.py::test_everybody_is_pooled_and_too_few_people_are_not"
PRIVATE = f"{FEEL}::test_feel_answers_an_uploaded_picture_for_this_person_only"
NAMELESS = f"{FEEL}::test_what_the_model_is_sent_names_nobody"
MOODS = f"{J}own_moods.py"
OWN_MOODS = "tests/contracts/test_own_moods.py"
RETENTION = "tests/core/tending/test_retention.py"
LEARNING = "tests/core/model/test_learning.py"
STORE = f"{LEARNING}::test_a_server_is_asked_not_to_store_unless_it_refuses_that"
TAKEN = f"{WHOSE}::test_an_author_who_has_never_joined_takes_a_picture_away_from_all"
OFF = f"{WHOSE}::test_all_that_somebody_posts_here_is_left_alone_until_they_say_otherwise"

MATCHED = f"{J}matching.py::test_both_say_yes_and_each_learns_one_number_and_how_sure_it_is"
GUESSED = f"{J}asking_about_friends.py::test_who_lets_somebody_ask_is_guessed_and_labels_and_rules_are_not_told"
PLAYED = f"{J}game.py::test_a_question_is_asked_guessed_at_and_answered"
RESEARCHING = "tests/bot/operations/test_researching.py"
FILED = f"{RESEARCHING}::test_a_file_holds_what_donors_felt_and_nothing_that_names_them"
FEW = f"{RESEARCHING}::test_of_fewer_than_five_people_nothing_is_written"
DONATIONS = "tests/contracts/test_donations.py"
DONATED = f"{J}research.py::test_a_member_says_yes_and_what_they_felt_is_in_the_next_file"
HIDES = f"{J}setup.py::test_what_would_hide_labels_is_asked_about_first_and_comes_back"

PRIVACY = {
    "What this program does, no more.": (),
    "Whoever runs it is responsible": (f"{JOINING}::test_privacy_names_the_model_and_whom_to_ask",),
    "Reactions of somebody who has not joined are not stored": (STRANGER,),
    "What is kept all the same:": (
        "tests/core/collecting/test_deleted.py::test_a_deleted_message_is_remembered_only_where_reactions_count",
        "tests/contracts/test_labels.py::test_a_deleted_message_is_forgotten_after_a_week",
        f"{J}kept_for_a_time.py::test_a_bot_in_which_nothing_happens_forgets_what_is_gone_all_the_same",
        "tests/contracts/test_walks.py::test_only_looks_that_hold_nothing_of_anybody_are_forgotten",
        f"{WHOSE}::test_an_author_takes_along_what_is_kept_of_their_pictures",
    ),
    "Whoever asks How would I feel? without": (
        f"{FEEL}::test_asking_leaves_no_trace_of_the_asker",
        f"{PAYERS}::test_a_strangers_question_about_a_picture_that_is_kept_is_kept_with_it",
    ),
    "What it cost is added": (f"{PAYERS}::test_one_members_account_is_not_anothers_and_all_strangers_share_one",),
    "The author of a picture is not asked first": (
        f"{REACTIONS}::test_a_joined_members_reaction_becomes_a_label",
        GOES,
    ),
    "Whoever posted it, joined or not, can say no": (
        TAKEN,
        OFF,
        f"{WHOSE}::test_another_copy_of_the_authors_own_goes_too_and_somebody_elses_stays",
    ),
    "Do not use my picture on their message": (TAKEN, OFF),
    "People who manage the server can exclude": (
        f"{WHOSE}::test_an_admin_excludes_and_takes_it_back",
        f"{WHOSE}::test_an_excluded_picture_is_so_in_every_message_of_that_server_alone",
    ),
    "What was felt about it, the copy and the model's answers": (
        TAKEN,
        f"{WHOSE}::test_no_byte_of_it_is_left_in_the_file_or_its_log",
        f"{WHOSE}::test_a_start_takes_away_what_a_killed_process_left",
        "tests/core/model/test_gateway_forgetting.py::test_questions_with_a_picture_that_may_not_be_used_end_and_no_others",
    ),
    "Later reactions, ratings, questions, uploads": (
        f"{WHOSE}::test_every_way_refuses_what_its_author_withholds",
        f"{WHOSE}::test_later_reactions_and_walks_do_not_bring_it_back",
        f"{WHOSE}::test_buttons_that_were_shown_before_are_refused",
    ),
    "The same picture in somebody else's message stays.": (
        f"{WHOSE}::test_another_copy_of_the_authors_own_goes_too_and_somebody_elses_stays",
    ),
    "Kept of a no:": (f"{WHOSE}::test_a_picture_that_was_never_known_is_refused_as_a_copy_too",),
    "It holds until it is taken back": (
        f"{WHOSE}::test_forgetting_takes_an_authors_name_off_and_leaves_others_labels_and_their_no",
        f"{WHOSE}::test_an_author_takes_it_back_and_only_what_is_made_anew_counts",
        f"{WHOSE}::test_what_is_said_of_pictures_is_known_after_a_restart",
        f"{J}whose_pictures_in_any_order.py::test_whose_pictures_in_any_order",
    ),
    "Not reached: the sentences that were learned": (),
    "that somebody joined, when": (
        *ROWS,
        "tests/contracts/test_notices.py::test_who_chose_so_is_told_with_a_press_until_they_choose_otherwise",
    ),
    "from when on their reactions count": (
        *ROWS,
        f"{NO}::test_the_export_tells_what_does_not_count_and_what_was_answered",
    ),
    "their reactions with the emotion emojis": (
        *ROWS,
        WITHDRAWN,
        GOES,
        f"{REACTIONS}::test_other_channels_do_not_count",
    ),
    "their answers by buttons": (
        *ROWS,
        f"{WHOSE}::test_a_rating_goes_with_its_message",
        f"{WHOSE}::test_a_label_from_a_reaction_is_taken_back_by_the_buttons_and_stays_so",
    ),
    "a small copy of each picture": (
        "tests/core/decoding/test_normalise.py::test_no_side_is_longer_than_768",
        "tests/core/decoding/test_normalise.py::test_no_metadata_leaves_with_the_picture",
        "tests/contracts/test_labels.py::test_the_last_withdrawal_takes_image_sighting_and_answers_along",
    ),
    "what was learned: rules": ROWS,
    "what they call their moods": ROWS,
    "/feelprint mood erases a mood with all": (
        f"{MOODS}::test_a_mood_is_made_chosen_renamed_and_erased",
        f"{OWN_MOODS}::test_an_erased_mood_takes_everything_of_it_along_and_nothing_else",
    ),
    "Reactions of it that stand on Discord count no more": (
        f"{MOODS}::test_an_erased_moods_reactions_do_not_come_back_by_a_walk",
    ),
    "The model's answers for it go by age": (
        f"{RETENTION}::test_answers_that_may_be_asked_for_again_stay_and_others_go_after_some_days",
    ),
    "Of somebody who keeps several moods": (
        f"{MOODS}::test_people_are_compared_in_their_first_moods_and_whoever_is_in_another_is_told",
        f"{MOODS}::test_whoever_may_ask_about_somebody_gets_their_first_mood",
        f"{OWN_MOODS}::test_what_is_told_of_many_together_is_of_first_moods",
    ),
    "the model's answers about them": (
        *ROWS,
        f"{PAYERS}::test_what_somebody_asked_about_a_picture_that_is_not_kept_goes_with_them_alone",
    ),
    "each question's cost": ("tests/contracts/test_members.py::test_the_ledger_stays_whole_without_its_member",),
    "Deleting the message, or taking the picture out": (
        GOES,
        f"{WHOSE}::test_a_rating_goes_with_its_message",
        f"{WHOSE}::test_a_rating_goes_with_its_picture_when_the_message_is_edited",
        f"{WHOSE}::test_a_rating_of_an_upload_belongs_to_no_message",
        f"{J}edits.py::test_a_picture_taken_out_or_replaced_takes_label_and_copy_with_it",
    ),
    "What was deleted, changed or taken back while": (
        f"{CATCHING}::test_a_message_deleted_while_away_is_forgotten_however_many_came_after_it",
        f"{CATCHING}::test_a_walk_that_ran_out_goes_on_where_it_stopped",
    ),
    "Where a server no longer lets a channel": (
        f"{WHOSE}::test_labels_stop_counting_where_a_channel_is_no_longer_chosen_and_come_back_with_it",
        f"{WHOSE}::test_a_spoiler_that_was_allowed_is_judged_anew",
        f"{WHOSE}::test_a_channel_that_becomes_age_restricted_is_judged_anew",
    ),
    "What stood on Discord when somebody said no": (
        f"{NO}::test_what_stood_before_joining_does_not_count_at_any_later_start",
        f"{NO}::test_reactions_made_while_paused_never_count",
        f"{NO}::test_what_was_erased_stays_away_after_joining_again_with_a_no",
        f"{NO}::test_taken_back_and_made_anew_it_counts",
    ),
    "Discord does not tell when": (f"{NO}::test_one_that_may_be_older_than_the_no_does_not_count",),
    "Labels and feelprints are shown": (PRIVATE,),
    "An answer is seen by others where": (
        "tests/journeys/test_answer.py::test_an_answer_is_shown_to_everybody_without_its_rule_and_taken_back",
        "tests/journeys/test_portrait.py::test_a_feelprint_is_shown_to_everybody_once_its_owner_is_sure",
    ),
    "What was shown stays after": (
        "tests/journeys/test_portrait.py::test_what_was_shown_stays_after_forgetting_and_is_taken_back_by_its_owner",
    ),
    "Admins cannot see them.": (
        "tests/bot/discord_ui/test_views.py::test_somebody_elses_press_is_refused_in_private",
    ),
    "Whoever runs the bot can": (),
    "The model.": (),
    "Without a key and an address": (
        "tests/core/offline/test_server.py::test_the_server_can_be_reached_from_this_machine_only",
    ),
    "Otherwise the pictures, what was felt": (NAMELESS,),
    "Each request says store: false": (STORE,),
    "What its provider keeps all the same": (),
    "Other members have numbers": (POOLED,),
    "Beside an answer stands": (
        "tests/core/predicting/test_calibrate.py::"
        "test_how_often_answers_as_sure_were_right_is_said_of_enough_of_them_by_enough_people",
    ),
    "Somebody to whom a member said yes": (
        MATCHED,
        "tests/core/predicting/test_alike.py::test_what_is_told_comes_in_steps",
        "tests/core/predicting/test_alike.py::test_of_few_pictures_nothing_is_said",
    ),
    "Whether somebody has joined or said no": (
        f"{J}matching.py::test_who_has_not_joined_is_not_told_from_who_has_not_said_yes",
    ),
    "Whoever changes labels of their own": (),
    "Somebody whom a member lets ask": (
        f"{J}asking_about_friends.py::test_without_their_yes_nothing_is_guessed_and_whether_they_have_joined_is_not_told",
        f"{J}asking_about_friends.py::test_a_yes_is_taken_back_by_button_by_menu_and_meanwhile",
    ),
    "Never their label of it, nor a rule": (GUESSED,),
    "Guesses about many pictures tell": (),
    "whom they said yes to": (
        *ROWS,
        "tests/contracts/test_yeses.py::test_a_yes_goes_with_either_of_the_two_and_with_its_server",
    ),
    "that they said yes to the weekly game": (
        *ROWS,
        "tests/contracts/test_games.py::test_all_of_it_goes_with_its_server",
    ),
    "that they said yes to research": (*ROWS, DONATED),
    "Files for research.": (),
    "Of members who have said yes to that": (
        DONATED,
        FILED,
        f"{DONATIONS}::test_only_who_said_yes_gives_anything",
    ),
    "No name, no id of Discord, no picture": (
        FILED,
        f"{DONATIONS}::test_whoever_pauses_or_takes_it_back_gives_nothing_more",
    ),
    "Names of emotions that a server made up": (),
    "Only emotions between which at least five": (
        FEW,
        "tests/core/vocabulary/test_donated.py::test_emotions_that_few_people_have_are_left_out",
    ),
    "People and pictures have names in it": (
        "tests/core/vocabulary/test_donated.py::test_names_are_others_under_another_key",
        FILED,
    ),
    "What was felt stands there as it is:": (),
    "A yes that is taken back holds": (f"{J}research.py::test_a_yes_that_is_taken_back_holds_for_the_next_file",),
    "which of their pictures a game asked about": (
        *ROWS,
        "tests/contracts/test_games.py::test_whoever_was_asked_about_waits_and_nothing_is_asked_twice",
    ),
    "what they guess in a game": (
        *ROWS,
        "tests/contracts/test_games.py::test_the_last_guess_of_each_counts_while_it_is_open",
        f"{J}game.py::test_nobody_guesses_who_has_not_joined_and_a_guess_can_be_taken_back",
    ),
    "The weekly game, where people who manage": (PLAYED, f"{J}game.py::test_an_admin_switches_it_on_and_off"),
    "Only a picture that counts there": (
        f"{J}game.py::test_only_pictures_are_shown_that_count_and_that_all_there_may_see",
        f"{J}audience.py::test_a_channel_that_some_who_see_the_game_do_not_see_is_closed",
    ),
    "It takes three members with": ("tests/contracts/test_games.py::test_it_takes_three_with_something_to_guess",),
    "A yes, a label or a picture that goes": (
        f"{J}game.py::test_whatever_it_needs_and_is_gone_takes_the_question_away",
        f"{J}game.py::test_who_is_asked_about_does_not_guess_and_takes_it_back_at_once",
        PLAYED,
    ),
    "Whoever guesses is named if": (PLAYED, f"{J}game.py::test_what_was_guessed_is_told_of_nobody_who_was_wrong"),
    "People who manage a server are told how many labels, of all": (HIDES,),
    "/server tells them how many labels were made": (
        f"{J}managing.py::test_it_tells_labels_members_spend_health_and_mood",
        f"{J}managing.py::test_of_four_people_nothing_is_said",
        "tests/core/vocabulary/test_mood.py::test_each_counts_the_same_however_much_they_label",
        "tests/contracts/test_overviews.py::test_of_who_has_paused_it_says_nothing",
    ),
    "It is looked at once; that": (
        "tests/contracts/test_overviews.py::test_no_second_figure_of_a_week_tells_who_left",
        f"{J}managing.py::test_of_five_people_no_mood_follows_who_leaves",
    ),
    "Where all of them felt the same": (),
    "Our logs name no member.": ("tests/bot/host/test_logs.py::test_discord_and_sql_stay_quiet_even_at_debug",),
    "A warning of the Discord library": (),
    "A deck (/rate without a file) reads": (f"{DECK}::test_only_channels_that_the_member_may_see_are_dealt_from",),
    "The pictures that it shows are held in memory": (
        f"{DECK}::test_what_is_shown_and_not_labelled_is_written_nowhere",
    ),
    "Which language a member's Discord has is": (
        f"{J}news.py::test_a_notice_is_in_the_language_of_the_members_last_press",
        f"{J}news.py::test_which_language_that_was_is_not_remembered_of_strangers_nor_of_whoever_was_forgotten",
    ),
    "Where a server leaves labelling to some roles": (
        f"{J}roles.py::test_a_reaction_counts_only_of_who_has_the_role",
        "tests/bot/intake/test_roles_remembered.py::test_roles_are_asked_for_once_and_forgotten_after_ten_minutes",
    ),
    "Its cards, and answers of": (
        f"{DECK}::test_each_press_is_a_label_and_shows_the_next_picture_in_the_same_card",
        "tests/journeys/test_answer.py::test_the_answer_shows_the_picture",
    ),
    "/pause collects nothing new": (f"{REACTIONS}::test_a_pause_keeps_what_is_there_and_collects_nothing_new",),
    "/export is private files": (
        EXPORT,
        f"{JOINING}::test_an_export_that_is_too_large_for_one_file_comes_in_several",
        f"{MEMBERS}::test_an_export_holds_every_row_about_the_member_and_nobody_elses",
    ),
    "Whoever has not joined gets": (f"{WHOSE}::test_an_author_takes_along_what_is_kept_of_their_pictures",),
    "/forget also offers": (
        f"{J}forgetting.py::test_one_month_goes_and_the_others_stay",
        f"{J}forgetting.py::test_a_month_goes_whatever_the_emotions_were_to_choose_from",
        f"{FORGET}::test_what_was_taken_back_is_left_in_no_copy_either",
    ),
    "Of reactions that were taken back here": (
        f"{J}forgetting.py::test_what_stands_on_discord_does_not_bring_it_back",
    ),
    "Single pictures are taken back": (
        f"{J}doors.py::test_a_paused_member_opens_a_rating_anew_to_take_it_back",
        f"{J}portrait.py::test_a_struck_rule_is_gone_at_once_and_is_not_used_for_an_answer",
    ),
    "/forget erases every row": (
        *ROWS,
        f"{WHOSE}::test_forgetting_takes_an_authors_name_off_and_leaves_others_labels_and_their_no",
    ),
    "A no to their own pictures stays.": (
        f"{WHOSE}::test_forgetting_takes_an_authors_name_off_and_leaves_others_labels_and_their_no",
    ),
    "In SQLite's file and log": (
        f"{FORGET}::test_another_reader_neither_holds_up_others_nor_keeps_a_byte_for_longer_than_it_reads",
    ),
    "Copies made before migrations": (f"{FORGET}::test_no_byte_is_left_in_file_log_or_backups",),
    "Questions that wait for the model": (
        f"{JOINING}::test_forgetting_ends_what_waits_to_be_asked_for_the_member",
        f"{PAYERS}::test_an_answer_in_flight_is_not_kept_even_if_its_member_joins_again",
    ),
    "Not reached: copies that the operator made": (),
    "The operator does the same": ("tests/bot/operations/test_terminals.py::test_an_export_loses_no_letter",),
    "When the bot is removed from a server": (
        f"{LEFT}::test_for_thirty_days_everything_is_kept_and_found_by_who_comes_back",
    ),
    "After that its settings, exclusions": (
        f"{LEFT}::test_after_thirty_days_it_is_erased_and_others_stay",
        "tests/contracts/test_overviews.py::test_a_mood_goes_with_its_server",
    ),
    "/setup says so, and the owner": (
        f"{LEFT}::test_the_owner_is_told_until_when_it_is_kept_as_setup_said_before",
        f"{LEFT}::test_an_owner_who_cannot_be_told_is_let_be",
    ),
    "A server that is only out of reach": (
        f"{LEFT}::test_one_that_is_only_absent_here_is_not_erased",
        f"{LEFT}::test_one_that_came_back_while_the_bot_was_away_is_not_erased",
    ),
    "By age goes what nobody needs any more:": (
        f"{RETENTION}::test_answers_that_may_be_asked_for_again_stay_and_others_go_after_some_days",
        f"{RETENTION}::test_ideas_of_the_latest_look_are_told_about_for_some_days",
        f"{RETENTION}::test_old_runs_go_but_the_newest_the_latest_look_and_those_that_made_a_version",
        "tests/contracts/test_retention.py::test_lines_of_a_day_become_sums_that_say_the_same",
    ),
    "What a member felt and their versions": (
        "tests/storage/test_killed_small.py::test_pruning_may_be_killed_at_any_statement",
    ),
}

README = {
    "Feelings are personal data.": (),
    "No reaction is stored": (STRANGER,),
    "/export hands you": (EXPORT, *ROWS),
    "Whoever posted a picture": (TAKEN, OFF),
    "The pictures that you label": (NAMELESS,),
    "People who manage a server are told how many labels a": (HIDES,),
    "Two members who have both said yes": (MATCHED,),
    "Who says yes to the weekly game": (PLAYED,),
    "Who says yes to research is in files": (DONATED, FILED),
    "Nothing else that one member felt": (
        "tests/core/asking/test_asker.py::test_what_one_member_asks_is_cached_apart_from_another",
    ),
    "How sure an answer may sound": (
        POOLED,
        "tests/core/asking/test_asker.py::test_what_one_member_asks_is_cached_apart_from_another",
    ),
    "All of it, with its limits": (),
    "PRIVACY.md.": (),
    "For ten thousand people and more": (),
    "What is defended and how to report": (),
    "SECURITY.md.": (),
}

JOIN = {
    "You're in.": (),
    "What I keep of what you feel:": (),
    "your reactions with the emotion emojis": (f"{REACTIONS}::test_a_joined_members_reaction_becomes_a_label",),
    "a small copy of each picture": ("tests/core/decoding/test_normalise.py::test_no_side_is_longer_than_768",),
    "what I learn from them": (f"{MEMBERS}::test_an_export_holds_every_row_about_the_member_and_nobody_elses",),
    "what each question to the model cost": (NAMELESS,),
    "/forget erases all of it": (*ROWS, EXPORT),
}


def _sentences(text: str) -> list[str]:
    """Sentences and rows of tables, without marks, in order."""
    found = []
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    for block in re.split(r"\n\s*\n|\n(?=[-•|])", text):
        if block.startswith(("#", "|--", "| kept")):
            continue
        plain = re.sub(r"[*`]|^[-•|] ?", "", " ".join(block.split()))
        found += [plain] if block.startswith("|") else re.split(r"(?<=[.?:]) (?=[A-Z/])|\n(?=/)", plain)
    return [sentence.strip() for sentence in found if sentence.strip()]


def _part_of_readme() -> str:
    return (ROOT / "README.md").read_text().split("## What it keeps about people")[1].split("\n## ")[0]


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ((ROOT / "PRIVACY.md").read_text(), PRIVACY),
        (_part_of_readme(), README),
        (texts.joined().replace("\n`/forget`", "\n\n`/forget`"), JOIN),
    ],
    ids=["PRIVACY.md", "README.md", "/join"],
)
def test_every_sentence_has_its_line_and_every_line_its_sentence(
    text: str, held: dict[str, tuple[str, ...]]
) -> None:
    begun = {s: [line for line in held if s.startswith(line)] for s in _sentences(text)}
    assert {s for s, lines in begun.items() if len(lines) != 1} == set()
    assert {line for lines in begun.values() for line in lines} == held.keys()


@pytest.mark.parametrize(
    "test", sorted({t for held in (PRIVACY, README, JOIN) for tests in held.values() for t in tests})
)
def test_the_tests_that_hold_a_sentence_are_there(test: str) -> None:
    path, _, name = test.partition("::")
    assert re.search(rf"^\s*(async )?def {name}\(", (ROOT / path).read_text(), re.MULTILINE)
