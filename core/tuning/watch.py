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
from core.tuning.constants import ALARM, Alarm
from core.tuning.evidence import fell, paired
from core.vocabulary.feelprint import Evidence, Feelprint
from core.vocabulary.label import Label


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


def stretches(trials: Iterable[Trial], alarm: Alarm = ALARM, *, neither: float = 0.0) -> list[tuple[int, int]]:
    """The failing stretches: when each began, and when it had failed. Trials are given oldest first.

    A CUSUM (Page 1954, Biometrika 41): each picture where most people's answer alone is right adds 1, one where
    neither is adds `neither`. It begins anew with what the version alone is right in, so what that won long ago
    does not count.
    """
    total, began = 0.0, 0
    found: dict[int, int] = {}
    for trial in trials:
        if total <= 0.0:
            began = trial.at
        lost = trial.generic_hit - trial.hit
        both = neither * (1.0 - max(trial.hit, trial.generic_hit))
        total = min(alarm.failed, max(0.0, total + both + (lost if lost > 0.0 else alarm.failed * lost)))
        if total >= alarm.failed:
            found.setdefault(began, trial.at)
    return list(found.items())


def changed(trials: Sequence[Trial], alarm: Alarm = ALARM) -> int | None:
    """When taste changed last: the beginning of a failing stretch that was worse than what came before it.

    What was learned may come to nothing where most people's answer never was right, so that counts here. Somebody
    whose feelings are half chance fails as often early as late; to them P(rate fell) says no.
    """
    for began, ended in reversed(stretches(trials, alarm, neither=alarm.neither)):
        before = [t.hit for t in trials if t.at < began]
        within = [t.hit for t in trials if began <= t.at <= ended]
        if before and fell(sum(before), len(before), sum(within), len(within)) > alarm.sure:
            return began
    return None


def spoken(shadows: Iterable[Shadow]) -> list[Trial]:
    """The trials of whole versions, each picture once.

    They speak where one of their rules held, and where they were right or wrong otherwise than most people's
    answer: a text without rules speaks like that alone.
    """
    tried = newest(shadows)
    return [Trial(s.at, s.hit, s.generic_hit) for s in tried if s.rules_held or s.hit != s.generic_hit]


def newest(shadows: Iterable[Shadow]) -> list[Shadow]:
    """One row per picture, of the newest version that was tried on it, oldest label first."""
    found = {s.image_hash: s for s in sorted(shadows, key=lambda s: s.version)}
    return sorted(found.values(), key=lambda s: (s.at, s.image_hash))


def lasting(labels: Sequence[Label], since: int | None) -> list[Label]:
    """The labels that still count: all, or those since taste changed."""
    return [label for label in labels if since is None or label.at >= since]


def record_of_rule(rule_id: str, versions: Sequence[Feelprint], shadows: Sequence[Shadow]) -> Evidence:
    """How a rule did where it held, since it was last put to use.

    `versions` oldest first, the last one deployed; the stretch of versions that hold the rule counts, so
    a rule that comes back after it was retired begins anew.
    """
    holding = takewhile(lambda version: rule_id in {rule.id for rule in version.rules}, reversed(versions))
    since = {version.version for version in holding}
    own = [s for s in shadows if s.version in since and rule_id in s.rules_held]
    return paired(s.rules_held[rule_id] - s.generic_hit for s in own)


def fails(active: Feelprint, shadows: Iterable[Shadow], alarm: Alarm = ALARM) -> bool:
    """Whether the deployed version is to be taken back, given all shadow rows of the member.

    It goes as a whole: what would be left of it would begin anew and go on doing harm. It is compared with what
    would replace it: where most people's answer is wrong, too, nothing better was to be had.
    """
    return bool(stretches(spoken(s for s in shadows if s.version == active.version), alarm))


def watch(active: Feelprint | None, shadows: Sequence[Shadow], alarm: Alarm = ALARM) -> Verdict:
    """The step as it is in use."""
    return Verdict(active is not None and fails(active, shadows, alarm), changed(spoken(shadows), alarm))
