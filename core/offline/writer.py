"""Writing rules by contrast: which visible things go with this person's answer where it differs from most.

Like a model that writes prompts, it proposes and does not verify: single words and pairs of words are
ranked by shrunk support with some noise, drawn from a hash of the request, so that repeated calls differ.
Each idea is for the pictures that those before it leave unexplained.
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
_EXPLAINED = 0.8


@dataclass(frozen=True, slots=True)
class Idea:
    """A candidate rule: the concepts that must hold, the emotion, and the score it was ranked by."""

    concepts: tuple[str, ...]
    feel: str
    score: float


@dataclass(frozen=True, slots=True)
class _Option:
    """Concepts tried for an emotion: how far each picture is a member, what each would gain, and the noise."""

    concepts: tuple[int, ...]
    emotion: int
    members: NDArray[np.float64]
    gain: NDArray[np.float64]
    factor: float

    def score(self, unexplained: NDArray[np.float64]) -> float:
        """Shrunk support; a picture that earlier ideas explain counts for little."""
        gain = np.where(self.gain > 0.0, self.gain * unexplained, self.gain)
        return float((self.members * gain).sum() / (1.0 + np.sqrt(self.members.sum()))) * self.factor


def ideas(shown: Shown, asked: Asked, vocabulary: Vocabulary, rng: random.Random, *, limit: int) -> list[Idea]:
    """At most `limit` candidate rules, the best first, each next one the best for what is still unexplained."""
    rest = _options(shown, asked, vocabulary, rng)
    unexplained = np.ones(len(shown.strengths))
    found: list[Idea] = []
    while rest and len(found) < limit:
        scores = [option.score(unexplained) for option in rest]
        best = max(range(len(rest)), key=lambda k: (scores[k], -k))
        if scores[best] <= 0.0:
            break
        option = rest.pop(best)
        concepts = tuple(vocabulary.concepts[c].name for c in option.concepts)
        found.append(Idea(concepts, asked.emotions[option.emotion], scores[best]))
        unexplained *= 1.0 - _EXPLAINED * option.members * (option.gain > 0.0)
    return found


def _options(shown: Shown, asked: Asked, vocabulary: Vocabulary, rng: random.Random) -> list[_Option]:
    """Single concepts and pairs of the better ones, for every emotion; scenes weigh more, pairs less."""
    found: list[_Option] = []
    holds = _smooth(shown.strengths)
    fresh = np.ones(len(holds))
    kept = [c for c in range(holds.shape[1]) if 1.5 <= holds[:, c].sum() <= 0.95 * len(holds)]
    noise = _NOISE * (1.0 + asked.temperature)
    for emotion in range(len(asked.emotions)):
        gain = _gain(shown, emotion)
        if gain.max(initial=0.0) <= 0.0:
            continue
        single = {c: _Option((c,), emotion, holds[:, c], gain, 1.0).score(fresh) for c in kept}
        best = sorted(kept, key=lambda c: -single[c])[:24]
        pairs = [(a, b) for i, a in enumerate(best) for b in best[i + 1 :]]
        for option in [*((c,) for c in kept if single[c] > 0.0), *pairs]:
            members = holds[:, list(option)].min(axis=1)
            factor = _PAIR_PENALTY if len(option) == 2 else 1.0
            if any(vocabulary.concepts[c].scene for c in option):
                factor *= _SCENE_BONUS
            factor *= max(0.0, 1.0 + noise * rng.gauss(0.0, 1.0))
            if members.sum() >= 1.5:
                found.append(_Option(option, emotion, members, gain, factor))
    return found


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
