"""What stands on the buttons, in the menus and on the forms of `/setup`."""

from bot.words.language import gettext as _
from core.vocabulary.server_settings import MIN_EMOTIONS, MIN_LABELS


def change_it() -> str:
    return _("Change it")


def channels() -> str:
    return _("Channels whose pictures count; a category: all that are in it now")


def emotions() -> str:
    return _("Emotions")


def thresholds() -> str:
    return _("Thresholds")


def budget() -> str:
    return _("Budget")


def budget_form() -> str:
    return _("What the model may cost here")


def budget_usd() -> str:
    return _("US dollars in 24 hours")


def budget_each() -> str:
    return _("For one member, counted in all places")


def budget_none() -> str:
    return _("Empty: what whoever runs the bot allows")


def seeds() -> str:
    return _("Emojis under pictures on/off")


def spoilers() -> str:
    return _("Spoilers on/off")


def age_restricted() -> str:
    return _("Age-restricted on/off")


def post_invitation() -> str:
    return _("Post the invitation here")


def roles() -> str:
    return _("Who may")


def who_may_label() -> str:
    return _("Who may say what they feel; none: everybody")


def who_may_ask() -> str:
    return _("Who may ask about pictures; none: everybody")


def warnings() -> str:
    return _("Warnings")


def warnings_channel() -> str:
    return _("A channel for warnings")


def back() -> str:
    return _("Back")


def emotions_form() -> str:
    return _("Emotions and their emojis")


def emotions_lines() -> str:
    return _("One a line: a name, then its emoji")


def thresholds_form() -> str:
    return _("When a first feelprint is made")


def labels_needed() -> str:
    return _("Labels, {least} to {most}").format(least=MIN_LABELS.least, most=MIN_LABELS.most)


def emotions_needed() -> str:
    return _("Emotions, {least} to {most}").format(least=MIN_EMOTIONS.least, most=MIN_EMOTIONS.most)


def game() -> str:
    return _("Weekly game")


def game_channel() -> str:
    return _("A channel for the game; none: it is off")


def post_game_invitation() -> str:
    return _("Post the game's invitation there")
