"""Scores of predictions, and how sure a mean over people is."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.vocabulary.emotions import Distribution, LabelSet
from core.vocabulary.label import hit


@dataclass(frozen=True, slots=True)
class Score:
    """Accuracy in [0, 1] (a hit may be partial where feelings carry weights), macro F1, and the counts.

    And of the whole distributions: `brier` in [0, 2] (Brier 1950, Monthly Weather Review 78), 0 is best;
    `skew` in [0, 1], how far all that is predicted lies from all that was felt (total variation);
    `certain`: for each picture how sure the answer was and whether it was right, each in [0, 1].
    """

    accuracy: float
    macro_f1: float
    correct: float
    total: int
    brier: float = 0.0
    skew: float = 0.0
    certain: tuple[tuple[float, float], ...] = ()


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
    certain = tuple((max(q), right) for (q, _), right in zip(pairs, hits, strict=True))
    brier, skew = _distances(label_set, pairs)
    return Score(sum(hits) / len(hits), sum(f1) / len(f1), sum(hits), len(pairs), brier, skew, certain)


def _distances(
    label_set: LabelSet, pairs: Sequence[tuple[Distribution, Mapping[str, float]]]
) -> tuple[float, float]:
    apart = [
        [chance - felt.get(name, 0.0) for name, chance in zip(label_set.names, q, strict=True)]
        for q, felt in pairs
    ]
    brier = sum(d * d for row in apart for d in row) / len(apart)
    return brier, sum(abs(sum(column)) for column in zip(*apart, strict=True)) / len(apart) / 2


def calibration_error(certain: Sequence[tuple[float, float]], bins: int = 10) -> float | None:
    """Expected calibration error over equal bins of (how sure, whether right); None of nothing.

    Of few pictures it is large by chance alone, so take it over all people together (Naeini et al. 2015, AAAI).
    """
    groups: dict[int, list[tuple[float, float]]] = {}
    for sure, right in certain:
        groups.setdefault(min(int(sure * bins), bins - 1), []).append((sure, right))
    gaps = [abs(sum(sure - right for sure, right in group)) for group in groups.values()]
    return sum(gaps) / len(certain) if certain else None


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
