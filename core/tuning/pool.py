"""What a run is given and what comes out of it: plain data between the steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from core.asking.questions import Asker, Judgement
from core.tuning.constants import Constants
from core.tuning.items import Item, at_stake
from core.tuning.limits import CAP
from core.tuning.session import Question, Session
from core.vocabulary.calls import Purpose
from core.vocabulary.emotions import LabelSet
from core.vocabulary.explanation import CrossFit, Explanation, Verification
from core.vocabulary.feelprint import Evidence, Feelprint, Rule, RuleRecord, block_of
from core.vocabulary.reasons import RuleReason, RuleStatus, RunReason, RunResult


@dataclass(frozen=True, slots=True)
class Job:
    """One member's labelled images with everything that a mode needs to learn from them.

    `records` is every rule ever proposed for the member, `quarantined` the blocks of versions that were rolled
    back: those are never deployed again. `cap` bounds the image calls about new texts. `known` is what is known of
    the run before it begins; its mode adds what it finds.
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
    cap: int = CAP
    known: Explanation = field(default_factory=Explanation)

    def question(self, i: int, block: str, purpose: Purpose) -> Question[Judgement]:
        """What the prompt with this block says about image `i`."""
        image, owner = self.items[i].image, self.member_id
        return partial(self.asker.judge, image, self.label_set, block, owner=owner, purpose=purpose)

    @property
    def borne_out(self) -> bool:
        """Whether the rules in use, added up, won more than they lost on labels that came after them."""
        used = {rule.id for rule in self.active.rules} if self.active else set[str]()
        later = [record.shadow for record in self.records if record.rule.id in used]
        return sum(one.right for one in later) > sum(one.wrong for one in later)

    def why_kept(self) -> RunReason:
        """Why a run changed nothing: a version is in use; or else whether most people's answer is mostly right."""
        if self.active is not None:
            return RunReason.STILL_BEST
        return RunReason.FEELS_AS_MOST if at_stake(self.items) > 0.5 else RunReason.NOTHING_RELIABLE


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rule under trial and all that the run has learned of it so far.

    `writer` is the number of the writer call that proposed it first, None where that is not known. `writers` and
    `held` are indices into the job's items: those that each writer who came to it was shown, and those where its
    condition holds. `chance` is the mean gain per image of its emotion on any image. `gains` maps the index of an
    image to the d_i = hit - hit_generic expected of the rule if it is followed, `told` the index of an image that
    the model was asked about, with the rule among others, to what came of it. With a `reason` it is out of the
    race; a duplicate is the `same_as` the rule of that id.
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
    same_as: str | None = None

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


def because(reason: RuleReason, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates with the reason, where they have none yet."""
    return [c if c.reason else replace(c, reason=reason) for c in candidates]


@dataclass(frozen=True, slots=True)
class Work:
    """What the steps hand on: the pool, whether descriptions placed it, the chosen rules and their two tests."""

    job: Job
    pool: Sequence[Candidate] = ()
    described: bool | None = None
    chosen: Sequence[Candidate] = ()
    rehearsal: CrossFit | None = None
    verdict: Verification | None = None

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of the chosen ones."""
        return tuple(c.rule for c in self.chosen)

    @property
    def doubtful(self) -> bool:
        """Whether choices did not come true on labels that they were made without."""
        told = self.rehearsal
        return told is not None and told.evidence.held > 0 and told.probability < told.needed

    @property
    def no_better(self) -> bool:
        """Whether choices won no more there than they lost: that speaks against the version in use as well."""
        told = self.rehearsal
        return told is not None and told.evidence.right <= told.evidence.wrong

    @property
    def quarantined(self) -> bool:
        """Whether the chosen rules are a text that was taken back once."""
        return bool(self.rules) and block_of(self.rules) in self.job.quarantined

    @property
    def barred(self) -> bool:
        """Whether the chosen rules are no new version: none, those in use, or a text that was taken back once."""
        active = {rule.id for rule in self.job.active.rules} if self.job.active else set[str]()
        return active == {rule.id for rule in self.rules} or not self.rules or self.quarantined


@dataclass(frozen=True, slots=True)
class Decision:
    """What a mode decided and why. `rules` or `text` is the new version where `result` is `DEPLOYED`."""

    result: RunResult
    reason: RunReason
    explanation: Explanation = field(default_factory=Explanation)
    rules: tuple[Rule, ...] = ()
    text: str = ""
    verify: Evidence = field(default_factory=Evidence)
    records: tuple[RuleRecord, ...] = ()
