"""Why a run came to what it came to: numbers and references, for others to put into words.

A part that the run did not reach is None. Rules stand here by id only: each is stored once, with all that is
known of it, beside the runs (`RuleRecord`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.vocabulary.calls import Failure, Purpose, Usage
from core.vocabulary.feelprint import Evidence
from core.vocabulary.reasons import Unverified


@dataclass(frozen=True, slots=True)
class Forecast:
    """The most that a run can ask, by purpose, and what that can cost in US dollars."""

    calls: Mapping[Purpose, int]
    usd: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run asked, by purpose; what of it was sent (the rest came from the cache); which answers failed.

    `usage`: what all answers cost when they were paid for.
    """

    asked: Mapping[Purpose, int] = field(default_factory=dict)
    sent: Mapping[Purpose, int] = field(default_factory=dict)
    failures: Mapping[Failure, int] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class CrossFit:
    """How rules did on labels that they were written and chosen without (cross-fitting; Stone 1974).

    `evidence` and `probability` (of being better) against most people's answer; `beats_favourite`: whether the
    rules did better there than always naming the emotion that the member feels most; `needed`: from which
    probability on a run goes on where anything was judged (0 in older runs).
    """

    evidence: Evidence
    probability: float
    beats_favourite: bool = True
    needed: float = 0.0


@dataclass(frozen=True, slots=True)
class Verification:
    """How the composed text did against most people's answer, and against the version in use, if there was one.

    It passed where `probability` (of being better than most people's answer) reached `gate`, it won against
    that version, and few enough answers were `unreadable`; `failed`: what of this was not so (older runs: none).
    """

    evidence: Evidence
    probability: float
    gate: float
    passed: bool
    unreadable: int = 0
    deployed: Evidence | None = None
    failed: tuple[Unverified, ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """A whole text that `paper` mode compared: its `score` on so many labelled `pictures`.

    `round_` and `writer` count from 1; both are 0 for the generic prompt, whose text is empty.
    """

    text: str
    score: float
    pictures: int
    round_: int = 0
    writer: int = 0


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a run stopped (None: a fault of our own), how many in a row did, and when it is tried again."""

    failure: Failure | None
    tries: int
    retry_at: int


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What later labels took out of use: of this `version` these rules, or all of it where none are named."""

    version: int
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """One run, explained.

    `forecast`, `caution` and the version in use `before` it (None: none, or an older run) are known before it
    begins. `pictures`: labelled images that it learnt from; `generic_right`: for how many of them most people's
    answer is right (halves come from labels with two feelings; None: an older run);
    `taste_changed`: labels from before a change of taste were forgotten; `described`: descriptions decided where
    rules hold; `candidates`: ids of all rules under trial; `composed`: of those that were chosen (none: all
    promised too little); `wordings`: what `paper` mode compared instead; `version`: the one that was made, or is
    in use after a withdrawal.
    """

    caution: str = ""
    forecast: Forecast | None = None
    before: int | None = None
    pictures: int | None = None
    generic_right: float | None = None
    taste_changed: bool = False
    described: bool | None = None
    candidates: tuple[str, ...] = ()
    cross_fit: CrossFit | None = None
    composed: tuple[str, ...] | None = None
    verification: Verification | None = None
    wordings: tuple[Wording, ...] = ()
    cost: Cost | None = None
    stop: Stop | None = None
    withdrawal: Withdrawal | None = None
    version: int | None = None
