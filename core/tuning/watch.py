"""WATCH: what the deployed version's record on later labels asks for.

The version is asked about each later label before it is looked at: the only honest score there is, and it goes on
for ever. Earlier successes must not vouch for a rule, so its latest stretch decides; and labels from before a
change of taste would only bring the rule back. Deciding is pure; `core.tending.shadowing` does what is decided.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TypeAlias

from core.ports import Shadow
from core.tuning.evidence import better, fell, paired
from core.vocabulary.feelprint import Evidence, Feelprint
from core.vocabulary.label import Label

MARGIN = 2.0
DOUBT = 0.30

FAILED = 2.0
"""A version whose latest stretch speaks so much against it is taken out; its rules may come back with a run."""

SURE = 0.95
"""Taste has changed if versions failed, and it is so probable that they were right more often before."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a record asks for: to take the version in use back, to leave labels from before `since` out."""

    fails: bool = False
    since: int | None = None


Watch: TypeAlias = Callable[[Feelprint | None, Sequence[Shadow]], Verdict]
"""The step: what all shadow rows of a member say of the version in use, if one is, and of their taste."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A later label where a version spoke: its time, the own hit and most people's, in [0, 1]."""

    at: int
    hit: float
    generic_hit: float


def against(trial: Trial) -> float:
    """How much a trial speaks for most people's answer and against the version.

    How much likelier idle rules come to that than true ones, as the logarithm of the odds (Wald 1945, Annals of
    Mathematical Statistics 16): .48 and .22 for most people's answer alone being right, .10 and .49 for the
    version alone, .42 and .29 for neither. So a version that is wrong where most people's answer is wrong, too,
    loses little by it.
    """
    more = trial.hit - trial.generic_hit
    neither = 1.0 - max(trial.hit, trial.generic_hit)
    return 0.4 * neither - (1.6 if more > 0.0 else 0.8) * more


def stretches(trials: Iterable[Trial]) -> list[tuple[int, int]]:
    """The failing stretches: when each began, and when it had failed. Trials are given oldest first.

    CUSUM (Page 1954, Biometrika 41): what speaks against the version adds up, never below nothing nor above
    `FAILED`. So a version must go on being right: what it won long ago does not count.
    """
    total, began = 0.0, 0
    found: dict[int, int] = {}
    for trial in trials:
        if total <= 0.0:
            began = trial.at
        total = min(FAILED, max(0.0, total + against(trial)))
        if total >= FAILED:
            found.setdefault(began, trial.at)
    return list(found.items())


def changed(trials: Sequence[Trial]) -> int | None:
    """When taste changed last: the beginning of a failing stretch that was worse than what came before it.

    Somebody whose feelings are half chance fails as often early as late; to them P(rate fell) says no.
    """
    for began, ended in reversed(stretches(trials)):
        before = [t.hit for t in trials if t.at < began]
        within = [t.hit for t in trials if began <= t.at <= ended]
        if before and fell(sum(before), len(before), sum(within), len(within)) > SURE:
            return began
    return None


def spoken(shadows: Iterable[Shadow]) -> list[Trial]:
    """The trials of whole versions, each picture once: where any of their rules held."""
    return [Trial(s.at, s.hit, s.generic_hit) for s in newest(shadows) if s.rules_held]


def newest(shadows: Iterable[Shadow]) -> list[Shadow]:
    """One row per picture, of the newest version that was tried on it, oldest label first."""
    found = {s.image_hash: s for s in sorted(shadows, key=lambda s: s.version)}
    return sorted(found.values(), key=lambda s: (s.at, s.image_hash))


def lasting(labels: Sequence[Label], since: int | None) -> list[Label]:
    """The labels that still count: all, or those since taste changed."""
    return [label for label in labels if since is None or label.at >= since]


def failing(record: Evidence) -> bool:
    """L - W >= 2 and better(W, L) < .30 (docs/method.md#shadow)."""
    return record.wrong - record.right >= MARGIN and better(record.right, record.wrong) < DOUBT


def record_of_rule(rule_id: str, versions: Sequence[Feelprint], shadows: Sequence[Shadow]) -> Evidence:
    """How a rule did where it held, since it was last put to use.

    `versions` oldest first, the last one deployed; the stretch of versions that hold the rule counts, so
    a rule that comes back after it was retired begins anew.
    """
    holding = takewhile(lambda version: rule_id in {rule.id for rule in version.rules}, reversed(versions))
    since = {version.version for version in holding}
    own = [s for s in shadows if s.version in since and rule_id in s.rules_held]
    return paired(s.rules_held[rule_id] - s.generic_hit for s in own)


def fails(active: Feelprint, shadows: Sequence[Shadow]) -> bool:
    """Whether the deployed version is to be taken back, given all shadow rows of the member.

    It goes as a whole: what would be left of it would begin anew and go on doing harm. Where no rule speaks, or a
    text without rules does, it fails by its record.
    """
    own = [s for s in shadows if s.version == active.version]
    silent = paired(s.hit - s.generic_hit for s in own if not s.rules_held)
    return failing(silent) or bool(stretches(spoken(own)))


def watch(active: Feelprint | None, shadows: Sequence[Shadow]) -> Verdict:
    """The step as it is in use."""
    return Verdict(active is not None and fails(active, shadows), changed(spoken(shadows)))
