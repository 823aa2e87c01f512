"""The offline model's general opinion: what most people would feel, from light, colour and form alone.

Brightness and saturation give pleasure, arousal and dominance (Valdez & Mehrabian 1994, J. Exp. Psychology:
General 123: P = .69 B + .22 S, A = -.31 B + .60 S, D = -.76 B + .32 S); single hues and broad forms add
published associations, named below. The nearest emotion words are the likeliest.
"""

import math
from collections.abc import Mapping, Sequence

from core.offline.lexicon import NEUTRAL, Point, point_of
from core.offline.pixels import Features
from core.offline.vocabulary import Strengths

_TEMPERATURE = 0.5
_AXES = (1.0, 1.0, 0.7)

_HUES: Mapping[str, Point] = {
    "green": (0.40, -0.35, 0.15),
    "blue": (0.20, -0.25, 0.00),
    "turquoise": (0.35, 0.05, 0.05),
    "yellow": (0.45, 0.40, 0.15),
    "orange": (0.25, 0.60, 0.20),
    "red": (0.05, 0.75, 0.35),
    "pink": (0.45, 0.25, 0.00),
    "purple": (0.15, 0.20, -0.20),
    "brown": (-0.35, 0.05, 0.15),
    "beige": (0.00, -0.25, 0.00),
    "grey": (-0.40, -0.35, -0.25),
    "black": (-0.35, 0.15, -0.20),
    "white": (0.20, -0.30, -0.10),
}
"""Associations of colours as pleasure, arousal, dominance; approximate, after Kaya & Epps 2004 (College
Student Journal 38).
"""

_FORMS: Mapping[str, Point] = {
    "murky colours": (-0.75, 0.10, 0.05),
    "much detail": (-0.05, 0.40, 0.05),
    "calm smooth surfaces": (0.10, -0.25, 0.00),
    "diagonal lines": (0.05, 0.30, 0.05),
    "strong horizontal lines": (0.05, -0.20, 0.00),
    "round shapes": (0.45, 0.35, 0.20),
    "many colours": (0.30, 0.45, 0.15),
    "vivid colours": (0.10, 0.30, 0.05),
    "a wide view": (0.30, 0.30, -0.60),
    "stars": (0.60, 0.55, -0.45),
    "a night scene": (-0.15, 0.40, -0.60),
    "storm clouds": (-0.45, 0.60, -0.45),
    "trees": (0.35, -0.30, 0.00),
    "flowers": (0.40, 0.05, 0.00),
    "fog": (-0.10, -0.20, -0.20),
}
"""What forms add. Dark yellow-green is disliked (Palmer & Schloss 2010, PNAS 107); round is liked (Bar & Neta
2006, Psychological Science 17); slanting lines stir and level ones calm (Machajdik & Hanbury 2010, ACM
Multimedia, after Itten); vast views awe (Keltner & Haidt 2003, Cognition & Emotion 17); darkness and storms
make uneasy (Grillon et al. 1997, Biological Psychiatry 42); trees calm (Ulrich 1984, Science 224) and flowers
please (Haviland-Jones et al. 2005, Evolutionary Psychology 3).
"""


def feeling_of(features: Features, seen: Strengths) -> Point:
    """Pleasure, arousal and dominance of a picture, each in [-1, 1]."""
    brightness = (features["light all"] - 0.45) / 0.25
    saturation = (features["chroma all"] - 0.22) / 0.16
    plain = (
        0.69 * brightness + 0.22 * saturation,
        -0.31 * brightness + 0.60 * saturation,
        -0.76 * brightness + 0.32 * saturation,
    )
    sums = []
    for axis, weight in enumerate((0.30, 0.22, 0.12)):
        hue = sum(features[f"{name} all"] * point[axis] for name, point in _HUES.items())
        form = sum(seen[name] * point[axis] for name, point in _FORMS.items())
        sums.append(math.tanh(weight * plain[axis] + 1.2 * hue + form))
    return (sums[0], sums[1], sums[2])


def general_opinion(features: Features, seen: Strengths, names: Sequence[str]) -> dict[str, float]:
    """Probabilities over emotion words: the nearer a word lies to the picture's feeling, the likelier.

    Words that the lexicon does not know get an even share each.
    """
    feeling = feeling_of(features, seen)
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
    return sum(w * (a - b) ** 2 for w, a, b in zip(_AXES, one, other, strict=True))
