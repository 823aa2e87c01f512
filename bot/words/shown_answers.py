"""What is said around an answer: how often guesses were right, and what everybody reads of one that is shown."""

from collections.abc import Sequence

from bot.words.amounts import listed
from bot.words.cards import safe
from bot.words.emotions import named
from bot.words.language import gettext as _
from bot.words.language import ngettext
from core.predicting.predictor import Prediction
from core.vocabulary.emotions import LabelSet
from core.vocabulary.feelprint import Rule


def right_so_far(right: int, tested: int) -> str:
    """How often a feelprint named a felt emotion before the label was looked at; nothing where none was tested."""
    if not tested:
        return ""
    said = ngettext(
        "Before I knew what you felt I was right about {right} of {number} picture.",
        "Before I knew what you felt I was right about {right} of {number} pictures.",
        tested,
    )
    return said.format(right=right, number=tested)


def shown_by(name: str, prediction: Prediction, label_set: LabelSet) -> str:
    """Above an answer that somebody shows to everybody."""
    guess = listed([named(label_set, emotion) for emotion in prediction.torn or (prediction.top,)])
    asked = _("-# {name} asked me about a picture and shows you what I guess")
    return f"### {name}: {guess}?\n{asked.format(name=name)}"


def feelprint_of(name: str, rules: Sequence[Rule], label_set: LabelSet) -> str:
    """What all read of a feelprint that its owner shows: what pictures show, and what is felt then."""
    title = _("### What moves {name}").format(name=name)
    shown = _("-# {name} shows you what I learned from their reactions to pictures. `/join`, and I learn yours.")
    lines = [f"• {safe(rule.when, 160)}: {named(label_set, rule.feel)}" for rule in rules]
    return "\n".join([title, *lines, shown.format(name=name)])


def show_sure() -> str:
    """Before a feelprint is shown."""
    return _(
        "Everybody who can read here will read your rules with your name, until you take that back. No picture "
        "goes along. Show them?"
    )


def shown_now() -> str:
    """After it."""
    return _("It stands here for everybody. The button under it takes it back, for you alone.")


def stays_yours() -> str:
    """It is not shown."""
    return _("Good, only you see it.")


def nothing_to_show() -> str:
    """There is no version in use any more."""
    return _("You have no feelprint just now, so there is nothing to show.")


def asked_picture() -> str:
    """What stands behind a picture for those who do not see it, where nothing is known of it."""
    return _("The picture that was asked about")


def may_not_write() -> str:
    """Somebody wants to show an answer where they may not write themselves."""
    return _("You may not write here, so I do not show it here either.")


def only_you_see() -> str:
    """Under a question that somebody asked aloud."""
    return _("-# Press, and I tell you what I guess for you. Only you see it.")
