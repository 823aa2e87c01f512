"""Scores of predictions, and how sure a mean over people is."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.vocabulary.emotions import Distribution, LabelSet
from core.vocabulary.label import hit


@dataclass(frozen=True, slots=True)
class Score:
    """Accuracy in [0, 1] (a hit may be partial where feelings carry weights), macro F1, and the counts."""

    accuracy: float
    macro_f1: float
    correct: float
    total: int


def score(label_set: LabelSet, pairs: Sequence[tuple[Distribution, Mapping[str, float]]]) -> Score:
    """Score predictions against what was felt.

    Macro F1 is over the emotions that occur (felt most, or predicted); for a label with several emotions
    the predicted one counts as the truth where it is among the strongest, as `hit` does.
    """
    if not pairs:
        return Score(0.0, 0.0, 0.0, 0)
    hits = [hit(label_set, q, felt) for q, felt in pairs]
    truths_guesses = [(_truth(label_set.top(q), felt), label_set.top(q)) for q, felt in pairs]
    present = sorted({name for pair in truths_guesses for name in pair})
    f1 = [_f1(name, truths_guesses) for name in present]
    return Score(sum(hits) / len(hits), sum(f1) / len(f1), sum(hits), len(pairs))


def _truth(guess: str, felt: Mapping[str, float]) -> str:
    strongest = max(felt.values())
    best = [name for name in sorted(felt) if felt[name] == strongest]
    return guess if guess in best else best[0]


def _f1(name: str, pairs: Sequence[tuple[str, str]]) -> float:
    both = sum(truth == guess == name for truth, guess in pairs)
    either = sum(truth == name for truth, _ in pairs) + sum(guess == name for _, guess in pairs)
    return 2 * both / either


def interval(values: Sequence[float], *, seed: int, draws: int = 2000) -> tuple[float, float]:
    """95 % percentile bootstrap interval of the mean over people (Efron 1979, Annals of Statistics 7)."""
    if not values:
        return (0.0, 0.0)
    rng = random.Random(seed)  # noqa: S311 - reproducible resampling
    means = sorted(sum(rng.choices(values, k=len(values))) / len(values) for _ in range(draws))
    return means[int(0.025 * draws)], means[int(0.975 * draws) - 1]


def share(values: Sequence[bool]) -> float:
    """How large a part of them is true; 0 for none at all."""
    return sum(values) / len(values) if values else 0.0
