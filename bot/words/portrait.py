"""What stands on the cards about a feelprint: how far each rule is borne out, earlier versions, both guesses side
by side.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from bot.words.amounts import date, sentences
from bot.words.cards import safe, yours
from bot.words.emotions import named
from bot.words.language import gettext as _
from bot.words.language import mark, ngettext
from core.predicting.shown import RuleShown, Trust
from core.vocabulary.emotions import LabelSet
from core.vocabulary.feelprint import Feelprint, Rule, RuleRecord
from core.vocabulary.reasons import Mode, VersionStatus

_TRUST = {
    Trust.PROVED: mark("✅ **Proved**: it was right where its writer had not seen what you felt."),
    Trust.ON_TRIAL: mark("⏳ **On trial**: tried where its writer had not seen what you felt, and not decided."),
    Trust.NEW: mark("🌱 **New**: your next pictures will try it."),
}
_STATUS = {
    VersionStatus.ACTIVE: mark("in use"),
    VersionStatus.SUPERSEDED: mark("no longer in use"),
    VersionStatus.ROLLED_BACK: mark("taken back"),
}


def trust(shown: RuleShown) -> str:
    """How far a rule is borne out, and that its member wrote it."""
    said = "-# " + _(_TRUST[shown.trust])
    return sentences(said, _("You wrote it yourself.")) if shown.own else said


def on_trial(records: Sequence[RuleRecord]) -> str:
    """The rules that the member wrote and that wait for a run, or were not good enough yet."""
    if not records:
        return ""
    lines = [f"• {yours(record.rule)}" for record in records]
    return "\n".join([_("**Yours, on trial:**"), *lines])


def held_here() -> str:
    """What stands behind a picture for those who do not see it, where nothing is known of it."""
    return _("A picture for which this rule holds")


def your_picture() -> str:
    """The same of a picture that came later."""
    return _("One of your pictures")


def versions(known: Sequence[Feelprint], tallies: Mapping[int, tuple[int, int]]) -> list[str]:
    """All versions, newest first: what is new in each and what is gone, and how it did on later pictures."""
    blocks = [_("### Your feelprint, version by version")]
    before = {later.version: earlier for earlier, later in pairwise(known)}
    for version in reversed(known):
        what = _("**Version {version}**, {date}, {status}").format(
            version=version.version, date=date(version.created_at), status=_(_STATUS[version.status])
        )
        lines = [what, *_differences(version, before.get(version.version))]
        right, of = tallies.get(version.version, (0, 0))
        lines.append(f"-# {_record(right, of)}")
        blocks.append("\n".join(lines))
    return blocks


def _differences(version: Feelprint, before: Feelprint | None) -> Iterator[str]:
    if version.mode is Mode.PAPER:
        yield safe(version.text, 300)
        return
    had = {rule.id for rule in before.rules} if before else set[str]()
    has = {rule.id for rule in version.rules}
    yield from (_("new: {rule}").format(rule=yours(rule)) for rule in version.rules if rule.id not in had)
    yield from (_("stays: {rule}").format(rule=yours(rule)) for rule in version.rules if rule.id in had)
    gone = [rule for rule in before.rules if rule.id not in has] if before else list[Rule]()
    yield from (_("gone: {rule}").format(rule=yours(rule)) for rule in gone)


def _record(right: int, of: int) -> str:
    if not of:
        return _("No picture came while it was in use.")
    return ngettext(
        "Of {of} picture that came while it was in use, it was right on {right}.",
        "Of {of} pictures that came while it was in use, it was right on {right}.",
        of,
    ).format(right=right, of=of)


def no_versions() -> str:
    """Nothing to go back to."""
    return _("There has been no feelprint of yours here yet, so there is no history either.")


def go_back_sure(version: int) -> str:
    """Before going back."""
    return _(
        "Version {version} comes back into use, and what came after it is taken back: it does not return by "
        "itself. Each new picture goes on testing what is in use."
    ).format(version=version)


def went_back(version: int) -> str:
    """After it."""
    return _("Done. Version {version} is in use again.").format(version=version)


def stays() -> str:
    """Nothing was changed."""
    return _("Good, nothing is changed.")


def compared(pictures: int, mine: int, most: int) -> str:
    """Above both guesses: how often each was right on the last pictures."""
    title = _("### Most people, and you")
    counted = ngettext(
        "Of {pictures} picture that you labelled since your feelprint was made, I guessed {mine} right, most "
        "people's answer {most}.",
        "Of the last {pictures} pictures that you labelled since your feelprint was made, I guessed {mine} right, "
        "most people's answer {most}.",
        pictures,
    ).format(pictures=pictures, mine=mine, most=most)
    return f"{title}\n{counted}"


def nothing_to_compare() -> str:
    """There is no later picture yet."""
    return _(
        "There is nothing to compare yet: I compare pictures that you reacted to after your feelprint was made. "
        "`/rate` shows you some."
    )


def both(label_set: LabelSet, felt: Sequence[str], mine: tuple[str, bool], most: tuple[str, bool]) -> str:
    """One picture: what was felt, what each guess said and whether it was right."""
    said = _("You felt {felt}.").format(felt=" + ".join(named(label_set, name) for name in felt))
    rows = (
        (_("I guessed: {emotion} {mark}"), mine),
        (_("Most people: {emotion} {mark}"), most),
    )
    lines = [
        row.format(emotion=named(label_set, name), mark="✓" if right else "✗")
        for row, (name, right) in rows
        if name
    ]
    return "\n".join([f"**{said}**", *lines])
