"""Feelprint versions, rules, runs, shadow records; and who is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from core.vocabulary.emotions import Distribution
from core.vocabulary.feelprint import Feelprint, RuleRecord
from core.vocabulary.label import Label


@dataclass(frozen=True, slots=True)
class Due:
    """A profile whose labels call for a tuning run now."""

    member_id: int
    label_set_id: str


@dataclass(frozen=True, slots=True)
class RunReport:
    """One tuning run, explained: what was tried, what it showed, what it cost. `detail` is JSON-ready.

    `result`: `deployed` (a new version), `kept` (no reliable improvement yet), `nothing` (nothing to
    learn from these labels), `stopped` (the model was not available; tried again at `retry_at`).
    """

    run_id: str
    member_id: int
    label_set_id: str
    mode: str
    seed: int
    n_labels: int
    started_at: int
    finished_at: int = 0
    result: Literal["running", "deployed", "kept", "nothing", "stopped"] = "running"
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shadow:
    """One label seen by the deployed version before the label was looked at, and the score that came of it.

    `hit` and `generic_hit` are in [0, 1]. `rules_held` maps the ids of the deployed rules that held for
    the image to each rule's own hit.
    """

    version: int
    image_hash: str
    at: int
    distribution: Distribution
    hit: float
    generic_hit: float
    rules_held: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scored:
    """A shadow record without whose it is and of what: the answer's distribution, and its hit in [0, 1]."""

    distribution: Distribution
    hit: float


class TuningStore(Protocol):
    """Feelprint versions, rules, runs, shadow records; and who is due."""

    async def due(
        self, now: int, *, quiet_ms: int, renew_min: int, renew_share: float, limit: int
    ) -> tuple[Due, ...]:
        """Profiles due for a run, longest waiting first.

        Joined and not paused; no new label for `quiet_ms`; past `retry_at`; never run: at least
        `min_labels` labels over `min_emotions` emotions; else at least max(renew_min, renew_share x
        labels_at_run) more labels than at the last run.
        """
        ...

    async def next_due_at(self, now: int, *, quiet_ms: int, renew_min: int, renew_share: float) -> int | None:
        """When the next profile that is not due yet becomes due by waiting alone, or None: how long a worker
        may sleep. Always later than `now`.
        """
        ...

    async def start_run(self, report: RunReport) -> None:
        """Record that a run started; an unfinished earlier run of the profile is replaced."""
        ...

    async def finish_run(
        self,
        report: RunReport,
        *,
        rules: Sequence[RuleRecord] = (),
        deploy: Feelprint | None = None,
        retry_at: int = 0,
    ) -> bool:
        """Store a run's outcome, its rules and the new version, in one transaction; the profile's
        `labels_at_run` becomes the run's `n_labels` (all labels of the profile at its start, or it is due
        again at once) unless the result is `stopped`. Labels made up to `started_at` count as learnt from
        by `deploy`: they are never a fair test of it, even if withdrawn and made anew.

        False, and nothing stored, if the member has left meanwhile.
        """
        ...

    async def last_run(self, member_id: int, label_set_id: str) -> RunReport | None:
        """The latest run, finished or not."""
        ...

    async def runs(self, member_id: int, label_set_id: str, *, limit: int) -> tuple[RunReport, ...]:
        """The latest runs, newest first, finished or not."""
        ...

    async def active(self, member_id: int, label_set_id: str) -> Feelprint | None:
        """The deployed version."""
        ...

    async def versions(self, member_id: int, label_set_id: str) -> tuple[Feelprint, ...]:
        """All versions, oldest first."""
        ...

    async def roll_back(self, member_id: int, label_set_id: str, version: int) -> Feelprint | None:
        """Mark the active `version` rolled back and make the newest superseded one active; None if none is left
        (the generic prompt answers then) or if `version` is not the active one.
        """
        ...

    async def rules(self, member_id: int, label_set_id: str) -> tuple[RuleRecord, ...]:
        """Every rule ever proposed for the profile, newest evidence."""
        ...

    async def put_rules(self, member_id: int, label_set_id: str, rules: Sequence[RuleRecord]) -> None:
        """Insert or replace rules by id."""
        ...

    async def unshadowed(self, member_id: int, label_set_id: str, *, limit: int) -> tuple[Label, ...]:
        """Labels whose image was first labelled after the active version was made, which it was not learnt
        from, with no shadow row for that version yet, oldest first.
        """
        ...

    async def shadow_due(self, *, limit: int) -> tuple[Due, ...]:
        """Profiles of joined members with at least one unshadowed label."""
        ...

    async def put_shadow(self, member_id: int, label_set_id: str, shadow: Shadow) -> None:
        """Store one shadow row; an existing one for the version and image stays as it is. It goes with its
        label; where that is gone already, nothing is stored.
        """
        ...

    async def shadows(self, member_id: int, label_set_id: str, version: int | None = None) -> tuple[Shadow, ...]:
        """Shadow rows of a version (None: of all versions), oldest first."""
        ...

    async def pooled(self, label_set_id: str, *, limit: int, members: int) -> tuple[Scored, ...]:
        """The newest shadow records of everybody with this label set, newest first; none where they are of
        fewer than `members` members: a pool of one or two would tell on somebody.
        """
        ...
