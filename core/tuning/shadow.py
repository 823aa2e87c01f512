"""The shadow record: what the deployed version says of each later label, before the label is looked at.

It is the only honest score there is, and it goes on for ever: a rule that fails is retired, a version
that fails is rolled back, by their latest stretch (`core.tuning.drift`). Deciding is pure;
`core.tuning.shadowing` does what is decided.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.ports import Shadow
from core.tuning import drift
from core.tuning.drift import CARE, Aftercare, spoken, spoken_by
from core.tuning.evidence import better, paired
from core.vocabulary.feelprint import Evidence, Feelprint
from core.vocabulary.reasons import VersionStatus

MARGIN = 2.0
DOUBT = 0.30


@dataclass(frozen=True, slots=True)
class Review:
    """What a version's shadow record asks for: rules to retire, or the whole version back."""

    failed: frozenset[str] = frozenset()
    roll_back: bool = False


def failing(record: Evidence) -> bool:
    """L - W >= 2 and better(W, L) < .30 (docs/method.md#shadow)."""
    return record.wrong - record.right >= MARGIN and better(record.right, record.wrong) < DOUBT


def record_of(shadows: Sequence[Shadow]) -> Evidence:
    """How a version did against most people's answer, on labels that came after it."""
    return paired(s.hit - s.generic_hit for s in shadows)


def record_of_rule(rule_id: str, versions: Sequence[Feelprint], shadows: Sequence[Shadow]) -> Evidence:
    """How a rule did where it held, since it was last put to use."""
    return paired(s.rules_held[rule_id] - s.generic_hit for s in rows_of_rule(rule_id, versions, shadows))


def rows_of_rule(rule_id: str, versions: Sequence[Feelprint], shadows: Sequence[Shadow]) -> list[Shadow]:
    """The rows where a rule held, since it was last put to use.

    `versions` oldest first, the last one deployed; the stretch of versions that hold the rule counts, so
    a rule that comes back after it was retired begins anew.
    """
    since: set[int] = set()
    for version in reversed(versions):
        if rule_id not in {rule.id for rule in version.rules}:
            break
        since.add(version.version)
    return [s for s in shadows if s.version in since and rule_id in s.rules_held]


def review(
    active: Feelprint, versions: Sequence[Feelprint], shadows: Sequence[Shadow], care: Aftercare = CARE
) -> Review:
    """What to do about the deployed version, given all shadow rows of the member.

    A version that fails goes as a whole, even where single rules fail, too: what is left of it would begin anew
    and go on doing harm. Else a rule to blame goes alone; where every rule is to blame, the version. Where no rule
    speaks, or a text without rules does, a version fails by its record.
    """
    history = [v for v in versions if v.version <= active.version and v.status != VersionStatus.ROLLED_BACK]
    tried = active.rules if care.retire else ()
    failed = frozenset(r.id for r in tried if drift.failed(spoken_by(r.id, rows_of_rule(r.id, history, shadows))))
    own = [s for s in shadows if s.version == active.version]
    silent = record_of([s for s in own if not s.rules_held])
    whole = care.roll_back and (failing(silent) or drift.failed(spoken(own)))
    return Review(failed, roll_back=whole or 0 < len(failed) == len(active.rules))
