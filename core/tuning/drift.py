"""Taste changes: notice it where rules speak, and forget what was felt before.

Harm concentrates in people whose taste changed on the way (algorithm 2.6). Earlier successes must not vouch for a
rule for ever, so its latest stretch decides; and labels from before a change would only bring the rule back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.labels import Label
from core.ports import Shadow

FAILED = 3.0
"""A rule or version with so many failures in its latest stretch is taken out: it may come back at the next run."""

CHANGED = 5.0
"""With so many, versions together say that taste has changed: labels from before are forgotten for good."""


@dataclass(frozen=True, slots=True)
class Aftercare:
    """What is done after deployment: retire rules, roll versions back, forget labels from before a change."""

    retire: bool = True
    roll_back: bool = True
    forget: bool = True


CARE = Aftercare()


@dataclass(frozen=True, slots=True)
class Trial:
    """A later label where a rule or a version spoke: its time, the own hit and most people's, in [0, 1]."""

    at: int
    hit: float
    generic_hit: float


def failed(trials: Iterable[Trial], failures: float = FAILED) -> int | None:
    """When what is tried began to fail: the first trial of its latest failing stretch, None where it never did.

    CUSUM (Page 1954, Biometrika 41) over the trials, oldest first: a failure adds one, even where most people's
    answer failed too; being right where that was wrong takes one away, never below nothing nor above `failures`,
    where the stretch has failed. So a rule must go on being right: what it won long ago does not count.
    """
    total, began, found = 0.0, 0, None
    for trial in trials:
        if total <= 0.0:
            began = trial.at
        total = min(failures, max(0.0, total + 1.0 - trial.hit * (2.0 - trial.generic_hit)))
        if total >= failures:
            found = began
    return found


def spoken(shadows: Iterable[Shadow]) -> list[Trial]:
    """The trials of whole versions, each picture once: where any of their rules held."""
    return [Trial(s.at, s.hit, s.generic_hit) for s in newest(shadows) if s.rules_held]


def spoken_by(rule_id: str, shadows: Iterable[Shadow]) -> list[Trial]:
    """The trials of one rule, each picture once: where it held."""
    return [Trial(s.at, s.rules_held[rule_id], s.generic_hit) for s in newest(shadows) if rule_id in s.rules_held]


def newest(shadows: Iterable[Shadow]) -> list[Shadow]:
    """One row per picture, of the newest version that was tried on it, oldest label first."""
    found = {s.image_hash: s for s in sorted(shadows, key=lambda s: s.version)}
    return sorted(found.values(), key=lambda s: (s.at, s.image_hash))


def lasting(labels: Sequence[Label], shadows: Iterable[Shadow]) -> list[Label]:
    """The labels that still count: all, or those since whole versions began to fail."""
    since = failed(spoken(shadows), CHANGED)
    return [label for label in labels if since is None or label.at >= since]
