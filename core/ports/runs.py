"""Tuning runs, and the rules that they tried."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from core.vocabulary.explanation import Explanation
from core.vocabulary.feelprint import Feelprint, Rule, RuleRecord
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import BY_HAND, Mode, RuleReason, RunReason, RunResult


@dataclass(frozen=True, slots=True)
class RunReport:
    """One tuning run: over how many labels, what became of it and why. `reason` is None while it runs."""

    run_id: str
    member_id: int
    label_set_id: str
    mode: Mode
    seed: int
    n_labels: int
    started_at: int
    finished_at: int = 0
    result: RunResult = RunResult.RUNNING
    reason: RunReason | None = None
    explanation: Explanation = field(default_factory=Explanation)

    @property
    def key(self) -> ProfileKey:
        """Whose run it is."""
        return ProfileKey(self.member_id, self.label_set_id)

    def may_be_news(self, *, asked: bool) -> bool:
        """Whether its member may have something to be told. What they did by hand they know."""
        if self.result is RunResult.STOPPED:
            return asked
        return self.result is not RunResult.RUNNING and self.reason not in BY_HAND


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
        back_to: int | None = None,
        retry_at: int = 0,
        lasting: int | None = None,
    ) -> bool:
        """Store a run's outcome, its rules and the new version, in one transaction; the profile's
        `labels_at_run` becomes the run's `n_labels` (all labels of the profile at its start, or it is due
        again at once) and its `lasting` those that it learnt from (None: all), unless the result is
        `stopped`. Labels made up to `started_at` count as learnt from
        by `deploy`: they are never a fair test of it, even if withdrawn and made anew. `back_to`, instead: that
        version becomes the active one, and those after it are rolled back (0: none is active, and none rolled
        back). A version to `deploy` without a number (0) gets the next one, also in what the run tells.

        What the member may want to know is to be told (`NoticeStore`), once, however often the outcome is stored.

        False, and nothing stored, if the member has left meanwhile, or has struck a rule of that version; the same
        where another run of the profile has begun meanwhile.
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

    async def stopped(self) -> Mapping[RuleReason, int]:
        """How many rules of everybody each reason keeps out of use; reasons that stop none are left out."""
        ...

    async def put_rules(self, key: ProfileKey, rules: Sequence[RuleRecord]) -> None:
        """Insert or replace rules by id; one that was struck stays so, and who wrote a rule stays known."""
        ...

    async def write_rule(self, key: ProfileKey, rule: Rule, *, seen: Sequence[str], at: int) -> bool:
        """Put a rule on trial that the member writes, whatever became of it before, struck ones too.

        `seen`: references to the images whose labels they know. False, and nothing stored, where it is in use.
        """
        ...

    async def ask(self, key: ProfileKey) -> None:
        """The member wants a run now: with enough labels for a first one, the profile is due. They are told of its
        outcome, and of those of runs that stop before.
        """
        ...
