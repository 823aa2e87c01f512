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
class _Options:
    """Concepts tried for emotions, a row each: how far each picture is a member, what each would gain, and the
    factor of scenes, pairs and noise. All are scored at once: one by one, that was most of what writing took.
    """

    concepts: list[tuple[int, ...]]
    emotions: list[int]
    members: NDArray[np.float64]
    gain: NDArray[np.float64]
    factors: NDArray[np.float64]

    def scores(self, unexplained: NDArray[np.float64]) -> NDArray[np.float64]:
        """Shrunk support; a picture that earlier ideas explain counts for little."""
        gain = np.where(self.gain > 0.0, self.gain * unexplained, self.gain)
        return _support(self.members, gain) * self.factors


def ideas(shown: Shown, asked: Asked, vocabulary: Vocabulary, rng: random.Random, *, limit: int) -> list[Idea]:
    """At most `limit` candidate rules, the best first, each next one the best for what is still unexplained."""
    options = _options(shown, asked, vocabulary, rng)
    unexplained = np.ones(len(shown.strengths))
    free = np.ones(len(options.concepts), dtype=bool)
    found: list[Idea] = []
    while free.any() and len(found) < limit:
        scores = np.where(free, options.scores(unexplained), -np.inf)
        best = int(scores.argmax())
        if scores[best] <= 0.0:
            break
        free[best] = False
        concepts = tuple(vocabulary.concepts[c].name for c in options.concepts[best])
        found.append(Idea(concepts, asked.emotions[options.emotions[best]], float(scores[best])))
        unexplained *= 1.0 - _EXPLAINED * options.members[best] * (options.gain[best] > 0.0)
    return found


def _options(shown: Shown, asked: Asked, vocabulary: Vocabulary, rng: random.Random) -> _Options:
    """Single concepts and pairs of the better ones, for every emotion; scenes weigh more, pairs less."""
    concepts, emotions, factors = list[tuple[int, ...]](), list[int](), list[float]()
    holds = np.ascontiguousarray(_smooth(shown.strengths).T)
    pictures = holds.shape[1]
    members, gains = [np.empty((0, pictures))], [np.empty((0, pictures))]
    sums = holds.sum(axis=1)
    kept = [c for c in range(len(holds)) if 1.5 <= sums[c] <= 0.95 * pictures]
    noise = _NOISE * (1.0 + asked.temperature)
    for emotion in range(len(asked.emotions)):
        gain = _gain(shown, emotion)
        if gain.max(initial=0.0) <= 0.0:
            continue
        single = dict(zip(kept, _support(holds[kept], gain), strict=True))
        best = sorted(kept, key=lambda c: -single[c])[:24]
        pairs = [(a, b) for i, a in enumerate(best) for b in best[i + 1 :]]
        tried: list[tuple[int, ...]] = [*((c,) for c in kept if single[c] > 0.0), *pairs]
        if not tried:
            continue
        both = np.minimum(holds[[option[0] for option in tried]], holds[[option[-1] for option in tried]])
        enough = both.sum(axis=1) >= 1.5
        drawn = [_factor(option, vocabulary, rng, noise) for option in tried]
        concepts += [option for option, is_it in zip(tried, enough, strict=True) if is_it]
        factors += [factor for factor, is_it in zip(drawn, enough, strict=True) if is_it]
        emotions += [emotion] * int(enough.sum())
        members.append(both[enough])
        gains.append(np.broadcast_to(gain, members[-1].shape))
    return _Options(concepts, emotions, np.concatenate(members), np.concatenate(gains), np.array(factors))


def _factor(option: tuple[int, ...], vocabulary: Vocabulary, rng: random.Random, noise: float) -> float:
    factor = _PAIR_PENALTY if len(option) == 2 else 1.0
    if any(vocabulary.concepts[c].scene for c in option):
        factor *= _SCENE_BONUS
    return factor * max(0.0, 1.0 + noise * rng.gauss(0.0, 1.0))


def _support(members: NDArray[np.float64], gain: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each row, what its members gain together, shrunk where they are few."""
    support: NDArray[np.float64] = (members * gain).sum(axis=1) / (1.0 + np.sqrt(members.sum(axis=1)))
    return support


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
