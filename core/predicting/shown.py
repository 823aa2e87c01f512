"""What a member may be shown of their feelprint: evidence in numbers, for others to put into words.

Never a score on labels that a rule was written from: of a rule its test on pictures that its writer
had not seen, of a version only what came after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.ports import Shadow
from core.tuning.evidence import better, net
from core.tuning.watch import record_of_rule
from core.vocabulary.feelprint import Evidence, Feelprint, Rule, RuleRecord
from core.vocabulary.reasons import RuleReason, RuleStatus, VersionStatus


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


class Trust(StrEnum):
    """How far a rule in use is borne out by labels that its writer had not seen."""

    PROVED = "proved"
    """Right there so much more often than wrong that it can hardly be luck."""
    ON_TRIAL = "on_trial"
    """Tried there, and not decided."""
    NEW = "new"
    """Not tried there yet."""


_PROVED = 0.9
"""P(right more often than wrong): three times right and never wrong is enough, twice is not."""


@dataclass(frozen=True, slots=True)
class RuleShown:
    """A rule with what it showed: `tested` on pictures that it was not written from, and `since` it is in use.

    `held_on`: references to the member's images where it holds; `own`: they wrote it themselves; `heard`: when its
    text was last tried as a whole, the model followed it.
    """

    rule: Rule
    tested: Evidence
    since: Evidence
    held_on: tuple[str, ...] = ()
    own: bool = False
    heard: bool = True

    @property
    def trust(self) -> Trust:
        """How far it is borne out. The two records share pictures, so they are not added. What a text won in which
        it was not heard was not its doing.
        """
        records = (self.tested, self.since) if self.heard else (self.since,)
        if any(better(e.right, e.wrong) >= _PROVED for e in records) and net(self.since) >= 0.0:
            return Trust.PROVED
        return Trust.ON_TRIAL if self.tested.held or self.since.held else Trust.NEW


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
    shown = []
    for rule in active.rules:
        record = known.get(rule.id) or RuleRecord(rule, RuleStatus.DEPLOYED)
        since = record_of_rule(rule.id, history, shadows)
        own, heard = record.written_at is not None, record.reason is not RuleReason.NOT_BETTER
        shown.append(RuleShown(rule, record.fresh, since, record.held_on, own, heard))
    return tuple(shown)
