"""What stands on buttons, menus and forms. Discord takes 80 characters on a button, 45 on a form."""

from bot.words.language import gettext as _
from core.vocabulary.own_moods import LONGEST_NAME


def join() -> str:
    return _("Join")


def count_them() -> str:
    return _("Yes, count them")


def start_fresh() -> str:
    return _("No, start fresh")


def erase_everything() -> str:
    return _("Erase everything")


def keep_it() -> str:
    return _("Keep it")


def leave_it() -> str:
    return _("Leave it as it is")


def how_found() -> str:
    return _("How was this found?")


def use_again() -> str:
    return _("It may be used again")


def exclude_message() -> str:
    return _("Exclude this message")


def allow_message() -> str:
    return _("Allow this message again")


def exclude_picture() -> str:
    return _("Exclude this picture")


def allow_picture() -> str:
    return _("Allow this picture again")


def exclude_author() -> str:
    return _("Exclude all of its author")


def allow_author() -> str:
    return _("Allow its author again")


def which_one() -> str:
    return _("Which one?")


def picture(number: int) -> str:
    return _("Picture {number}").format(number=number)


def start_deck() -> str:
    return _("Shall we start? Twelve pictures, one minute")


def own_pictures() -> str:
    return _("My own pictures")


def your_pictures() -> str:
    return _("Up to ten pictures")


def your_pictures_hint() -> str:
    return _("I ask about one after another; only you see them")


def next_pictures() -> str:
    return _("Next pictures")


def skip() -> str:
    return _("Skip")


def undo() -> str:
    return _("Undo")


def see_it_there() -> str:
    return _("Where it was posted")


def pick_emotion() -> str:
    return _("I feel …")


def right() -> str:
    return _("Right")


def would_feel() -> str:
    return _("I'd feel …")


def show_everyone() -> str:
    return _("Show everyone")


def tell_at_press() -> str:
    return _("Don't write to me: tell me at my next command")


def tell_by_message() -> str:
    return _("Tell me by direct message")


def moods() -> str:
    return _("My moods")


def keep_to_me() -> str:
    return _("Keep it to myself")


def take_back() -> str:
    return _("Take it back")


def the_picture() -> str:
    return _("The picture")


def earlier_versions() -> str:
    return _("Earlier versions")


def compare() -> str:
    return _("Side by side")


def change_rules() -> str:
    return _("Change my rules")


def look_again() -> str:
    return _("Look again now")


def all_ideas() -> str:
    return _("All ideas, as a file")


def go_back_to(version: int) -> str:
    return _("Version {version}").format(version=version)


def which_version() -> str:
    return _("Go back to …")


def use_it_again() -> str:
    return _("Use it again")


def write_rule() -> str:
    return _("Write a rule")


def change_rule(number: int) -> str:
    return _("Change rule {number}").format(number=number)


def strike_rule(number: int) -> str:
    return _("Strike rule {number}").format(number=number)


def rule_form() -> str:
    return _("A rule about you")


def rule_when() -> str:
    return _("When a picture shows …")


def rule_when_hint() -> str:
    return _("What can be seen, in up to twelve plain words")


def rule_feel() -> str:
    return _("… I tend to feel")


def wrong_ones(number: int) -> str:
    return _("Where I was wrong ({number})").format(number=number)


def show_me() -> str:
    return _("How would I feel?")


def yes_compare() -> str:
    return _("Yes, compare us")


def nobody_may() -> str:
    return _("Nobody: take every yes back")


def friends_may() -> str:
    return _("Only people I said yes to")


def server_may() -> str:
    return _("Everybody in this server")


def let_ask() -> str:
    return _("Let them ask about me")


def let_ask_no_more() -> str:
    return _("They may not ask about me any more")


def who_may_ask_menu() -> str:
    return _("Who may ask about me?")


def who_may_menu() -> str:
    return _("Who may be compared with me?")


def pick_guess() -> str:
    return _("I guess they felt …")


def play() -> str:
    return _("May others guess about me?")


def let_guess() -> str:
    return _("Yes, let others guess about me")


def not_guess() -> str:
    return _("No more: take my yes back")


def who_may_guess_menu() -> str:
    return _("Who may guess what I felt?")


def nobody_guesses() -> str:
    return _("Nobody: take my yes back")


def only_a_month() -> str:
    return _("Or only what I felt in one month …")


def erase_month() -> str:
    return _("Erase this month")


def switch_mood() -> str:
    return _("Switch to …")


def new_mood() -> str:
    return _("New mood")


def rename_mood() -> str:
    return _("Rename")


def erase_mood() -> str:
    return _("Erase it")


def mood_form() -> str:
    return _("A mood")


def mood_name() -> str:
    return _("Its name")


def mood_name_hint() -> str:
    return _("Up to {number} characters, such as: evening").format(number=LONGEST_NAME)


def research() -> str:
    return _("Labels for research …")


def give() -> str:
    return _("Yes, they may be used")


def give_no_more() -> str:
    return _("Take my yes back")
