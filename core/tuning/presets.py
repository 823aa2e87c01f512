"""How much a tuning run may spend, and how sure it must be: one frozen object, four named choices.

`cap` is a hard limit on image calls of one run beside the shared generic answers. Every other number is
a default of the method (docs/method.md#run); the bench changes them one at a time.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preset:
    """The settings of a run.

    What a rule must add to be composed: at least `net` (W - L on these labels), and something by
    `core.tuning.score` with the strength of `doubt`, less what it owes to luck on every picture: `luck` times
    the share of labels for which most people's answer is right. Together they must promise `worth`: so many more
    right answers on as many new images as there are labels. One writer call is shown all labels; they are dealt
    into `held_out` parts, and for each part one more call is shown all but that part.
    Probabilities of being better than the generic prompt that must be reached: `aside` on the parts, with 32
    labels, judged by rules that were written without them; `gate` by the composed text. With `apart` the rules
    must tell those parts' pictures apart, too, and not only lean to what is felt most often. `tries` and
    `controls`: on how many pictures a rule is tried alone where it holds and where it does not.
    """

    name: str = "normal"
    cap: int = 80
    gate: float = 0.90
    aside: float = 0.20
    apart: bool = False
    net: float = 1.0
    doubt: float = 3.0
    luck: float = 0.55
    worth: float = 0.5
    held_out: int = 4
    max_rules: int = 8
    rules_per_call: int = 12
    temperatures: tuple[float, ...] = (0.2, 0.7, 1.0)
    shown: int = 40
    remembered: int = 10

    @property
    def writer_calls(self) -> int:
        """Readings of the labels by the writer in one run."""
        return 1 + self.held_out

    def aside_of(self, labels: int) -> float:
        """The probability that the parts must show with so many labels: the odds of `aside`, times 32 / n.

        The fewer labels there are, the more the rules owe to luck.
        """
        return 32 * self.aside / (32 * self.aside + labels * (1.0 - self.aside))

    def verify_calls(self, labels: int) -> int:
        """Image calls to verify one text: every label, but at most half of the cap."""
        return min(labels, self.cap // 2)


PRESETS: Mapping[str, Preset] = {
    "eco": Preset("eco", cap=30, held_out=3),
    "normal": Preset("normal"),
    "strict": Preset("strict", gate=0.95, aside=0.80, apart=True, net=2.0),
    "thorough": Preset("thorough", cap=120),
}

CONDITIONS_PER_CALL = 32
PICTURES_PER_CALL = 40
"""How much one text-only call of MATCH is asked."""

MIN_LABELS = 8
"""Fewer labelled images than this teach nothing that could be tested (docs/method.md#run)."""

MAX_LABELS = 200
"""Only the newest labels are used: time and memory of a run stay flat as labels pile up."""


def preset_of(choice: Preset | str) -> Preset:
    """A preset by name. Raises ValueError, with the names there are, for another one."""
    if isinstance(choice, Preset):
        return choice
    if choice not in PRESETS:
        raise ValueError(f"no preset {choice!r}; one of {', '.join(PRESETS)}")
    return PRESETS[choice]
