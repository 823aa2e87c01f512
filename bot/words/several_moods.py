"""What is said of members' own moods. Whoever has only the first reads none of it."""

from collections.abc import Sequence

from bot.words.amounts import in_a_row
from bot.words.cards import safe
from bot.words.language import gettext as _
from bot.words.language import ngettext
from core.vocabulary.emotions import LabelSet
from core.vocabulary.own_moods import LONGEST_NAME, MOST_MOODS, MoodKept, OwnMood


def called_so(mood: OwnMood) -> str:
    """A mood's name where nothing is made of what stands in it."""
    return mood.name or _("first mood")


def shown(mood: OwnMood) -> str:
    """The same in a sentence."""
    return f"*{safe(called_so(mood), 2 * LONGEST_NAME)}*"


def told_in_mood(text: str, label_set: LabelSet) -> str:
    """What is told, with the mood that it is about under it, unless that is the first."""
    return of_mood(text, label_set.mood)


def of_mood(text: str, mood: OwnMood) -> str:
    """The same of what is told by itself."""
    return f"{text}\n-# " + _("In your mood {mood}").format(mood=shown(mood)) if mood.number else text


def first_mood_alone() -> str:
    """Under what compares people, for whoever is in another mood."""
    return "-# " + _("Compared in your first mood, whichever is active.")


def listed_moods(moods: Sequence[MoodKept]) -> str:
    """What moods are, and which somebody has."""
    what = _(
        "Taste differs by setting: in the evening, at work. Each mood is a profile of its own with its own "
        "feelprint, and what you tell me counts in the one that is active. Others who may ask about you get your "
        "first. The numbers are of all places together."
    )
    return "\n".join([_("### Your moods"), what, "", *(_line(kept) for kept in moods)])


def _line(kept: MoodKept) -> str:
    parts = [labels_and_versions(kept)]
    if kept.active:
        parts.insert(0, _("active"))
    return f"{'●' if kept.active else '○'} **{shown(kept.mood)}** · {in_a_row(parts)}"


def labels_and_versions(kept: MoodKept) -> str:
    """How much is kept in a mood."""
    labels = ngettext("{number} label", "{number} labels", kept.labels).format(number=kept.labels)
    versions = ngettext("{number} version", "{number} versions", kept.versions).format(number=kept.versions)
    return in_a_row((labels, versions))


def with_other_emotions(kept: MoodKept) -> str:
    """To whoever has no label with the emotions of here, and some with others."""
    return "-# " + _(
        "With other emotions than those of this place I know you already: {what}. All of it is kept, and counts "
        "wherever those emotions are used."
    ).format(what=labels_and_versions(kept))


def made(mood: OwnMood) -> str:
    """A mood was made."""
    return _("{mood} is there, and active: from now on what you tell me counts in it.").format(mood=shown(mood))


def switched(mood: OwnMood) -> str:
    """Another mood is active."""
    return _("{mood} is active: from now on what you tell me counts in it.").format(mood=shown(mood))


def renamed(mood: OwnMood) -> str:
    """A mood has another name."""
    return _("It is called {mood} now.").format(mood=shown(mood))


def no_such_mood() -> str:
    """It was erased meanwhile."""
    return _("There is no such mood any more.")


def no_such_name() -> str:
    """A name cannot be used, or there is one of that name, or there are enough."""
    return _(
        "That did not work: a name has up to {letters} characters and is yours only once, and there are {most} "
        "moods at most."
    ).format(letters=LONGEST_NAME, most=MOST_MOODS)


def erase_sure(kept: MoodKept) -> str:
    """Before a mood is erased."""
    return _(
        "Erase {mood}? {what} go with it and cannot be brought back. What you felt in other moods stays. "
        "Reactions that count in it stay where they are on Discord, and count no more."
    ).format(mood=shown(kept.mood), what=labels_and_versions(kept))


def erased(mood: OwnMood, labels: int, active: OwnMood) -> str:
    """A mood is gone, and another is active."""
    return ngettext(
        "{mood} is erased, with {number} label. {other} is active.",
        "{mood} is erased, with {number} labels. {other} is active.",
        labels,
    ).format(mood=shown(mood), number=labels, other=shown(active))
