"""What a member is told of their feelprint by itself: what it was before, what it is now, and what would help."""

from collections.abc import Sequence

from bot.words.amounts import sentences
from bot.words.language import gettext as _
from bot.words.language import ngettext


def new_version(
    version: int,
    labels: int,
    *,
    new: Sequence[str] = (),
    stays: Sequence[str] = (),
    gone: Sequence[str] = (),
    first: bool,
    leaning: bool = False,
) -> str:
    """A version is in use: its sentences, and how it differs from the one before.

    `leaning`: to always name the feeling that they have most often would have done as well.
    """
    if first:
        head = _("✨ I have learned something about you. Until now I answered with what most people would feel.")
    else:
        head = _("✨ I have learned more about you.")
    made = ngettext(
        "From {number} picture that you told me about, this is your feelprint now (version {version}):",
        "From {number} pictures that you told me about, this is your feelprint now (version {version}):",
        labels,
    ).format(number=labels, version=version)
    fresh = new if first else [sentences(rule, _("(new)")) for rule in new]
    rules = [f"• {rule}" for rule in (*fresh, *stays)]
    left = [_("What no longer holds: {rule}").format(rule=rule) for rule in gone]
    unsure = _(
        "So far it mostly knows which feelings you have often; what makes the difference between two pictures for "
        "you, I cannot tell reliably yet."
    )
    more = _(
        "`/feelprint show` tells how it does on new pictures, `/feelprint why` how it was found, and `/feel` asks "
        "it about any picture."
    )
    return "\n".join([sentences(head, made), *rules, *left, *([unsure] if leaning else []), more])


def nothing_found(why: str, labels: int) -> str:
    """The first look has found nothing."""
    looked = ngettext(
        "I have looked at your first {number} picture.", "I have looked at your first {number} pictures.", labels
    ).format(number=labels)
    helps = _(
        "What helps: pictures that move you differently from each other. `/rate` shows you some, `/feelprint why` "
        "tells what I tried, and I look again by myself."
    )
    return f"{sentences(looked, why)}\n{helps}"


def told_there(*, at_press: bool) -> str:
    """Somebody has chosen where they are told."""
    if at_press:
        return _(
            "Good: I write to you no more. What is new I tell beside the answer to your next command or press."
        )
    return _("Good: what is new I tell you by direct message again, if Discord lets me.")
