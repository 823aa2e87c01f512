"""What a run is given and what comes out of it: plain data between `run` and the two modes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from core.asking.questions import Asker, Judgement
from core.tuning.constants import Constants
from core.tuning.items import Item, at_stake
from core.tuning.session import Question, Session
from core.vocabulary.calls import Purpose
from core.vocabulary.emotions import LabelSet
from core.vocabulary.explanation import Explanation
from core.vocabulary.feelprint import Evidence, Feelprint, Rule, RuleRecord, block_of
from core.vocabulary.reasons import RuleReason, RuleStatus, RunReason, RunResult


@dataclass(frozen=True, slots=True)
class Job:
    """One member's labelled images with everything that a mode needs to learn from them.

    `records` is every rule ever proposed for the member, `quarantined` the blocks of versions that were
    rolled back: those are never deployed again.
    """

    session: Session
    asker: Asker
    label_set: LabelSet
    items: Sequence[Item]
    constants: Constants
    member_id: int
    seed: int
    active: Feelprint | None = None
    records: Sequence[RuleRecord] = ()
    quarantined: frozenset[str] = frozenset()

    def question(self, i: int, block: str, purpose: Purpose) -> Question[Judgement]:
        """What the prompt with this block says about image `i`."""
        image, owner = self.items[i].image, self.member_id
        return partial(self.asker.judge, image, self.label_set, block, owner=owner, purpose=purpose)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rule under trial and all that the run has learned of it so far.

    `writer` is the number of the writer call that proposed it first, None where that is not known. `writers` and
    `held` are indices into the job's items: those that each writer who came to it was shown, and those where its
    condition holds. `chance` is the mean gain per image of its emotion on any image. `gains` maps the index of an
    image to the d_i = hit - hit_generic expected of the rule if it is followed, `told` the index of an image that
    the model was asked about, with the rule among others, to what came of it. With a `reason` it is out of the
    race.
    """

    rule: Rule
    writer: int | None
    writers: tuple[frozenset[int], ...] = ()
    held: frozenset[int] = frozenset()
    chance: float = 0.0
    screened: Evidence = field(default_factory=Evidence)
    gains: Mapping[int, float] = field(default_factory=dict)
    told: Mapping[int, float] = field(default_factory=dict)
    status: RuleStatus = RuleStatus.UNUSED
    reason: RuleReason | None = None

    @property
    def seen(self) -> frozenset[int]:
        """What all its writers were shown: whoever did not see a label came to the rule without it."""
        return frozenset.intersection(*self.writers) if self.writers else frozenset()

    def also(self, other: "Candidate") -> "Candidate":
        """The same rule, that the other's writers came to, too."""
        return replace(self, writers=(*self.writers, *other.writers))

    def blind_to(self, part: frozenset[int]) -> "Candidate":
        """The rule as those came to it who were shown nothing of the part."""
        return replace(self, writers=tuple(seen for seen in self.writers if not seen & part))


def on_trial(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those that may still be chosen: none has a reason why not."""
    return [c for c in candidates if c.reason is None]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What came of the labels that were kept aside.

    W and L against the `generic` prompt and against always naming the `favourite` emotion; `probability` that
    what is chosen in this way is better than the generic prompt for this person.
    """

    generic: Evidence
    favourite: Evidence
    probability: float

    @property
    def apart(self) -> bool:
        """Whether the rules tell pictures apart, and do not only lean to what is felt most often."""
        return self.favourite.right > self.favourite.wrong


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a composed text did against the generic prompt and, if there is one, against the deployed text.

    `probability`: that it is better than the generic prompt; the member may get it where it `passed`.
    """

    generic: Evidence
    deployed: Evidence | None
    unparsed: int
    probability: float
    gate: float
    passed: bool


@dataclass(frozen=True, slots=True)
class Work:
    """What the steps hand on: the pool, whether descriptions placed it, the chosen rules and their tests."""

    job: Job
    pool: Sequence[Candidate] = ()
    described: bool | None = None
    chosen: Sequence[Candidate] = ()
    rehearsal: Rehearsal | None = None
    verdict: Verdict | None = None

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of the chosen ones."""
        return tuple(c.rule for c in self.chosen)

    @property
    def doubtful(self) -> bool:
        """Whether choices did not come true on labels that they were made without."""
        told = self.rehearsal
        if told is None or not told.generic.held:
            return False
        return told.probability < self.job.constants.out_of_fold_of(len(self.job.items))

    @property
    def barred(self) -> bool:
        """Whether the chosen rules are no new version: none, those in use, or a text that was taken back once."""
        active = {rule.id for rule in self.job.active.rules} if self.job.active else set[str]()
        same = active == {rule.id for rule in self.rules}
        return not self.rules or same or block_of(self.rules) in self.job.quarantined


@dataclass(frozen=True, slots=True)
class Decision:
    """What a mode decided and why. `rules` or `text` is the new version where `result` is `DEPLOYED`.

    `explanation` holds what the mode itself knows of it; the run adds what it knows.
    """

    result: RunResult
    reason: RunReason
    explanation: Explanation = field(default_factory=Explanation)
    rules: tuple[Rule, ...] = ()
    text: str = ""
    verify: Evidence = field(default_factory=Evidence)
    records: tuple[RuleRecord, ...] = ()


def why_kept(items: Sequence[Item], *, deployed: bool) -> RunReason:
    """Why a run changed nothing: whether a version is `deployed`, and whether most people are mostly right."""
    if deployed:
        return RunReason.STILL_BEST
    return RunReason.FEELS_AS_MOST if at_stake(items) > 0.5 else RunReason.NOTHING_RELIABLE
