"""The labelled pictures of a request, as numbers; and what the nearest of them suggest for a new picture."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.offline.eyes import Eyes
from core.offline.matcher import mentioned
from core.offline.request import Asked
from core.offline.vocabulary import Strengths, Vocabulary

_LABELLED = re.compile(
    r"felt: (?P<felt>[^.]+)\.(?: .*? would say: (?P<guess>[^%.]+?) (?P<share>\d+) %)?", re.IGNORECASE
)
_SHOWS = "It shows:"
_REACH = 0.05
_OWN_OPINION = 0.3


@dataclass(frozen=True, slots=True)
class Shown:
    """The labelled pictures of a request: strengths (n, concepts), felt (n, emotions), guess index (n,)."""

    strengths: NDArray[np.float64]
    felt: NDArray[np.float64]
    guess: NDArray[np.int64]


def read_shown(asked: Asked, eyes: Eyes, vocabulary: Vocabulary) -> Shown:
    """Pairs each text that tells a feeling with the picture after it, or with the words that stand for it."""
    index = {name: place for place, name in enumerate(asked.emotions)}
    rows, felt, guess = [], [], []
    told: re.Match[str] | None = None
    words = ""
    for kind, content in asked.parts:
        if kind == "text" and (now := _LABELLED.search(content)) is not None:
            told, words = now, content.partition(_SHOWS)[2]
        elif told is not None:
            whole = told.group("felt").strip()
            names = [index[n] for n in ([whole] if whole in index else whole.split(" and ")) if n in index]
            if names:
                seen = eyes.look(content) if kind == "image" else mentioned(words or content, vocabulary)
                rows.append([seen.get(concept.name, 0.0) for concept in vocabulary.concepts])
                felt.append([1.0 / len(names) if place in names else 0.0 for place in range(len(index))])
                guess.append(index.get((told.group("guess") or "").strip(), -1))
            told = None
    shape = (len(rows), len(vocabulary.concepts))
    return Shown(
        np.array(rows).reshape(shape),
        np.array(felt).reshape(len(rows), len(index)),
        np.array(guess, dtype=np.int64),
    )


def from_neighbours(
    opinion: Mapping[str, float], shown: Shown, seen: Strengths, names: tuple[str, ...], vocabulary: Vocabulary
) -> dict[str, float]:
    """The opinion, drawn towards what was felt about shown pictures that look alike (few-shot prompts)."""
    here = np.array([seen[concept.name] for concept in vocabulary.concepts])
    apart = np.abs(shown.strengths - here).mean(axis=1)
    weights = np.exp(-((apart / _REACH) ** 2))
    drawn = weights @ shown.felt
    total = float(weights.sum()) + _OWN_OPINION
    return {name: (_OWN_OPINION * opinion[name] + float(drawn[place])) / total for place, name in enumerate(names)}
