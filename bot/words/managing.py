"""What people who manage a server are told of it by `/server`."""

from collections.abc import Sequence

from bot.words.amounts import date, money, percent, sentences
from bot.words.cards import safe
from bot.words.emotions import named
from bot.words.language import gettext as _
from bot.words.language import ngettext
from core.ports import Overview
from core.vocabulary.emotions import LabelSet
from core.vocabulary.mood import FEWEST, WEEK_MS, Mood
from core.vocabulary.server_settings import GRACE_DAYS

_DAY_MS = 24 * 60 * 60 * 1000


def told(lines: Sequence[str]) -> str:
    """All of it."""
    return "\n".join([_("**This server**"), *lines])


def counted(found: Overview) -> str:
    """How many labels of how many members."""
    said = ngettext(
        "Labels made here: {labels}, by {number} member",
        "Labels made here: {labels}, by {number} members",
        found.members,
    )
    return said.format(labels=found.labels, number=found.members)


def spent(usd: float, cap_usd: float | None) -> str:
    """What calls to the model cost in 24 hours."""
    if cap_usd is None:
        return _("Spent here in the last 24 hours: {usd} (this server has no cap of its own)").format(
            usd=money(usd)
        )
    return _("Spent here in the last 24 hours: {usd} of {cap}").format(usd=money(usd), cap=money(cap_usd))


def model(*, answers: bool) -> str:
    """Whether the model can be reached."""
    return _("The model answers.") if answers else _("The model did not answer lately; I try again by myself.")


def compared(found: Overview) -> str:
    """When Discord was last compared with what is stored here, and what is still to be."""
    if not found.compared_at:
        return _("What happened while I was away: nothing to compare here yet.")
    said = _("What happened while I was away: last compared {when}.").format(
        when=f"<t:{found.compared_at // 1000}:R>"
    )
    if not found.behind:
        return said
    left = ngettext(
        "{number} of {all} channels is still to be compared; I go on by and by.",
        "{number} of {all} channels are still to be compared; I go on by and by.",
        found.behind,
    )
    return sentences(said, left.format(number=found.behind, all=found.channels))


def mood(found: Mood | None, label_set: LabelSet, week: int) -> str:
    """What people felt in a week that began then."""
    when = {"since": date(week), "until": date(week + WEEK_MS - _DAY_MS)}
    if found is None:
        few = _("The mood from {since} to {until}: too few people felt something here, it takes {number}.")
        return few.format(number=FEWEST, **when)
    order = sorted(found.shares.items(), key=lambda one: -one[1])
    felt = " · ".join(f"{named(label_set, name)} {percent(share)}" for name, share in order)
    head = ngettext(
        "The mood from {since} to {until}, of {number} person: {felt}",
        "The mood from {since} to {until}, of {number} people: {felt}",
        found.people,
    )
    note = _("-# In tenths and once a week, so that no figure follows a single person; each counts the same.")
    return f"{head.format(number=found.people, felt=felt, **when)}\n{note}"


def nearly_spent(usd: float, cap_usd: float, server: str) -> str:
    """A warning before a server's cap is reached."""
    return _(
        "⚠️ {server}: {usd} of the {cap} that may be spent here in 24 hours are spent. When it is all, I ask the "
        "model nothing new here until some of it is a day ago; labels count all the same. `/server` shows it."
    ).format(server=safe(server), usd=money(usd), cap=money(cap_usd))


def bot_nearly_spent(usd: float, cap_usd: float) -> str:
    """A warning before the bot's own cap is reached."""
    return _(
        "⚠️ {usd} of the {cap} that I may spend in 24 hours are spent. When it is all, I ask the model nothing new "
        "until some of it is a day ago; labels count all the same. The cap is `FEELPRINT_USD_PER_DAY`."
    ).format(usd=money(usd), cap=money(cap_usd))


def farewell(server: str, left_at: int) -> str:
    """To the owner of a server from which the bot was removed."""
    return _(
        "I was removed from {server}. On {date} I erase its settings and what was felt about pictures there; "
        "until then everything is kept, and if you invite me back, it is as it was. What members learned about "
        "themselves is theirs and stays."
    ).format(server=safe(server), date=date(left_at + GRACE_DAYS * _DAY_MS))
