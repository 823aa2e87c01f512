"""Rules and feelprints: the only part of a prompt that tuning changes.

A rule is one sentence about one person; a feelprint is the few rules that survived testing (or, in
`paper` mode, one short text). Both are data: parsing decides what a rule may contain (`core.asking`).
"""

import hashlib
from dataclasses import dataclass, field

from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import Mode, RuleReason, RuleStatus, VersionStatus


@dataclass(frozen=True, slots=True)
class Rule:
    """When a picture shows `when`, this person tends to feel `feel`; `text` says so in one sentence."""

    when: str
    feel: str
    text: str

    @property
    def id(self) -> str:
        """16 hex digits over condition and emotion: the same rule in other words of `text` is the same rule."""
        key = f"{' '.join(self.when.lower().split())}\n{self.feel}"
        return hashlib.sha256(key.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a rule or prompt held (`held` images), and how often it was right or wrong there.

    `right` counts the images where it was right and the reference wrong (W); `wrong` the opposite (L);
    both are weighted sums where labels carry weights.
    """

    held: int = 0
    right: float = 0.0
    wrong: float = 0.0


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """A rule with all that is known of it, kept whatever became of it.

    `screened`: free evidence from the generic answers, `unseen`: of that, on labels that not all its writers saw
    (nothing in older runs); `asked`: from asking with it among others (in older runs as
    the only rule); `fresh`: the same, only on images whose labels its writers had not seen; `shadow`:
    on labels that came after it was deployed. `reason` is what its last test came to. `held_on`: references
    (`core.vocabulary.images.reference_of`) of the images where its condition held, `seen`: of those that all its
    writers saw; `writer`: which writer call of its run proposed it first, from 1, None where that is not known.
    `written_at`: when its member wrote it themselves; None: a model did. `same_as`: the id of the rule whose
    duplicate it is.
    """

    rule: Rule
    status: RuleStatus
    screened: Evidence = Evidence()
    unseen: Evidence = Evidence()
    asked: Evidence = Evidence()
    fresh: Evidence = Evidence()
    shadow: Evidence = Evidence()
    reason: RuleReason | None = None
    held_on: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    writer: int | None = None
    written_at: int | None = None
    same_as: str | None = None


@dataclass(frozen=True, slots=True)
class Feelprint:
    """One version of a member's personal prompt for one label set; versions count from 1 (0: not stored yet)."""

    member_id: int
    label_set_id: str
    version: int
    mode: Mode
    rules: tuple[Rule, ...]
    text: str
    created_at: int
    n_labels: int
    run_id: str
    verify: Evidence = field(default_factory=Evidence)
    status: VersionStatus = VersionStatus.ACTIVE

    @property
    def key(self) -> ProfileKey:
        """Whose version it is."""
        return ProfileKey(self.member_id, self.label_set_id)

    @property
    def block(self) -> str:
        """The text that stands in the prompt, and that the member reads."""
        return block_of(self.rules) if self.mode == Mode.RULES else self.text


def block_of(rules: tuple[Rule, ...]) -> str:
    """The feelprint block of some rules: one sentence a line."""
    return "\n".join(f"- {rule.text}" for rule in rules)
