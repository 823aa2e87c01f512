"""How sure a tuning run must be, how much it may ask, and what that can cost: one frozen object.

`Caution` is the one choice that there is; all else are defaults of the method, each measured
(docs/method.md#constants), and the bench changes them one at a time. A forecast prices each kind of question by
the budget's own estimate of one that is as large as can be: an upper bound by the same rule that keeps the caps.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from core.asking.asker import ModelAsker
from core.asking.questions import Description, Example
from core.vocabulary.calls import Call, Failure, Outcome, Purpose, Usage
from core.vocabulary.emotions import LabelSet
from core.vocabulary.explanation import Forecast
from core.vocabulary.images import MAX_SIDE, Image
from core.vocabulary.reasons import Caution, Mode

T = TypeVar("T")

OUT_OF_FOLD: Mapping[Caution, float] = {Caution.CAREFUL: 0.80, Caution.NORMAL: 0.20, Caution.BOLD: 0.05}
"""The probability of being better that parts which rules were written without must show, with 32 labels."""

CONDITIONS_PER_CALL = 32
PICTURES_PER_CALL = 40
"""How much one text-only call of MATCH is asked."""

MIN_LABELS = 8
"""Fewer labelled images than this teach nothing that could be tested (docs/method.md#run)."""

MAX_LABELS = 200
"""Only the newest labels are used: time and memory of a run stay flat as labels pile up."""


@dataclass(frozen=True, slots=True)
class Constants:
    """The numbers of a run.

    One writer call is shown all labels; they are dealt into `parts`, and for each part one more call is shown
    all but that part. A rule's promise is shrunk with the strength of `doubt`, less what it owes to luck on
    every picture: `luck` times the share of labels for which most people's answer is right. Each must add `net`
    (W - L on these labels). Together, at most `max_rules`, they must promise `worth`: so many more right answers
    on as many new images as there are labels. Probabilities of being better than the generic prompt that must be
    reached: `out_of_fold` on the parts, with 32 labels, `gate` by the composed text. A rule is `heard` if it
    comes to so much of what its labels promise where it was asked about. `cap` bounds the image calls of a run
    about new texts, beside the shared generic answers.
    """

    out_of_fold: float = OUT_OF_FOLD[Caution.NORMAL]
    heard: float = 0.5
    gate: float = 0.90
    doubt: float = 3.0
    luck: float = 0.55
    net: float = 1.0
    worth: float = 0.5
    parts: int = 4
    max_rules: int = 8
    rules_per_call: int = 12
    temperatures: tuple[float, ...] = (0.2, 0.7, 1.0)
    shown: int = 40
    remembered: int = 10
    cap: int = 80

    @property
    def writer_calls(self) -> int:
        """Readings of the labels by the writer in one run."""
        return 1 + self.parts

    def out_of_fold_of(self, labels: int) -> float:
        """The probability that the parts must show with so many labels: the odds of `out_of_fold`, times 32 / n.

        The fewer labels there are, the more the rules owe to luck.
        """
        return 32 * self.out_of_fold / (32 * self.out_of_fold + labels * (1.0 - self.out_of_fold))

    def verify_calls(self, labels: int) -> int:
        """Image calls to verify one text: every label, but at most half of the cap."""
        return min(labels, self.cap // 2)

    def paper_prompts(self, labels: int) -> int:
        """How many prompts `paper` mode can score on so many images within the cap."""
        return max(1, self.cap // max(1, labels))


DEFAULT = Constants()


def constants_of(caution: Caution) -> Constants:
    """The constants of a run that is as careful as that."""
    return Constants(out_of_fold=OUT_OF_FOLD[caution])


def estimate(
    labels: int, constants: Constants, mode: Mode = Mode.RULES, *, deployed: bool = False
) -> dict[Purpose, int]:
    """The most calls by purpose that a run over so many labels can ask for.

    `generic` is what it costs where no other member's run has asked for the pictures yet. `deployed`: a version is
    in use, and is asked about the pictures of every text that would replace it; most of these answers are known.
    """
    n = min(labels, MAX_LABELS) if labels >= MIN_LABELS else 0
    if mode == Mode.PAPER:
        scored = min(n, constants.cap // 2)
        texts = constants.paper_prompts(scored) if n else 0
        return {Purpose.GENERIC: n, Purpose.WRITE: texts, Purpose.SCORE: texts * scored}
    conditions = constants.writer_calls * constants.rules_per_call + constants.max_rules + constants.remembered
    blocks = -(-conditions // CONDITIONS_PER_CALL) * -(-n // PICTURES_PER_CALL)
    return {
        Purpose.GENERIC: n,
        Purpose.WRITE: constants.writer_calls if n else 0,
        Purpose.MATCH: 1 + blocks if n else 0,
        Purpose.VERIFY: constants.cap * (2 if deployed else 1) if n else 0,
    }


_WIDE = "a condition of some words, as wide as one may be, and one more"
_LARGEST = Image("0" * 64, b"", MAX_SIDE, MAX_SIDE)
_DESCRIBED = Description(" ".join(["word"] * 40), tuple(["a visual tag"] * 12))


@dataclass(slots=True)
class _Pricing:
    """A gateway that asks nobody: it takes down what each question would cost."""

    price: Callable[[Call], Usage]
    usd: list[float] = field(default_factory=list)

    async def ask(self, call: Call, parse: Callable[[str], T]) -> Outcome[T]:
        del parse
        self.usd.append(self.price(call).usd)
        return Failure.UNAVAILABLE


async def forecast(
    labels: int,
    label_set: LabelSet,
    constants: Constants,
    mode: Mode,
    price: Callable[[Call], Usage],
    *,
    deployed: bool = False,
) -> Forecast:
    """The forecast of a run over so many labels. Answers that are known already make it cheaper."""
    calls = estimate(labels, constants, mode, deployed=deployed)
    pricing = _Pricing(price)
    asker = ModelAsker(pricing)
    shown = [_example(label_set)] * min(labels, constants.shown)
    block = "\n".join(f"- {_WIDE}, {_WIDE}." for _ in range(constants.max_rules))
    await asker.generic(_LARGEST, label_set)
    await asker.judge(_LARGEST, label_set, block, owner=0, purpose=Purpose.VERIFY)
    await asker.match([_WIDE] * CONDITIONS_PER_CALL, [_DESCRIBED] * PICTURES_PER_CALL, owner=0)
    if mode == Mode.RULES:
        limit = constants.rules_per_call
        await asker.write_rules(label_set, shown, owner=0, limit=limit, temperature=0.0, nonce="")
    else:
        await asker.write_prompt(label_set, shown, parent=block, owner=0, temperature=0.0, nonce="")
    generic, judged, matched, written = pricing.usd
    each = {Purpose.GENERIC: generic, Purpose.MATCH: matched, Purpose.WRITE: written}
    return Forecast(calls, sum(number * each.get(purpose, judged) for purpose, number in calls.items()))


def _example(label_set: LabelSet) -> Example:
    names = label_set.names
    return Example(_LARGEST, {names[0]: 0.5, names[-1]: 0.5}, label_set.distribution({}), _DESCRIBED)
