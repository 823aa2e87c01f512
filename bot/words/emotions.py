"""Emotions as members read them: those of a standard set in their language, a server's own words as they are.

Names are stored, counted and told to the model as the label set has them; only what is shown is translated. A set
in which one word is a server's own is left alone as a whole, so that no list speaks two languages.
"""

from bot.words.language import gettext as _
from bot.words.language import mark
from core.vocabulary.emotions import LabelSet

STANDARD = {
    "amusement": mark("amusement"),
    "awe": mark("awe"),
    "contentment": mark("contentment"),
    "excitement": mark("excitement"),
    "anger": mark("anger"),
    "disgust": mark("disgust"),
    "fear": mark("fear"),
    "sadness": mark("sadness"),
}
"""The words of the sets in `core.vocabulary.emotions`; a test holds this to them."""


def called(label_set: LabelSet, emotion: str) -> str:
    """What an emotion of a set is called in the language that is spoken."""
    if STANDARD.keys() >= set(label_set.names):
        return _(STANDARD[emotion])
    return emotion


def in_words(emotion: str) -> str:
    """The same in a sentence of ours, whichever set it is of: a sentence speaks one language."""
    return _(STANDARD[emotion]) if emotion in STANDARD else emotion


def named(label_set: LabelSet, emotion: str) -> str:
    """The same with its emoji."""
    return f"{label_set.emoji_of(emotion)} {called(label_set, emotion)}".strip()
