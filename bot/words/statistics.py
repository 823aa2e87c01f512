"""What `feelprint stats` says: how much of everything there is, for whoever runs the bot."""

from collections.abc import Mapping, Sequence

from bot.words.amounts import exactly, money, number
from bot.words.language import gettext as _
from bot.words.outcomes import rule_reason, run_result
from core.vocabulary.reasons import RuleReason, RunResult, VersionStatus

_MB = 1_000_000


def counted(  # each is a line
    *, size: int, members: int, paused: int, servers: int, labels: int, pictures: int
) -> Sequence[tuple[str, str]]:
    """What there is, and how much of it; `size` in bytes."""
    joined = number(members)
    if paused:
        joined = _("{members}, of whom {paused} paused").format(members=joined, paused=number(paused))
    return (
        (_("Members"), joined),
        (_("Servers"), number(servers)),
        (_("Labels"), number(labels)),
        (_("Pictures"), number(pictures)),
        (_("Database"), _("{size} MB").format(size=number(size / _MB))),
    )


def versions(counts: Mapping[str, int]) -> Sequence[tuple[str, str]]:
    """Versions of feelprints by what became of them."""
    said = {
        VersionStatus.ACTIVE: _("in use"),
        VersionStatus.SUPERSEDED: _("replaced by a newer one"),
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


def headings() -> tuple[str, str, str, str]:
    """Over versions, runs, rules and calls."""
    return (_("Versions of feelprints"), _("Tuning runs"), _("Rules out of use, by why"), _("Calls to the model"))
