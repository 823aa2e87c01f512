"""The offline model's general opinion: what most people would feel, from light and colour alone.

Two published findings are combined: brightness and saturation give pleasure, arousal and dominance
(Valdez & Mehrabian 1994, J. Exp. Psychol. General 123: P = .69 B + .22 S, A = -.31 B + .60 S,
D = -.76 B + .32 S), and single hues carry associations (Kaya & Epps 2004, College Student Journal 38);
busyness and contrast raise arousal (features as in Machajdik & Hanbury 2010, ACM Multimedia).
"""

import math
from collections.abc import Mapping, Sequence

from core.offline.lexicon import NEUTRAL, Point, point_of
from core.offline.pixels import Features

_TEMPERATURE = 0.42
_HUES: Mapping[str, Point] = {
    "green": (0.45, -0.35, 0.10),
    "blue": (0.25, -0.30, 0.05),
    "turquoise": (0.40, 0.05, 0.10),
    "yellow": (0.45, 0.30, 0.10),
    "orange": (0.15, 0.45, 0.15),
    "red": (-0.05, 0.60, 0.30),
    "pink": (0.45, 0.15, -0.10),
    "purple": (0.20, 0.05, -0.05),
    "brown": (-0.30, -0.15, 0.05),
    "beige": (0.05, -0.30, -0.05),
    "grey": (-0.45, -0.40, -0.25),
    "black": (-0.50, 0.10, -0.30),
    "white": (0.25, -0.30, -0.05),
}
"""Associations of colours as pleasure, arousal, dominance; approximate, after Kaya & Epps 2004."""


def feeling_of(features: Features) -> Point:
    """Pleasure, arousal and dominance of a picture, each in [-1, 1]."""
    brightness = (features["light all"] - 0.45) / 0.22
    saturation = (features["chroma"] - 0.25) / 0.16
    stir = (features["edges all"] - 0.18) / 0.16 + (features["contrast"] - 0.65) / 0.25
    pleasure = 0.69 * brightness + 0.22 * saturation
    arousal = -0.31 * brightness + 0.60 * saturation + 0.45 * stir
    dominance = -0.76 * brightness + 0.32 * saturation
    hues = [sum(features[f"{colour} all"] * point[axis] for colour, point in _HUES.items()) for axis in range(3)]
    return (
        math.tanh(0.45 * pleasure + 1.6 * hues[0]),
        math.tanh(0.40 * arousal + 1.3 * hues[1]),
        math.tanh(0.25 * dominance + 1.0 * hues[2]),
    )


def general_opinion(features: Features, names: Sequence[str]) -> dict[str, float]:
    """Probabilities over emotion words: the nearer a word lies to the picture's feeling, the likelier.

    Words that the lexicon does not know get an even share each.
    """
    feeling = feeling_of(features)
    places = {name: point_of(name) for name in names}
    weights = {
        name: math.exp(-_distance(feeling, place) / _TEMPERATURE)
        for name, place in places.items()
        if place is not NEUTRAL
    }
    even = 1.0 / len(names)
    known = len(weights) * even
    total = sum(weights.values())
    return {name: known * weights[name] / total if name in weights else even for name in names}


def _distance(one: Point, other: Point) -> float:
    return sum(w * (a - b) ** 2 for w, a, b in zip((1.0, 0.9, 0.4), one, other, strict=True))
