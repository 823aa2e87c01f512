"""Where a member stands on the way to their next tuning run, in numbers: pure, for those who show it.

The same thresholds decide in the database who is due (`DueStore.for_run`); here is only what is still
missing, so that nobody is told a different rule from the one that holds.
"""

from dataclasses import dataclass

from core.ports import Profile, RunReport, TuningPolicy
from core.vocabulary.feelprint import Feelprint
from core.vocabulary.reasons import ProfileState, RunResult
from core.vocabulary.server_settings import MIN_EMOTIONS, MIN_LABELS


@dataclass(frozen=True, slots=True)
class Standing:
    """What a member has and what the next run still needs.

    `ready_at`: when it is no longer settling, or is tried again. `labels_needed` and `emotions_needed` are what is
    missing, 0 where nothing is; `labels_goal` is the total that the next run waits for. `first`: there has been no
    run yet.
    """

    state: ProfileState
    labels: int
    labels_goal: int
    labels_needed: int
    emotions: int
    emotions_needed: int
    first: bool
    version: int | None = None
    ready_at: int | None = None
    last_result: RunResult | None = None


def standing(
    profile: Profile | None,
    active: Feelprint | None,
    last_run: RunReport | None,
    now: int,
    policy: TuningPolicy,
    *,
    min_labels: int = MIN_LABELS.default,
    min_emotions: int = MIN_EMOTIONS.default,
    paused: bool = False,
    busy: bool = False,
) -> Standing:
    """Where a member stands at `now`; `min_labels` and `min_emotions` count before their first label.

    `paused`: nothing is begun for them. `busy`: somebody else's run is under way.
    """
    version = active.version if active else None
    if profile is None:
        state = ProfileState.PAUSED if paused else ProfileState.COLLECTING
        return Standing(state, 0, min_labels, min_labels, 0, min_emotions, first=True, version=version)
    emotions = sum(1 for count in profile.counts.values() if count > 0)
    first = profile.labels_at_run == 0
    goal = profile.min_labels if first else profile.labels_at_run + policy.new_labels(profile.lasting)
    labels_needed = max(0, goal - profile.labels)
    emotions_needed = max(0, profile.min_emotions - emotions) if first else 0
    quiet_at = profile.last_label_at + policy.quiet_ms
    state = ProfileState.BEHIND if busy else ProfileState.DUE
    ready_at: int | None = None
    if last_run is not None and last_run.result == RunResult.RUNNING:
        state = ProfileState.RUNNING
    elif paused:
        state = ProfileState.PAUSED
    elif labels_needed or emotions_needed:
        state = ProfileState.COLLECTING
    elif policy.waits(profile.retry_at, now):
        state, ready_at = ProfileState.LATER, profile.retry_at
    elif now < quiet_at <= now + 2 * policy.quiet_ms:
        state, ready_at = ProfileState.SETTLING, quiet_at
    return Standing(
        state,
        profile.labels,
        goal,
        labels_needed,
        emotions,
        emotions_needed,
        first,
        version,
        ready_at,
        last_run.result if last_run is not None and last_run.result != RunResult.RUNNING else None,
    )
