"""WATCH: what the deployed version's record on later labels asks for.

The version is asked about each later label before it is looked at: the only honest score there is, and it goes on
for ever. Earlier successes must not vouch for a rule, so its latest stretch decides; and labels from before a
change of taste would only bring the rule back. Deciding is pure; `core.tending.shadowing` does what is decided.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TypeAlias

from core.ports import Shadow
from core.tuning.constants import ALARM, Alarm
from core.tuning.evidence import fall, paired
from core.tuning.limits import MAX_LABELS
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


def failed(trials: Iterable[Trial], alarm: Alarm = ALARM) -> int | None:
    """When a version had failed: the time of the trial that did it; None while it has not. Oldest first.

    A CUSUM (Page 1954, Biometrika 41): each picture where most people's answer alone is right adds 1. It begins
    anew with what the version alone is right in, so what that won long ago does not count.
    """
    total = 0.0
    for trial in trials:
        lost = trial.generic_hit - trial.hit
        total = max(0.0, total + (lost if lost > 0.0 else alarm.failed * lost))
        if total >= alarm.failed:
            return trial.at
    return None


def changed(trials: Sequence[Trial], alarm: Alarm = ALARM) -> int | None:
    """When taste changed last: the time of the first trial after it. Oldest first.

    It has changed once two rates of hits, the later one lower, explain the trials `alarm.changed` times as well as
    one does, at the place where they do so best; then those before it are forgotten, and so on. What comes later
    does not take it back, while the change is among the trials that count: as many of the newest as labels do.
    """
    counted = trials[-MAX_LABELS:]
    began, found = 0, None
    for end in range(1, len(counted) + 1):
        if counted[end - 1].hit == 1.0:  # makes no fall likelier
            continue
        likelier, place = fall([trial.hit for trial in counted[began:end]])
        if likelier > math.log(alarm.changed):
            began += place
            found = counted[began].at
    return found


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
    return failed(spoken(s for s in shadows if s.version == active.version), alarm) is not None


def watch(active: Feelprint | None, shadows: Sequence[Shadow], alarm: Alarm = ALARM) -> Verdict:
    """The step as it is in use."""
    return Verdict(active is not None and fails(active, shadows, alarm), changed(spoken(shadows), alarm))
