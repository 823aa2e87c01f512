"""What a member may be shown of their feelprint: evidence in numbers, for others to put into words.

Never a score on labels that a rule was written from: of a rule its test alone on pictures that its writer
had not seen, of a version only what came after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.ports import Shadow
from core.tuning.watch import record_of_rule
from core.vocabulary.feelprint import Evidence, Feelprint, Rule, RuleRecord
from core.vocabulary.reasons import VersionStatus


@dataclass(frozen=True, slots=True)
class Tally:
    """Pictures on which something was better than most people's answer, worse, or the same."""

    better: int
    worse: int
    same: int

    @property
    def pictures(self) -> int:
        """How many pictures were compared; 0 means: not yet tested on new pictures."""
        return self.better + self.worse + self.same


@dataclass(frozen=True, slots=True)
class RuleShown:
    """A rule with what it showed: `tested` on pictures that it was not written from, and `since` it is in use."""

    rule: Rule
    tested: Evidence
    since: Evidence


def since_version(active: Feelprint, shadows: Sequence[Shadow]) -> Tally:
    """The version's record on pictures that it had not seen."""
    gains = [s.hit - s.generic_hit for s in shadows if s.version == active.version]
    return Tally(sum(g > 0 for g in gains), sum(g < 0 for g in gains), sum(g == 0 for g in gains))


def rules_shown(
    active: Feelprint, versions: Sequence[Feelprint], records: Sequence[RuleRecord], shadows: Sequence[Shadow]
) -> tuple[RuleShown, ...]:
    """Each deployed rule with its evidence, in the order in which the feelprint names them."""
    known = {record.rule.id: record for record in records}
    history = [v for v in versions if v.version <= active.version and v.status != VersionStatus.ROLLED_BACK]
    return tuple(
        RuleShown(
            rule,
            known[rule.id].fresh if rule.id in known else Evidence(),
            record_of_rule(rule.id, history, shadows),
        )
        for rule in active.rules
    )
