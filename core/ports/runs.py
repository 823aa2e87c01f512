"""Tuning runs, and the rules that they tried."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from core.vocabulary.feelprint import Feelprint, RuleRecord
from core.vocabulary.profile import ProfileKey


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

    @property
    def key(self) -> ProfileKey:
        """Whose run it is."""
        return ProfileKey(self.member_id, self.label_set_id)


class RunStore(Protocol):
    """Tuning runs and every rule that they proposed. Nothing is written for a member who has left."""

    async def start(self, report: RunReport) -> None:
        """Record that a run started; an unfinished earlier run of the profile is replaced."""
        ...

    async def finish(
        self,
        report: RunReport,
        *,
        rules: Sequence[RuleRecord] = (),
        deploy: Feelprint | None = None,
        retry_at: int = 0,
        lasting: int | None = None,
    ) -> bool:
        """Store a run's outcome, its rules and the new version, in one transaction; the profile's
        `labels_at_run` becomes the run's `n_labels` (all labels of the profile at its start, or it is due
        again at once) and its `lasting` those that it learnt from (None: all), unless the result is
        `stopped`. Labels made up to `started_at` count as learnt from
        by `deploy`: they are never a fair test of it, even if withdrawn and made anew.

        False, and nothing stored, if the member has left meanwhile.
        """
        ...

    async def last(self, key: ProfileKey) -> RunReport | None:
        """The latest run, finished or not."""
        ...

    async def latest(self, key: ProfileKey, *, limit: int) -> tuple[RunReport, ...]:
        """The latest runs, newest first, finished or not."""
        ...

    async def rules(self, key: ProfileKey) -> tuple[RuleRecord, ...]:
        """Every rule ever proposed for the profile, oldest first, with its newest evidence."""
        ...

    async def put_rules(self, key: ProfileKey, rules: Sequence[RuleRecord]) -> None:
        """Insert or replace rules by id."""
        ...
