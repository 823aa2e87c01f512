"""Why something is not done: one list of reasons for events, commands, buttons and forms alike.

A reason is neither a sentence nor an error. `bot.words.refused` says it to a person, logs name it by its
value, tests compare it.
"""

from enum import StrEnum


class Refusal(StrEnum):
    """Why a picture is not used, a reaction does not count, or a person may not do something."""

    BY_BOT = "by_bot"
    """A bot reacted, perhaps we ourselves."""
    NOT_JOINED = "not_joined"
    """They have not joined, or were forgotten."""
    PAUSED = "paused"
    """They have paused: what is theirs they may read and take back, nothing new is kept."""
    LAPSED = "lapsed"
    """They agreed to less than is kept today and have not been asked again; like a pause."""
    OTHER_CHANNEL = "other_channel"
    """The server's channel is not one of those that were chosen."""
    OTHER_EMOJI = "other_emoji"
    """The emoji stands for no emotion here."""
    OTHER_EMOTION = "other_emotion"
    """The emotion is not one of the label set that holds here (any more)."""
    AGE_RESTRICTED = "age_restricted"
    """The channel is age-restricted, and the server does not allow those."""
    SPOILER = "spoiler"
    """The picture is hidden as a spoiler, and the server does not allow those."""
    NO_PICTURE = "no_picture"
    """The message shows no picture."""
    SEVERAL_PICTURES = "several_pictures"
    """The message shows several pictures: a reaction cannot say which it means."""
    WITHHELD = "withheld"
    """Its author has said that it is not ours to use."""
    EXCLUDED = "excluded"
    """Somebody who manages the server has excluded it, its message or its author."""
    NOT_THEIRS = "not_theirs"
    """They did not post that picture, so it is not theirs to withhold."""
    OUT_OF_REACH = "out_of_reach"
    """The message is gone, or may not be read."""
    NOT_KEPT = "not_kept"
    """It was to be written, but could not be."""
    NOT_YOURS = "not_yours"
    """The buttons are somebody else's."""
    NOT_IN_A_SERVER = "not_in_a_server"
    """It only makes sense in a server."""
    NOT_A_MANAGER = "not_a_manager"
    """They may not (or no longer) manage the server."""
    LEAVING = "leaving"
    """The bot is about to end, or to start anew."""
    TOO_OFTEN = "too_often"
    """They have used up what one person may ask for at the moment."""
