"""How sure a tuning run must be, and an alarm: ten numbers, each measured (docs/method.md#constants).

`Caution` is the one choice that there is; all else are defaults of the method, which the bench changes one at a
time. How much a run may ask stands in `core.tuning.limits`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core.vocabulary.reasons import Caution

OUT_OF_FOLD: Mapping[Caution, float] = {Caution.CAREFUL: 0.80, Caution.NORMAL: 0.20, Caution.BOLD: 0.05}
"""The probability of being better that parts which rules were written without must show, with 32 labels."""


@dataclass(frozen=True, slots=True)
class Constants:
    """The numbers of a run.

    One writer call chooses from all labels; they are dealt into `parts`, and for each part one more call chooses
    from all but that part. A rule's record is shrunk with the strength of `doubt`, less what it owes to luck on
    every picture: `luck` times the share of labels for which most people's answer is right. Each of at most
    `max_rules` must add `net` (W - L on these labels). Probabilities of being better than the generic prompt that
    must be reached: `out_of_fold` on the parts, with 32 labels, `gate` by the composed text. A rule is `heard` if
    it comes to so much of what it would win on its labels if it were followed.
    """

    out_of_fold: float = OUT_OF_FOLD[Caution.NORMAL]
    heard: float = 0.5
    gate: float = 0.90
    doubt: float = 3.0
    luck: float = 0.55
    net: float = 1.0
    parts: int = 4
    max_rules: int = 8

    def out_of_fold_of(self, labels: int) -> float:
        """The probability that the parts must show with so many labels: the odds of `out_of_fold`, times 32 / n.

        The fewer labels there are, the more the rules owe to luck.
        """
        return 32 * self.out_of_fold / (32 * self.out_of_fold + labels * (1.0 - self.out_of_fold))


DEFAULT = Constants()


def constants_of(caution: Caution) -> Constants:
    """The constants of a run that is as careful as that."""
    return Constants(out_of_fold=OUT_OF_FOLD[caution])


@dataclass(frozen=True, slots=True)
class Alarm:
    """When a version fails on later labels, and when taste has changed.

    It is taken back once most people's answer alone was right `failed` times since the version alone was last.
    Taste has changed once two rates of hits explain the record `changed` times as well as one does.
    """

    failed: float = 2.5
    changed: float = 20.0


ALARM = Alarm()
