"""What `feelprint stats` says: how much of everything there is, for whoever runs the bot."""

from collections.abc import Mapping, Sequence

from bot.words.amounts import exactly, money, number
from bot.words.language import gettext as _
from bot.words.language import ngettext
from bot.words.outcomes import rule_reason, run_result
from core.vocabulary.reasons import RuleReason, RunResult, VersionStatus

_MB, _KB = 1_000_000, 1000


def counted(  # each is a line
    *,
    size: int,
    picture_size: int,
    members: int,
    paused: int,
    servers: int,
    labels: int,
    pictures: int,
    new: Mapping[str, int],
) -> Sequence[tuple[str, str]]:
    """What there is, and how much of it; sizes in bytes. `new`: how many of each came in the last days."""
    joined = _and_new(members, new["members"])
    if paused:
        joined = _("{members}, of whom {paused} paused").format(members=joined, paused=number(paused))
    lines = [
        (_("Members"), joined),
        (_("Servers"), number(servers)),
        (_("Labels"), _and_new(labels, new["labels"])),
        (_("Pictures"), _("{number}: {size} MB").format(number=number(pictures), size=number(picture_size / _MB))),
        (_("Database"), _("{size} MB").format(size=number(size / _MB))),
    ]
    if members:
        each = (size - picture_size) / members / _KB
        lines.append((_("Beside pictures, for each member"), _("{size} kB").format(size=number(round(each)))))
    return lines


def _and_new(there: int, new: int) -> str:
    return _("{number} (+{new})").format(number=number(there), new=number(new)) if new else number(there)


def versions(counts: Mapping[str, int]) -> Sequence[tuple[str, str]]:
    """Versions of feelprints by what became of them."""
    said = {
        VersionStatus.ACTIVE: _("in use"),
        VersionStatus.SUPERSEDED: _("no longer in use"),
        VersionStatus.ROLLED_BACK: _("taken back"),
    }
    return [(said[VersionStatus(status)], number(n)) for status, n in counts.items()]


def runs(counts: Mapping[str, int]) -> Sequence[tuple[str, str]]:
    """Tuning runs by what they came to."""
    return [(run_result(RunResult(result)), number(n)) for result, n in counts.items()]


def stopped(counts: Mapping[str, int]) -> Sequence[tuple[str, str]]:
    """Rules out of use by what stopped them."""
    return [(rule_reason(RuleReason(reason)), number(n)) for reason, n in counts.items()]


def calls(purpose: str, model: str, sent: int, tokens: int, usd: float) -> Sequence[str]:
    """One line of the table of calls."""
    return (purpose, model, exactly(sent, 0), exactly(tokens / 1000, 0), money(usd))


def call_columns() -> Sequence[str]:
    """The names of the columns of the table of calls."""
    return (_("Asked for"), _("Model"), _("Calls"), _("Thousand tokens"), _("Dollars"))


def headings(days: int) -> tuple[str, str, str, str, str]:
    """Over all that there is, versions, runs, rules and calls; what is dated is of the last `days`."""
    return (
        ngettext(
            "What there is (in brackets: new in {days} day)",
            "What there is (in brackets: new in {days} days)",
            days,
        ).format(days=days),
        _("Versions of feelprints"),
        ngettext("Tuning runs of the last day", "Tuning runs of the last {days} days", days).format(days=days),
        _("Rules that are kept and out of use, by why"),
        ngettext("Calls to the model on the last day", "Calls to the model in the last {days} days", days).format(
            days=days
        ),
    )
