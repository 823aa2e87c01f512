"""Writing rules by contrast: which visible things go with this person's answer where it differs from most.

Like a model that writes prompts, it proposes and does not verify: single words and pairs of words are
ranked by shrunk support with some noise, drawn from a hash of the request, so that repeated calls differ.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.offline.request import Asked
from core.offline.shown import Shown
from core.offline.vocabulary import Vocabulary

_PAIR_PENALTY = 0.9
_NOISE = 0.12
_SCENE_BONUS = 1.25
_MISSED = -0.2


@dataclass(frozen=True, slots=True)
class Idea:
    """A candidate rule: the concepts that must hold, the emotion, and the score it was ranked by."""

    concepts: tuple[str, ...]
    feel: str
    score: float


def ideas(
    shown: Shown, asked: Asked, vocabulary: Vocabulary, rng: random.Random, *, limit: int, alike: float
) -> list[Idea]:
    """The best-looking candidate rules, best first; pictures of two with one emotion overlap by at most `alike`."""
    found: list[tuple[float, tuple[int, ...], int, NDArray[np.float64]]] = []
    holds = _smooth(shown.strengths)
    kept = [c for c in range(holds.shape[1]) if 1.5 <= holds[:, c].sum() <= 0.95 * len(holds)]
    noise = _NOISE * (1.0 + asked.temperature)
    for emotion in range(len(asked.emotions)):
        gain = _gain(shown, emotion)
        if gain.max(initial=0.0) <= 0.0:
            continue
        single = {c: _score(holds[:, c], gain) for c in kept}
        best = sorted(kept, key=lambda c: -single[c])[:24]
        options: list[tuple[int, ...]] = [(c,) for c in kept if single[c] > 0.0]
        options += [(a, b) for i, a in enumerate(best) for b in best[i + 1 :]]
        for option in options:
            members = holds[:, list(option)].min(axis=1)
            score = _score(members, gain) * (_PAIR_PENALTY if len(option) == 2 else 1.0)
            if any(vocabulary.concepts[c].scene for c in option):
                score *= _SCENE_BONUS
            if members.sum() >= 1.5 and score > 0.0:
                found.append((score * (1.0 + noise * rng.gauss(0.0, 1.0)), option, emotion, members))
    found.sort(key=lambda item: (-item[0], item[1], item[2]))
    return _spread(found, asked, vocabulary, limit, alike)


def _smooth(strengths: NDArray[np.float64]) -> NDArray[np.float64]:
    x = np.clip((strengths - 0.35) / 0.3, 0.0, 1.0)
    smooth: NDArray[np.float64] = x * x * (3.0 - 2.0 * x)
    return smooth


def _gain(shown: Shown, emotion: int) -> NDArray[np.float64]:
    """Per picture, what naming this emotion would win (+1) or lose (-1) against the guess beside it."""
    top = shown.felt / np.maximum(shown.felt.max(axis=1, keepdims=True), 1e-9)
    guessed = np.where(shown.guess >= 0, top[np.arange(len(top)), np.maximum(shown.guess, 0)], 0.0)
    gain: NDArray[np.float64] = top[:, emotion] - guessed
    missed = (gain == 0.0) & (top[:, emotion] == 0.0)
    return np.where(missed, _MISSED, gain)


def _score(members: NDArray[np.float64], gain: NDArray[np.float64]) -> float:
    return float((members * gain).sum() / (1.0 + np.sqrt(members.sum())))


def _spread(
    found: Sequence[tuple[float, tuple[int, ...], int, NDArray[np.float64]]],
    asked: Asked,
    vocabulary: Vocabulary,
    limit: int,
    alike: float,
) -> list[Idea]:
    chosen: list[tuple[int, NDArray[np.float64]]] = []
    kept: list[Idea] = []
    for score, option, emotion, members in found:
        if any(emotion == e and _overlap(members, other) > alike for e, other in chosen):
            continue
        chosen.append((emotion, members))
        concepts = tuple(vocabulary.concepts[c].name for c in option)
        kept.append(Idea(concepts, asked.emotions[emotion], score))
        if len(kept) == limit:
            break
    return kept


def _overlap(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    return float(np.minimum(one, other).sum() / max(float(np.maximum(one, other).sum()), 1e-9))


def in_words(idea: Idea, vocabulary: Vocabulary, rng: random.Random) -> str:
    """The idea's condition in plain words, worded differently from time to time."""
    words = [rng.choice(vocabulary.by_name[name].written) for name in idea.concepts]
    return " and ".join(words)


def as_prose(found: Sequence[Idea], present: Sequence[str], vocabulary: Vocabulary, rng: random.Random) -> str:
    """A short text: some sentences of the present one, and the new ideas."""
    kept = rng.sample(list(present), min(len(present), rng.randint(1, 3))) if present else []
    forms = (
        "Pictures with {when} tend to bring this person {feel}.",
        "When a picture shows {when}, this person tends to feel {feel}.",
        "For this person, {when} goes with {feel}.",
    )
    room = max(1, 5 - len(kept))
    for idea in found[:room]:
        form = rng.choice(forms)
        kept.append(form.replace("{when}", in_words(idea, vocabulary, rng)).replace("{feel}", idea.feel))
    return "\n".join(kept) or "This person feels about pictures as most people do."
